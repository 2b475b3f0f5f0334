import { useEffect, useRef } from "preact/hooks";
import { t } from "../../messages/messages.ts";
import type { LocalMedia } from "../../state/localMedia.ts";
import { Icon } from "../common/Icon.tsx";
import { showLevel } from "../common/level.ts";

/** What others will see, and a meter of what they will hear. */
export function Preview({ local, mirrored }: { local: LocalMedia; mirrored: boolean }) {
  const video = useRef<HTMLVideoElement>(null);
  const meter = useRef<HTMLSpanElement>(null);
  const track = local.camera.track.value;
  const status = local.camera.status.value;

  useEffect(() => {
    if (video.current) video.current.srcObject = track ? new MediaStream([track]) : null;
  }, [track]);
  useEffect(() => local.onLevel((level) => showLevel(meter.current, level)), [local]);

  return (
    <div class="preview" data-live={status === "live"}>
      <video
        data-mirrored={mirrored}
        data-testid="preview"
        aria-label={t("prejoin.preview")}
        ref={video}
        playsInline
        muted
        autoPlay
      />
      {status !== "live" && (
        <div class="preview-off">
          <Icon name="cameraOff" />
          <p>{t(status === "starting" ? "prejoin.cameraStarting" : "prejoin.cameraOff")}</p>
        </div>
      )}
      <div class="meter" role="img" aria-label={t("prejoin.level")}>
        <Icon name={local.microphone.on.value ? "microphone" : "microphoneOff"} />
        <span class="meter-bar">
          <span class="meter-level" ref={meter} />
        </span>
      </div>
    </div>
  );
}
