import type { Room } from "@conclave/sdk";
import { cell, type Readable } from "./cells.ts";
import type { Clock } from "./clock.ts";

/**
 * - `fine`: also during the first moments of a loss, which mostly heals by itself.
 * - `shaky`: a thin banner; everything can still be used.
 * - `lost`: the whole screen, with ways out.
 */
export type ConnectionStage = "fine" | "shaky" | "lost";

const SHAKY_AFTER_MS = 2000;
const LOST_AFTER_MS = 15000;

export interface Connection {
  readonly stage: Readable<ConnectionStage>;
  stop(): void;
}

export function createConnection(room: Room, clock: Clock): Connection {
  const stage = cell<ConnectionStage>("fine");
  let timers: (() => void)[] = [];
  const cancel = () => {
    for (const timer of timers) timer();
    timers = [];
  };
  const follow = () => {
    if (room.state === "reconnecting") {
      if (timers.length > 0) return;
      timers = [
        clock.after(SHAKY_AFTER_MS, () => {
          stage.value = "shaky";
        }),
        clock.after(LOST_AFTER_MS, () => {
          stage.value = "lost";
        }),
      ];
    } else {
      cancel();
      stage.value = "fine";
    }
  };
  const stopState = room.on("state", follow);
  follow();
  return {
    stage,
    stop() {
      stopState();
      cancel();
    },
  };
}
