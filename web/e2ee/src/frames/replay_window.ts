/**
 * Which counters of one key were opened: the 512 below the highest, which is some seconds of video
 * and ten of audio. What is older, or came before, is refused.
 */
export const REPLAY_WINDOW = 512;
const WORD_BITS = 32;

export class ReplayWindow {
  readonly #seen = new Uint32Array(REPLAY_WINDOW / WORD_BITS);
  #highest = -1;

  /** Whether the counter may still be opened. */
  accepts(counter: number): boolean {
    if (counter > this.#highest) return true;
    return counter > this.#highest - REPLAY_WINDOW && !this.#has(counter);
  }

  /** To be called only for what authenticated. False: it was there before. */
  take(counter: number): boolean {
    if (!this.accepts(counter)) return false;
    this.#advance(counter);
    const at = counter % REPLAY_WINDOW;
    this.#seen[at >> 5] = (this.#seen[at >> 5] ?? 0) | (1 << (at & 31));
    return true;
  }

  #has(counter: number): boolean {
    const at = counter % REPLAY_WINDOW;
    return (((this.#seen[at >> 5] ?? 0) >>> (at & 31)) & 1) === 1;
  }

  /** Forgets what falls out of the window. */
  #advance(counter: number): void {
    if (counter <= this.#highest) return;
    if (counter - this.#highest >= REPLAY_WINDOW) this.#seen.fill(0);
    else {
      for (let next = this.#highest + 1; next <= counter; next++) {
        const at = next % REPLAY_WINDOW;
        this.#seen[at >> 5] = (this.#seen[at >> 5] ?? 0) & ~(1 << (at & 31));
      }
    }
    this.#highest = counter;
  }
}
