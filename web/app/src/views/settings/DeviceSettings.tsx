import { useEffect, useRef } from "preact/hooks";
import { t } from "../../messages/messages.ts";
import type { LocalMedia } from "../../state/localMedia.ts";
import type { DeviceChoice } from "../../state/ports.ts";
import { showLevel } from "../common/level.ts";

/** Which microphone, camera and speaker; how loud one is, and what one's camera shows. */
export function DeviceSettings({ local, mirrored }: { local: LocalMedia; mirrored: boolean }) {
  const { microphone, camera, speakers, speakerId } = local;
  const level = useRef<HTMLSpanElement>(null);
  useEffect(() => local.onLevel((value) => showLevel(level.current, value)), [local]);
  return (
    <div class="settings-devices">
      <DeviceSelect
        testId="settings-microphone"
        label={t("device.microphone")}
        choices={microphone.choices.value}
        chosen={microphone.selectedId.value}
        onChoose={(id) => void local.select("microphone", id)}
      />
      <div class="settings-level" role="img" aria-label={t("prejoin.level")}>
        <span ref={level} />
      </div>
      <DeviceSelect
        testId="settings-camera"
        label={t("device.camera")}
        choices={camera.choices.value}
        chosen={camera.selectedId.value}
        onChoose={(id) => void local.select("camera", id)}
      />
      <OwnPicture track={local.camera.track.value} mirrored={mirrored} />
      {speakers.value.length > 0 && (
        <DeviceSelect
          testId="settings-speaker"
          label={t("device.speaker")}
          choices={speakers.value}
          chosen={speakerId.value}
          onChoose={(id) => local.selectSpeaker(id)}
        />
      )}
    </div>
  );
}

/** With its background, as others get it; nothing while the camera is off. */
function OwnPicture(props: { track: MediaStreamTrack | undefined; mirrored: boolean }) {
  const { track, mirrored } = props;
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current) video.current.srcObject = track ? new MediaStream([track]) : null;
  }, [track]);
  if (track === undefined) return null;
  return (
    <video
      ref={video}
      class="settings-picture"
      data-testid="settings-picture"
      data-mirrored={mirrored}
      aria-label={t("prejoin.preview")}
      playsInline
      muted
      autoPlay
    />
  );
}

function DeviceSelect(props: {
  readonly testId: string;
  readonly label: string;
  readonly choices: readonly DeviceChoice[];
  readonly chosen: string | undefined;
  readonly onChoose: (id: string) => void;
}) {
  const { label, choices, chosen } = props;
  if (choices.length === 0) {
    return (
      <p class="settings-select">
        <span>{label}</span>
        <small>{t("device.noChoice")}</small>
      </p>
    );
  }
  return (
    <label class="settings-select">
      <span>{label}</span>
      <select
        data-testid={props.testId}
        value={chosen}
        onChange={({ currentTarget }) => props.onChoose(currentTarget.value)}
      >
        {choices.map(({ id, label: name }) => (
          <option key={id} value={id} selected={id === chosen}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
