import type { Room } from "@conclave/sdk";
import { cell, type Readable } from "./cells.ts";
import type { Clock } from "./clock.ts";

/** A network that carries no video for this long will not carry it in a moment either. */
const OFFER_AFTER_MS = 10_000;
/** An offer that was not taken is not made again for this long. */
const OFFER_AGAIN_AFTER_MS = 5 * 60_000;

/** Why video is too much: the network has no room for it, or the processor no time to encode it. */
export type OfferReason = "network" | "processor";

/** Sound without the others' pictures; this person's own camera is not touched. */
export interface AudioOnly {
  readonly on: Readable<boolean>;
  /** A quiet question whether to switch to it, and why. The network's is taken back when it recovers. */
  readonly offered: Readable<OfferReason | undefined>;
  set(on: boolean): void;
  /** No, thank you. */
  dismiss(): void;
  stop(): void;
}

export function createAudioOnly(room: Room, clock: Clock, apply: (on: boolean) => void): AudioOnly {
  const on = cell(false);
  const offered = cell<OfferReason | undefined>(undefined);
  let nextOfferAt = 0;
  let cancel: (() => void) | undefined;

  const forget = () => {
    cancel?.();
    cancel = undefined;
  };
  const withdraw = () => {
    forget();
    offered.value = undefined;
  };
  const offer = (reason: OfferReason) => {
    nextOfferAt = clock.now() + OFFER_AGAIN_AFTER_MS;
    offered.value = reason;
  };
  const refresh = () => {
    if (on.peek()) withdraw();
    else if (!isStarved(room)) {
      forget();
      if (offered.peek() === "network") offered.value = undefined;
    } else if (cancel === undefined) {
      const delay = Math.max(OFFER_AFTER_MS, nextOfferAt - clock.now());
      cancel = clock.after(delay, () => offer("network"));
    }
  };
  const stops = [
    room.on("media", refresh),
    // The SDK says it once its own means, smaller pictures and cheaper codecs, are used up.
    room.on("overloaded", () => {
      if (!on.peek() && clock.now() >= nextOfferAt) offer("processor");
    }),
  ];
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
      for (const stop of stops) stop();
      forget();
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
