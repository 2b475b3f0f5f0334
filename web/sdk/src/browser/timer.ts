import type { Timer } from "../room/platform.ts";

/** setTimeout takes 32 bits; a machine that is called early looks at its clock and waits on. */
const DELAY_MS_MAX = 2 ** 31 - 1;

export function createTimer(nowMs: () => number, onDeadline: () => void): Timer {
  let handle: ReturnType<typeof setTimeout> | undefined;
  return {
    schedule: (atMs) => {
      clearTimeout(handle);
      if (atMs === Number.POSITIVE_INFINITY) return;
      // Rounded up: a timer that fires a fraction early would only be set again.
      const delay = Math.min(Math.max(0, Math.ceil(atMs - nowMs())), DELAY_MS_MAX);
      handle = setTimeout(onDeadline, delay);
    },
  };
}
