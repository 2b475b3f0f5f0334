import type { Room } from "@conclave/sdk";
import type { Clock } from "./clock.ts";

/** Who has talked with somebody for so long knows whether this is of use to them. */
export const GOOD_CALL_MS = 60_000;

/** Calls `onGood` once, when there has been company over a standing connection for a while. */
export function watchForGoodCall(room: Room, clock: Clock, onGood: () => void): () => void {
  let cancel: (() => void) | undefined;
  const stops: (() => void)[] = [];
  const stop = () => {
    cancel?.();
    for (const each of stops.splice(0)) each();
  };
  const look = () => {
    const isGood = room.state === "connected" && room.participants.size > 1;
    if (!isGood) {
      cancel?.();
      cancel = undefined;
    } else {
      cancel ??= clock.after(GOOD_CALL_MS, () => {
        stop();
        onGood();
      });
    }
  };
  stops.push(room.on("roster", look), room.on("state", look));
  look();
  return stop;
}
