import {
  normalizePollText,
  POLL_OPTION_MAX,
  POLL_OPTIONS_MAX,
  POLL_OPTIONS_MIN,
  POLL_QUESTION_MAX,
  type PollWord,
} from "@conclave/sdk/messages";
import { cell, derived, type Readable } from "./cells.ts";

/** A poll that is being written. */
export interface PollDraft {
  readonly question: Readable<string>;
  /** With one empty field at the end, as long as there may be more. */
  readonly options: Readable<readonly string[]>;
  readonly multiple: Readable<boolean>;
  readonly anonymous: Readable<boolean>;
  /** Undefined: it can be asked. */
  readonly lack: Readable<"question" | "options" | "same" | undefined>;
  setQuestion(text: string): void;
  setOption(index: number, text: string): void;
  setMultiple(on: boolean): void;
  setAnonymous(on: boolean): void;
  clear(): void;
  /** Undefined while something lacks. */
  finished(id: string): Extract<PollWord, { type: "open" }> | undefined;
}

const NO_OPTIONS = [""];

export function createPollDraft(): PollDraft {
  const question = cell("");
  const options = cell<readonly string[]>(NO_OPTIONS);
  const multiple = cell(false);
  const anonymous = cell(false);
  const cleanQuestion = derived(() => normalizePollText(question.value, POLL_QUESTION_MAX));
  const cleanOptions = derived(() =>
    options.value
      .map((option) => normalizePollText(option, POLL_OPTION_MAX))
      .filter((option) => option !== ""),
  );
  const lack = derived(() => {
    const chosen = cleanOptions.value;
    if (cleanQuestion.value === "") return "question";
    if (chosen.length < POLL_OPTIONS_MIN) return "options";
    return new Set(chosen).size < chosen.length ? "same" : undefined;
  });
  return {
    ...{ question, options, multiple, anonymous, lack },
    setQuestion(text) {
      question.value = text.slice(0, POLL_QUESTION_MAX);
    },
    setOption(index, text) {
      const next = [...options.peek()];
      next[index] = text.slice(0, POLL_OPTION_MAX);
      // Those that were emptied at the end go, but for one.
      while (next.length > 1 && next.at(-1) === "" && next.at(-2) === "") next.pop();
      if (next.at(-1) !== "" && next.length < POLL_OPTIONS_MAX) next.push("");
      options.value = next;
    },
    setMultiple(on) {
      multiple.value = on;
    },
    setAnonymous(on) {
      anonymous.value = on;
    },
    clear() {
      question.value = "";
      options.value = NO_OPTIONS;
      multiple.value = false;
      anonymous.value = false;
    },
    finished: (id) =>
      lack.peek() === undefined
        ? {
            ...{ type: "open", id, question: cleanQuestion.peek(), options: cleanOptions.peek() },
            ...{ multiple: multiple.peek(), anonymous: anonymous.peek(), again: false },
          }
        : undefined,
  };
}
