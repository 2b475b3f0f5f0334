import "../../messages/later/english.ts";
import { t } from "../../messages/messages.ts";
import type { Meeting } from "../../state/meeting.ts";
import { Icon } from "../common/Icon.tsx";
import { Sheet } from "../common/Sheet.tsx";

const SCOPES = ["meeting", "self"] as const;

/** What is recorded, what others are told, and what nobody can promise: before it begins. */
export function RecordingSheet({ meeting }: { meeting: Meeting }) {
  const { recording } = meeting;
  const part = recording.part.value;
  return (
    <Sheet
      title={t("recording.title")}
      testId="recording-sheet"
      onClose={() => recording.setSheetShown(false)}
    >
      <div class="recording-sheet">
        <p>{t("recording.text")}</p>
        {SCOPES.map((scope) => (
          <button
            key={scope}
            type="button"
            class="recording-choice"
            data-testid={`record-${scope}`}
            disabled={part === undefined}
            onClick={() => {
              void part?.start(scope);
              recording.setSheetShown(false);
            }}
          >
            <Icon name={scope === "self" ? "camera" : "people"} />
            <span>
              <strong>{t(`recording.scope.${scope}`)}</strong>
              <small>{t(`recording.scopeText.${scope}`)}</small>
            </span>
          </button>
        ))}
        <p class="recording-honest">{t("recording.honest")}</p>
        {recording.failed.value && <p role="alert">{t("end.notLoaded.title")}</p>}
      </div>
    </Sheet>
  );
}
