import { useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../../messages/messages.ts";
import type { Meeting } from "../../state/meeting.ts";
import { Icon } from "../common/Icon.tsx";
import { lazyView } from "../common/lazyView.tsx";
import { WithheldActs } from "../common/WithheldActs.tsx";

const HostBanners = lazyView(async () => (await import("../hosting/HostBanners.tsx")).HostBanners);
const CompareSheet = lazyView(async () => (await import("./CompareSheet.tsx")).CompareSheet);

const RecordingBanners = lazyView(
  async () => (await import("../recording/index.ts")).RecordingBanners,
);

const BreakoutBanners = lazyView(
  async () => (await import("../breakouts/index.ts")).BreakoutBanners,
);

/** Thin lines above the stage, each with at most one thing to do. */
export function Banners({ meeting }: { meeting: Meeting }) {
  const shaky = meeting.connection.stage.value === "shaky";
  const keys = meeting.encryption.trouble.value;
  const needsHost = meeting.lobby.people.value.length > 0 || meeting.hosting.asked.value;
  const verification = meeting.verification.value;
  const isComparing = verification?.asking.value ?? verification?.comparison.value;
  return (
    <section class="banners" aria-label={t("stage.state")}>
      {shaky && (
        <div class="banner" data-testid="banner" data-tone="problem" role="alert">
          <span class="spinner" aria-hidden="true" />
          <p>{t("connection.shaky")}</p>
        </div>
      )}
      {keys && (
        <div class="banner" data-testid="keys-banner" role="status">
          <span class="spinner" aria-hidden="true" />
          <p>{t(`encryption.banner.${keys}`)}</p>
        </div>
      )}
      <WithheldBanner meeting={meeting} />
      {meeting.sound.blocked.value && (
        <div class="banner" data-testid="sound-banner">
          <Icon name="speaker" />
          <p>{t("sound.blocked")}</p>
          <button
            type="button"
            class="button small primary"
            data-testid="start-sound"
            onClick={() => void meeting.sound.start()}
          >
            {t("sound.start")}
          </button>
        </div>
      )}
      {(meeting.breakouts.open.value || meeting.breakouts.word.value) && (
        <BreakoutBanners meeting={meeting} />
      )}
      {needsHost && <HostBanners meeting={meeting} />}
      <AudioOnlyBanner meeting={meeting} />
      {verification && isComparing && <CompareSheet verification={verification} />}
      <BoardBanner meeting={meeting} />
      {meeting.recording.part.value && <RecordingBanners meeting={meeting} />}
      {meeting.share.on.value && (
        <div class="banner" data-testid="share-banner">
          <Icon name="share" />
          <p>{t("share.banner")}</p>
          <button
            type="button"
            class="button small quiet"
            data-testid="share-motion"
            aria-pressed={meeting.share.motion.value}
            onClick={() => void meeting.share.setMotion(!meeting.share.motion.peek())}
          >
            {meeting.share.motion.value && <Icon name="check" />}
            {t("share.motion")}
          </button>
          <button type="button" class="button small" onClick={meeting.share.stop}>
            {t("share.stop")}
          </button>
        </div>
      )}
    </section>
  );
}

/** The camera went off rather than show the room. */
function WithheldBanner({ meeting: { local } }: { meeting: Meeting }) {
  const { problem, withheld } = local.effects;
  if (!withheld.value || problem.value === undefined) return null;
  return (
    <div class="banner" data-testid="withheld-banner" data-tone="problem" role="alert">
      <Icon name="cameraOff" />
      <p>{t(`effects.problem.${problem.value}`)}</p>
      <WithheldActs effects={local.effects} />
    </div>
  );
}

/** A question that can be left alone, or the way back. */
function AudioOnlyBanner({ meeting: { audioOnly } }: { meeting: Meeting }) {
  if (audioOnly.on.value) {
    return (
      <div class="banner" data-testid="audio-only-banner">
        <Icon name="cameraOff" />
        <p>{t("audioOnly.on")}</p>
        <button
          type="button"
          class="button small"
          data-testid="show-video"
          onClick={() => audioOnly.set(false)}
        >
          {t("audioOnly.back")}
        </button>
      </div>
    );
  }
  const reason = audioOnly.offered.value;
  if (reason === undefined) return null;
  return (
    <div class="banner" data-testid="audio-only-offer" role="status">
      <Icon name="signal" />
      <p>{t(reason === "network" ? "audioOnly.offer" : "audioOnly.offer-processor")}</p>
      <button
        type="button"
        class="button small primary"
        data-testid="audio-only-accept"
        onClick={() => audioOnly.set(true)}
      >
        {t("audioOnly.accept")}
      </button>
      <button type="button" class="button small quiet" onClick={audioOnly.dismiss}>
        {t("audioOnly.decline")}
      </button>
    </div>
  );
}

/** Somebody else has opened the shared board. */
function BoardBanner({ meeting: { board } }: { meeting: Meeting }) {
  const name = board.part.value?.openedBy.value;
  if (name === undefined) return null;
  return (
    <div class="banner" data-testid="board-banner">
      <Icon name="board" />
      <p>{t("board.opened", { name })}</p>
      <button
        type="button"
        class="button small primary"
        data-testid="board-show"
        onClick={() => board.setShown(true)}
      >
        {t("board.show")}
      </button>
      <button
        type="button"
        class="button small quiet"
        onClick={() => board.part.peek()?.dismissOpened()}
      >
        {t("audioOnly.decline")}
      </button>
    </div>
  );
}

/** The connection has been gone for long: the whole screen says so, with two ways out. */
export function LostOverlay({ meeting }: { meeting: Meeting }) {
  return meeting.connection.stage.value === "lost" ? <LostDialog meeting={meeting} /> : null;
}

function LostDialog({ meeting }: { meeting: Meeting }) {
  const dialog = useRef<HTMLDialogElement>(null);
  // Modal: the focus comes here, and what lies beneath cannot be reached.
  useLayoutEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      class="lost"
      role="alertdialog"
      aria-labelledby="lost-title"
      data-testid="lost"
      onCancel={(event) => event.preventDefault()}
    >
      <span class="spinner" aria-hidden="true" />
      <h2 id="lost-title">{t("connection.lost.title")}</h2>
      <p>{t("connection.lost.text")}</p>
      <button type="button" class="button primary wide" onClick={() => meeting.rejoin()}>
        {t("connection.rejoin")}
      </button>
      <button type="button" class="button quiet wide" onClick={() => meeting.leave()}>
        {t("control.leaveMeeting")}
      </button>
    </dialog>
  );
}
