import "../../messages/later/english.ts";
import { t } from "../../messages/messages.ts";
import type { Meeting } from "../../state/meeting.ts";
import { Icon } from "../common/Icon.tsx";
import { Reactions } from "./ReactMenu.tsx";

/** Where the toolbar leaves its spare controls out, see controls.css. */
const NARROW = "(max-width: 439px)";

export function MoreMenuPanel(props: { readonly meeting: Meeting; readonly onDone: () => void }) {
  const { meeting, onDone } = props;
  const { board, gestures, recording } = meeting;
  const own = recording.part.value?.own.value;
  const isNarrow = matchMedia(NARROW).matches;
  const shown = board.shown.value;
  return (
    <>
      {isNarrow && (
        <div class="more-reactions">
          <Reactions
            gestures={gestures}
            mayReact={meeting.hosting.maySay("reaction")}
            onDone={onDone}
          />
        </div>
      )}
      <button
        type="button"
        class="menu-action"
        data-testid="board-button"
        onClick={() => {
          board.setShown(!shown);
          onDone();
        }}
      >
        <Icon name="board" />
        {t(shown ? "board.close" : "board.title")}
      </button>
      <button
        type="button"
        class="menu-action"
        data-testid="record-button"
        onClick={() => {
          if (own === undefined) recording.setSheetShown(true);
          else void recording.part.peek()?.stopOwn();
          onDone();
        }}
      >
        <Icon name="record" />
        {t(own === undefined ? "recording.title" : "recording.stop")}
      </button>
      {meeting.hosting.moderates.value && (
        <button
          type="button"
          class="menu-action"
          data-testid="breakout-button"
          onClick={() => {
            meeting.breakouts.setSheetShown(true);
            onDone();
          }}
        >
          <Icon name="people" />
          {t("breakout.title")}
        </button>
      )}
      {meeting.hosting.moderates.value && (
        <button
          type="button"
          class="menu-action"
          data-testid="attendance-button"
          onClick={() => {
            meeting.saveAttendance(t("attendance.title"), [
              ...([t("attendance.name"), t("attendance.from")] as const),
              ...([t("attendance.to"), t("attendance.minutes")] as const),
            ]);
            onDone();
          }}
        >
          <Icon name="people" />
          {t("attendance.save")}
        </button>
      )}
    </>
  );
}
