import { useEffect, useRef } from "preact/hooks";
import { t } from "../../messages/messages.ts";
import {
  type Background,
  backgroundsOf,
  NOISE_MODES,
  type NoiseMode,
} from "../../state/effects.ts";
import type { LocalMedia } from "../../state/localMedia.ts";
import { SHORTCUT_KEYS } from "../../state/shortcuts.ts";
import { showLevel } from "../common/level.ts";
import { ControlButton } from "./ControlButton.tsx";
import { DeviceMenu } from "./DeviceMenu.tsx";

/** Microphone and camera with their device menus: the same before and in the meeting. */
export function DeviceControls({ local }: { local: LocalMedia }) {
  return (
    <>
      <MicrophoneControl local={local} />
      <CameraControl local={local} />
    </>
  );
}

function MicrophoneControl({ local }: { local: LocalMedia }) {
  const { on, status, choices, selectedId } = local.microphone;
  const { effects } = local;
  const level = useRef<HTMLSpanElement>(null);
  // Ten levels a second go straight to the style: drawing for each would cost more than the call.
  useEffect(() => local.onLevel((value) => showLevel(level.current, value)), [local]);
  const speakers = {
    title: t("device.speaker"),
    choices: local.speakers.value,
    selectedId: local.speakerId.value,
    onSelect: local.selectSpeaker.bind(local),
  };
  return (
    <div class="split" data-device="microphone" data-status={status.value} data-on={on.value}>
      <ControlButton
        icon={on.value ? "microphone" : "microphoneOff"}
        name={t(on.value ? "control.muteMicrophone" : "control.unmuteMicrophone")}
        label={t("control.microphone")}
        testId="mic-button"
        shortcut={SHORTCUT_KEYS.microphone}
        look={on.value ? "plain" : "off"}
        onPress={() => void local.toggle("microphone")}
      >
        <span class="control-level" ref={level} />
      </ControlButton>
      <DeviceMenu
        id="microphone"
        name={t("device.microphoneMenu")}
        sections={[
          {
            title: t("device.microphone"),
            choices: choices.value,
            selectedId: selectedId.value,
            onSelect: (id) => void local.select("microphone", id),
          },
          ...(speakers.choices.length > 0 ? [speakers] : []),
          {
            title: t("effects.noise"),
            choices: NOISE_MODES.filter((id) => id !== "strong" || effects.canSuppressNoise).map(
              (id) => ({ id, label: t(`effects.noise.${id}`) }),
            ),
            selectedId: effects.noise.value,
            onSelect: (id) => void effects.setNoise(id as NoiseMode),
          },
        ]}
      />
    </div>
  );
}

function CameraControl({ local }: { local: LocalMedia }) {
  const { on, status, choices, selectedId } = local.camera;
  const { effects } = local;
  return (
    <div class="split" data-device="camera" data-status={status.value} data-on={on.value}>
      <ControlButton
        icon={on.value ? "camera" : "cameraOff"}
        name={t(on.value ? "control.cameraOff" : "control.cameraOn")}
        label={t("control.camera")}
        testId="camera-button"
        shortcut={SHORTCUT_KEYS.camera}
        look={on.value ? "plain" : "off"}
        onPress={() => void local.toggle("camera")}
      />
      <DeviceMenu
        id="camera"
        name={t("device.cameraMenu")}
        sections={[
          {
            title: t("device.camera"),
            choices: choices.value,
            selectedId: selectedId.value,
            onSelect: (id) => void local.select("camera", id),
          },
          {
            title: t("effects.background"),
            choices: backgroundsOf(effects).map((id) => ({
              id,
              label: t(`effects.background.${id}`),
            })),
            selectedId: effects.background.value,
            onSelect: (id) => void effects.setBackground(id as Background),
            empty: t("effects.unsupported"),
          },
        ]}
      />
    </div>
  );
}
