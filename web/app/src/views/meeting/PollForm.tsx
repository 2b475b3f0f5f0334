import { POLL_OPTION_MAX, POLL_QUESTION_MAX } from "@conclave/sdk/messages";
import { useEffect, useRef } from "preact/hooks";
import "../../messages/later/english.ts";
import { t } from "../../messages/messages.ts";
import type { Polls } from "../../state/polls.ts";
import { Switch } from "../common/Switch.tsx";

export interface PollFormProps {
  readonly polls: Polls;
  /** The meeting is end-to-end encrypted. */
  readonly sealed: boolean;
  readonly onDone: () => void;
}

export function PollForm({ polls, sealed, onDone }: PollFormProps) {
  const { draft } = polls;
  const question = useRef<HTMLInputElement>(null);
  useEffect(() => question.current?.focus({ preventScroll: true }), []);
  const lack = draft.lack.value;
  return (
    <form
      class="poll-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (polls.ask()) onDone();
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onDone();
      }}
    >
      <div class="poll-fields">
        <label class="labelled">
          <span>{t("polls.question")}</span>
          <input
            ref={question}
            class="field"
            data-testid="poll-question"
            maxLength={POLL_QUESTION_MAX}
            value={draft.question}
            onInput={({ currentTarget }) => draft.setQuestion(currentTarget.value)}
          />
        </label>
        <fieldset>
          <legend>{t("polls.options")}</legend>
          {draft.options.value.map((option, index) => (
            <input
              // biome-ignore lint/suspicious/noArrayIndexKey: an option is its place in the list.
              key={index}
              class="field"
              data-testid="poll-option-field"
              aria-label={t("polls.option", { number: index + 1 })}
              placeholder={t("polls.option", { number: index + 1 })}
              maxLength={POLL_OPTION_MAX}
              value={option}
              onInput={({ currentTarget }) => draft.setOption(index, currentTarget.value)}
            />
          ))}
        </fieldset>
        <Switch
          testId="poll-multiple"
          label={t("polls.multiple")}
          text={t("polls.multipleText")}
          on={draft.multiple.value}
          onChange={draft.setMultiple}
        />
        <Switch
          testId="poll-anonymous"
          label={t("polls.anonymous")}
          text={t(sealed ? "polls.anonymousText" : "polls.anonymousTextOpen")}
          on={draft.anonymous.value}
          onChange={draft.setAnonymous}
        />
      </div>
      <div class="panel-foot poll-foot">
        {lack && <p id="poll-lack">{t(`polls.lack.${lack}`)}</p>}
        <button type="button" class="button quiet" data-testid="poll-cancel" onClick={onDone}>
          {t("chat.cancel")}
        </button>
        <button
          type="submit"
          class="button primary"
          data-testid="poll-ask"
          aria-describedby={lack && "poll-lack"}
          disabled={!polls.canAsk.value}
        >
          {t("polls.ask")}
        </button>
      </div>
    </form>
  );
}
