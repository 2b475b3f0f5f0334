import type { Room } from "@conclave/sdk";
import { cell, type Readable } from "./cells.ts";
import type { PreferenceStore } from "./ports.ts";

/** Which way sound and pictures take, and whether they may go straight to the other person. */
export interface DirectPath {
  /** Undefined: this meeting knows only the way through the server. */
  readonly way: Readable<"direct" | "server" | undefined>;
  /** The other person's machine is not to see this one's address. */
  readonly isPrivate: Readable<boolean>;
  setPrivate(isPrivate: boolean): void;
  stop(): void;
}

export function createDirectPath(room: Room, preferences: PreferenceStore): DirectPath {
  const way = cell(wayOf(room));
  const isPrivate = cell(preferences.read().addressPrivate ?? false);
  const stop = room.on("encryption", () => {
    way.value = wayOf(room);
  });
  return {
    way,
    isPrivate,
    setPrivate(next) {
      isPrivate.value = next;
      preferences.write({ addressPrivate: next });
      room.setAddressPrivate(next);
    },
    stop,
  };
}

function wayOf(room: Room): "direct" | "server" | undefined {
  if (room.encryption === undefined) return undefined;
  return room.encryption.direct ? "direct" : "server";
}
