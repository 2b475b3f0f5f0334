import type { ParticipantId, QualityLevel, Room, TrackId } from "@conclave/sdk";
import { cell, derived, type Readable } from "./cells.ts";

/** Which direction of this person's connection is weak, in a word. */
export type WeakDirection = "upload" | "download" | "both" | undefined;

/** How well the network carries the meeting, for this person and for the others. */
export interface Quality {
  readonly upload: Readable<QualityLevel>;
  readonly download: Readable<QualityLevel>;
  readonly weak: Readable<WeakDirection>;
  /** Of those whose own connection is not good, this person included. */
  readonly people: Readable<ReadonlyMap<ParticipantId, QualityLevel>>;
  /** Pictures that stand still though they should not. */
  readonly frozen: Readable<ReadonlySet<TrackId>>;
  stop(): void;
}

export function createQuality(room: Room): Quality {
  const quality = cell(room.quality);
  const stops = [
    room.on("quality", (next) => {
      quality.value = next;
    }),
  ];
  const upload = derived(() => quality.value.upload);
  const download = derived(() => quality.value.download);
  return {
    upload,
    download,
    weak: derived(() => direction(upload.value === "poor", download.value === "poor")),
    people: derived(() => {
      const people = new Map(quality.value.participants);
      if (upload.value !== "good") people.set(room.localId, upload.value);
      return people;
    }),
    frozen: derived(() => quality.value.frozen),
    stop() {
      for (const stop of stops) stop();
    },
  };
}

function direction(upload: boolean, download: boolean): WeakDirection {
  if (upload && download) return "both";
  if (upload) return "upload";
  return download ? "download" : undefined;
}
