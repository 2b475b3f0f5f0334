import type { Room } from "@conclave/sdk";
import { cell, type Readable } from "./cells.ts";
import type { Clock } from "./clock.ts";

/** A network that carries no video for this long will not carry it in a moment either. */
const OFFER_AFTER_MS = 10_000;
/** An offer that was not taken is not made again for this long. */
const OFFER_AGAIN_AFTER_MS = 5 * 60_000;

/** Sound without the others' pictures; this person's own camera is not touched. */
export interface AudioOnly {
  readonly on: Readable<boolean>;
  /** A quiet question whether to switch to it, while the network carries no video. */
  readonly offered: Readable<boolean>;
  set(on: boolean): void;
  /** No, thank you. */
  dismiss(): void;
  stop(): void;
}

export function createAudioOnly(room: Room, clock: Clock, apply: (on: boolean) => void): AudioOnly {
  const on = cell(false);
  const offered = cell(false);
  let nextOfferAt = 0;
  let cancel: (() => void) | undefined;

  const withdraw = () => {
    cancel?.();
    cancel = undefined;
    offered.value = false;
  };
  const offer = () => {
    nextOfferAt = clock.now() + OFFER_AGAIN_AFTER_MS;
    offered.value = true;
  };
  const refresh = () => {
    if (on.peek() || !isStarved(room)) withdraw();
    else if (cancel === undefined) {
      const delay = Math.max(OFFER_AFTER_MS, nextOfferAt - clock.now());
      cancel = clock.after(delay, offer);
    }
  };
  const stopMedia = room.on("media", refresh);
  refresh();

  return {
    on,
    offered,
    set(next) {
      if (next === on.peek()) return;
      on.value = next;
      withdraw();
      apply(next);
      refresh();
    },
    dismiss() {
      withdraw();
      refresh();
    },
    stop() {
      stopMedia();
      cancel?.();
    },
  };
}

/** At least half of the pictures that could be seen are left out, as the network has no room. */
function isStarved(room: Room): boolean {
  const videos = room.remoteMedia.filter(
    ({ source }) => source === "camera" || source === "screen-video",
  );
  const leftOut = videos.filter(({ pauseReason }) => pauseReason === "lack-of-rate").length;
  const flowing = videos.filter(({ paused }) => !paused).length;
  return leftOut > 0 && leftOut >= flowing;
}
