/** Time as the view-models see it, so that tests drive them along a timeline. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `run` once, `delayMs` from now; returns how to call it off. */
  after(delayMs: number, run: () => void): () => void;
}
