/** A worker is to be asked something this often. */
export const PULSE_EVERY_MS = 500;
/**
 * Of our questions in a row without a word from it. Four seconds: on a machine that does other things a
 * worker may be late, and each replacement costs the whole group an epoch.
 */
const UNANSWERED_MAX = 8;
/** One that dies at its start again and again must not keep the group busy. */
const REPLACE_GAP_MS = 5_000;

/**
 * Whether a worker lives. Counts questions instead of time: a page that slept wakes with one timer due,
 * and finds the worker awake. To be used for its successors too.
 */
export class WorkerPulse {
  #unanswered = 0;
  #failed = false;
  #madeAtMs: number;

  constructor(nowMs: number) {
    this.#madeAtMs = nowMs;
  }

  onAnswer(): void {
    this.#unanswered = 0;
  }

  onError(): void {
    this.#failed = true;
  }

  /** To be called before each question. True: it is to be replaced now. */
  isDead(nowMs: number): boolean {
    const isSilent = this.#unanswered >= UNANSWERED_MAX;
    this.#unanswered++;
    if (!(isSilent || this.#failed) || nowMs - this.#madeAtMs < REPLACE_GAP_MS) return false;
    this.#unanswered = 0;
    this.#failed = false;
    this.#madeAtMs = nowMs;
    return true;
  }
}
