import type { ParticipantId, Room } from "@conclave/sdk";
import { cell, type Readable } from "./cells.ts";

/** How loud each person is on this machine, 0 .. 1; who is not named is as loud as they come. */
export interface Volumes {
  readonly of: Readable<ReadonlyMap<ParticipantId, number>>;
  set(person: ParticipantId, volume: number): void;
}

export function createVolumes(room: Room): Volumes {
  const of = cell<ReadonlyMap<ParticipantId, number>>(new Map());
  return {
    of,
    set(person, volume) {
      of.value = new Map(of.peek()).set(person, volume);
      room.setVolume(person, volume);
    },
  };
}
