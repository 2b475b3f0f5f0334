import "../../messages/later/english.ts";
import { useEffect, useState } from "preact/hooks";
import { t } from "../../messages/messages.ts";
import type { Meeting } from "../../state/meeting.ts";
import type { OwnRecording, Recorder, Recording } from "../../state/recording/recording.ts";

/** Who records, as long as they do, and whether this person is in it. */
export function RecordingBanners({ meeting }: { meeting: Meeting }) {
  const recording = meeting.recording.part.value;
  if (recording === undefined) return null;
  const own = recording.own.value;
  return (
    <>
      {own && <OwnBanner recording={recording} own={own} />}
      {recording.recorders.value.map((recorder) => (
        <OtherBanner key={recorder.id} recording={recording} recorder={recorder} />
      ))}
    </>
  );
}

function OwnBanner({ recording, own }: { recording: Recording; own: OwnRecording }) {
  const { scope, phase, startedAt, agreed, others } = own;
  return (
    <div class="banner" data-testid="recording-own" data-phase={phase}>
      <span class="recording-dot" aria-hidden="true" />
      <p>
        {phase === "saving"
          ? t("recording.saving")
          : t(scope === "self" ? "recording.ownSelf" : "recording.own", { agreed, others })}{" "}
        <Elapsed since={startedAt} />
      </p>
      <button
        type="button"
        class="button small"
        data-testid="recording-stop"
        disabled={phase === "saving"}
        onClick={() => void recording.stopOwn()}
      >
        {t("recording.stop")}
      </button>
    </div>
  );
}

function OtherBanner({ recording, recorder }: { recording: Recording; recorder: Recorder }) {
  const { id, name, scope, agreed } = recorder;
  if (scope === "self") {
    return (
      <div class="banner" data-testid="recording-banner" role="status">
        <span class="recording-dot" aria-hidden="true" />
        <p>{t("recording.bySelf", { name })}</p>
      </div>
    );
  }
  const state = agreed === undefined ? "asked" : agreed ? "in" : "out";
  return (
    <div
      class="banner"
      data-testid="recording-banner"
      data-state={state}
      // Asked at once, whatever else is being read.
      role={agreed === undefined ? "alert" : "status"}
    >
      <span class="recording-dot" aria-hidden="true" />
      <p>{t(`recording.${state}`, { name })}</p>
      {agreed !== true && (
        <button
          type="button"
          class={agreed === undefined ? "button small primary" : "button small"}
          data-testid="recording-agree"
          onClick={() => recording.answer(id, true)}
        >
          {t("recording.agree")}
        </button>
      )}
      {agreed !== false && (
        <button
          type="button"
          class="button small"
          data-testid="recording-refuse"
          onClick={() => recording.answer(id, false)}
        >
          {t("recording.refuse")}
        </button>
      )}
    </div>
  );
}

/** Minutes and seconds, as on a recorder. */
function Elapsed({ since }: { since: number }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.floor((now - since) / 1000));
  const two = (value: number) => String(value).padStart(2, "0");
  return (
    <time dateTime={`PT${seconds}S`}>{`${Math.floor(seconds / 60)}:${two(seconds % 60)}`}</time>
  );
}
