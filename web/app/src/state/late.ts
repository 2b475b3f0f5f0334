import type { MessageKind, Room, RoomMessage } from "@conclave/sdk";
import { cell, type Readable } from "./cells.ts";

/** A part of the meeting whose code is fetched when it is first needed. */
export interface Late<Part> {
  /** Undefined: it is not here yet. */
  readonly part: Readable<Part | undefined>;
  /** Fetching did not work; `want` tries again. */
  readonly failed: Readable<boolean>;
  want(): void;
  stop(): void;
}

interface Hearing {
  onMessage(message: RoomMessage): void;
  stop(): void;
}

/** Said before the code is here: fetching takes no longer than this many messages. */
const EARLY_MAX = 500;

/**
 * Waits for the first message of its kinds, or until it is wanted; what came before it was there is
 * given to it.
 */
export function createLate<Part extends Hearing>(
  room: Room,
  kinds: readonly MessageKind[],
  load: () => Promise<Part>,
): Late<Part> {
  const part = cell<Part | undefined>(undefined);
  const failed = cell(false);
  const early: RoomMessage[] = [];
  let isLoading = false;
  let isStopped = false;
  const arrive = (loaded: Part) => {
    if (isStopped) {
      loaded.stop();
      return;
    }
    for (const message of early.splice(0)) loaded.onMessage(message);
    part.value = loaded;
  };
  const want = () => {
    if (isLoading || isStopped || part.peek() !== undefined) return;
    isLoading = true;
    failed.value = false;
    load().then(arrive, () => {
      isLoading = false;
      failed.value = true;
    });
  };
  const stopListening = room.on("message", (message) => {
    if (!kinds.includes(message.kind)) return;
    const here = part.peek();
    if (here !== undefined) here.onMessage(message);
    else if (early.push(message) > EARLY_MAX) early.shift();
    want();
  });
  return {
    part,
    failed,
    want,
    stop() {
      isStopped = true;
      stopListening();
      part.peek()?.stop();
    },
  };
}
