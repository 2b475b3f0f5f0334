import type { ConnectionQuality, ParticipantId, QualityLevel } from "../room/types.ts";
import { type ArrivingTrack, rateArriving, rateUpload, type UploadLook } from "./quality.ts";
import { QualityMeter } from "./quality_meter.ts";

export const ALL_GOOD: ConnectionQuality = {
  upload: "good",
  download: "good",
  participants: new Map(),
  frozen: new Set(),
};

/** The quality of a connection over time, from one look a second. */
export class QualityWatch {
  readonly #upload = new QualityMeter();
  readonly #download = new QualityMeter();
  /** Of those whose tracks arrive now. */
  #people = new Map<ParticipantId, QualityMeter>();
  #quality = ALL_GOOD;

  get quality(): ConnectionQuality {
    return this.#quality;
  }

  /**
   * `weakUploads`: who says that their own upload is not good; taken as it is, since it was steady when
   * it was said. Returns whether the quality changed.
   */
  update(
    nowMs: number,
    upload: UploadLook,
    tracks: readonly ArrivingTrack[],
    weakUploads: ReadonlyMap<ParticipantId, QualityLevel>,
  ): boolean {
    const before = this.#quality;
    const rated = rateArriving(tracks, weakUploads);
    this.#quality = {
      upload: this.#upload.update(nowMs, rateUpload(upload)),
      download: this.#download.update(nowMs, rated.download),
      participants: this.#updatePeople(nowMs, tracks, rated.participants, weakUploads),
      // Steady by itself: it is found after two seconds, and over with the next frame.
      frozen: new Set(tracks.filter(({ frozen }) => frozen).map(({ trackId }) => trackId)),
    };
    return !isSame(before, this.#quality);
  }

  #updatePeople(
    nowMs: number,
    tracks: readonly ArrivingTrack[],
    rated: ReadonlyMap<ParticipantId, QualityLevel>,
    weakUploads: ReadonlyMap<ParticipantId, QualityLevel>,
  ): ReadonlyMap<ParticipantId, QualityLevel> {
    const levels = new Map(weakUploads);
    const meters = new Map<ParticipantId, QualityMeter>();
    for (const id of new Set(tracks.map(({ participantId }) => participantId))) {
      const meter = this.#people.get(id) ?? new QualityMeter();
      meters.set(id, meter);
      const said = weakUploads.get(id);
      const seen = meter.update(nowMs, said === undefined ? (rated.get(id) ?? "good") : "good");
      if (said === undefined && seen !== "good") levels.set(id, seen);
    }
    this.#people = meters;
    return levels;
  }
}

function isSame(a: ConnectionQuality, b: ConnectionQuality): boolean {
  return (
    a.upload === b.upload &&
    a.download === b.download &&
    a.participants.size === b.participants.size &&
    [...a.participants].every(([id, level]) => b.participants.get(id) === level) &&
    a.frozen.size === b.frozen.size &&
    [...a.frozen].every((id) => b.frozen.has(id))
  );
}
