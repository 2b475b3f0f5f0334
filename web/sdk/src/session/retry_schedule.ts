/**
 * Milliseconds before each attempt: the first is at once, since most losses are a network change
 * that is over by the time it is noticed.
 */
const DELAYS_MS = [0, 300, 1200, 2700, 4800, 7000] as const;
const DELAY_MS_MAX = 10_000;
/** So that a thousand clients of a restarted server do not come back in one instant. */
const JITTER = 0.5;

/** The delay before attempt `attempt` (from 0); `random` gives 0 <= x < 1. */
export function retryDelayMs(attempt: number, random: () => number): number {
  const base = DELAYS_MS[attempt] ?? DELAY_MS_MAX;
  return Math.round(base * (1 + JITTER * (random() - 0.5)));
}
