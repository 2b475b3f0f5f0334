import type { ParticipantId, Room } from "@conclave/sdk";
import { cell, type Readable } from "./cells.ts";
import type { Clock } from "./clock.ts";

/** Somebody starts to speak above the first level and stops below the second, after the hold. */
const ON_LEVEL = 0.1;
const OFF_LEVEL = 0.02;
const HOLD_MS = 1000;

export interface Speaking {
  /** Who speaks now: changes a few times a minute, so views may be drawn for it. */
  readonly who: Readable<ReadonlySet<ParticipantId>>;
  /** Every level as it comes, for what follows loudness directly. */
  onLevels(listener: (levels: ReadonlyMap<ParticipantId, number>) => void): () => void;
  stop(): void;
}

export function createSpeaking(room: Room, clock: Clock): Speaking {
  const who = cell<ReadonlySet<ParticipantId>>(new Set());
  const listeners = new Set<(levels: ReadonlyMap<ParticipantId, number>) => void>();
  const lastLoudAt = new Map<ParticipantId, number>();
  let cancelCheck: (() => void) | undefined;

  const refresh = () => {
    const nowMs = clock.now();
    for (const [id, at] of lastLoudAt) if (nowMs - at >= HOLD_MS) lastLoudAt.delete(id);
    const next = new Set(lastLoudAt.keys());
    const before = who.peek();
    if (next.size !== before.size || [...next].some((id) => !before.has(id))) who.value = next;
    cancelCheck?.();
    // Silence may come as no more levels at all.
    const quietAt = Math.min(...lastLoudAt.values()) + HOLD_MS;
    cancelCheck = next.size > 0 ? clock.after(quietAt - nowMs, refresh) : undefined;
  };

  const stopLevels = room.on("levels", (levels) => {
    for (const [id, level] of levels) {
      const threshold = lastLoudAt.has(id) ? OFF_LEVEL : ON_LEVEL;
      if (level >= threshold) lastLoudAt.set(id, clock.now());
    }
    refresh();
    for (const listener of listeners) listener(levels);
  });

  return {
    who,
    onLevels(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop() {
      stopLevels();
      cancelCheck?.();
    },
  };
}
