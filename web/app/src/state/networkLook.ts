import { cell, type Readable } from "./cells.ts";
import type { ConnectionProbe } from "./check.ts";
import type { Clock } from "./clock.ts";

/** Whoever joins at once finds out by joining, and costs the server nothing twice. */
export const LOOK_AFTER_MS = 6000;

/**
 * While a person gets ready: whether a meeting could be had. Once for each load of the page, since
 * each look is a join to the server.
 */
export interface NetworkLook {
  /** Undefined: nothing is in the way, or it is not known yet. */
  readonly obstacle: Readable<"server" | "media" | undefined>;
  begin(): void;
  /** Calls off what goes on. */
  stop(): void;
}

export function createNetworkLook(
  clock: Clock,
  loadProbe: () => Promise<ConnectionProbe>,
): NetworkLook {
  const obstacle = cell<"server" | "media" | undefined>(undefined);
  let hasLooked = false;
  let cancel: (() => void) | undefined;
  let calledOff: AbortController | undefined;
  const look = async () => {
    hasLooked = true;
    const mine = new AbortController();
    calledOff = mine;
    const probe = await loadProbe();
    mine.signal.throwIfAborted();
    const found = await probe.reach(mine.signal);
    if (!mine.signal.aborted) obstacle.value = found;
  };
  return {
    obstacle,
    begin() {
      if (hasLooked) return;
      // That its code does not load is told by the join, whose code does not load either.
      cancel = clock.after(LOOK_AFTER_MS, () => void look().catch(() => {}));
    },
    stop() {
      cancel?.();
      calledOff?.abort();
    },
  };
}
