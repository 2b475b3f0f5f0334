import { describe, expect, it } from "vitest";
import type { ParticipantId, QualityLevel } from "../room/types.ts";
import type { ArrivingTrack, UploadLook } from "./quality.ts";
import { QualityWatch } from "./quality_watch.ts";

const WELL: UploadLook = {
  lossRatio: 0,
  roundTripMs: 30,
  heldBack: false,
  availableKbps: 3000,
};

function track(participantId: ParticipantId, frozen = false): ArrivingTrack {
  const trackId = 10 * participantId;
  return { trackId, participantId, lossRatio: 0, concealedRatio: 0, frozen, leftOut: false };
}

/** Looks once a second; returns the seconds in which it changed. */
function run(
  watch: QualityWatch,
  fromS: number,
  untilS: number,
  upload: UploadLook,
  tracks: readonly ArrivingTrack[],
  weak: readonly (readonly [ParticipantId, QualityLevel])[] = [],
): number[] {
  const changes: number[] = [];
  for (let s = fromS; s <= untilS; s++) {
    if (watch.update(s * 1000, upload, tracks, new Map(weak))) changes.push(s);
  }
  return changes;
}

describe("QualityWatch", () => {
  it("tells which direction is weak, once for each change", () => {
    const watch = new QualityWatch();
    const lossy = { ...WELL, lossRatio: 0.2 };
    expect(run(watch, 0, 9, lossy, [track(1)])).toEqual([4]);
    expect(watch.quality).toMatchObject({ upload: "poor", download: "good" });
    expect(run(watch, 10, 30, WELL, [track(1)])).toEqual([20]);
    expect(watch.quality.upload).toBe("good");
  });

  it("tells whose picture freezes after a while, and what somebody says of himself at once", () => {
    const watch = new QualityWatch();
    const tracks = [track(1, true), track(2), track(3)];
    expect(run(watch, 0, 9, WELL, tracks, [[3, "poor"]])).toEqual([0, 4]);
    expect([...watch.quality.participants].sort()).toEqual([
      [1, "fair"],
      [3, "poor"],
    ]);
    expect(run(watch, 10, 10, WELL, tracks)).toEqual([10]);
    expect([...watch.quality.participants]).toEqual([[1, "fair"]]);
  });

  it("tells at once which picture stands still, and that it goes on", () => {
    const watch = new QualityWatch();
    expect(run(watch, 0, 1, WELL, [track(1), track(2, true)])).toEqual([0]);
    expect([...watch.quality.frozen]).toEqual([20]);
    expect(run(watch, 2, 2, WELL, [track(1), track(2)])).toEqual([2]);
    expect(watch.quality.frozen.size).toBe(0);
  });

  it("forgets who is not there any more", () => {
    const watch = new QualityWatch();
    run(watch, 0, 9, WELL, [track(1, true), track(2), track(3)]);
    expect(run(watch, 10, 10, WELL, [track(2), track(3)])).toEqual([10]);
    expect(watch.quality.participants.size).toBe(0);
  });
});
