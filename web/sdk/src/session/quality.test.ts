import { describe, expect, it } from "vitest";
import type { ParticipantId, QualityLevel } from "../room/types.ts";
import { type ArrivingTrack, rateArriving, rateUpload, type UploadLook } from "./quality.ts";

const WELL: UploadLook = {
  lossRatio: 0,
  roundTripMs: 30,
  heldBack: false,
  availableKbps: 3000,
};

describe("rateUpload", () => {
  it.each([
    ["nothing is wrong", {}, "good"],
    ["nothing is known", { lossRatio: undefined, roundTripMs: undefined }, "good"],
    ["some packets are lost", { lossRatio: 0.05 }, "fair"],
    ["many packets are lost", { lossRatio: 0.15 }, "poor"],
    ["the way is long", { roundTripMs: 500 }, "fair"],
    ["the way is too long to talk", { roundTripMs: 900 }, "poor"],
    ["there is room for a small picture only", { heldBack: true, availableKbps: 400 }, "fair"],
    ["there is hardly room for any", { heldBack: true, availableKbps: 120 }, "poor"],
    ["a large picture is held back a little", { heldBack: true, availableKbps: 1200 }, "good"],
    ["little is needed, and little is there", { heldBack: false, availableKbps: 120 }, "good"],
  ] as const)("%s", (_, change, level) => {
    expect(rateUpload({ ...WELL, ...change })).toBe(level);
  });
});

function track(participantId: ParticipantId, change: Partial<ArrivingTrack> = {}): ArrivingTrack {
  const well = { lossRatio: 0, concealedRatio: 0, frozen: false, leftOut: false };
  return { trackId: participantId, participantId, ...well, ...change };
}

function rated(tracks: ArrivingTrack[], weak: [ParticipantId, QualityLevel][] = []) {
  const { download, participants } = rateArriving(tracks, new Map(weak));
  return { download, participants: [...participants] };
}

describe("rateArriving", () => {
  it("finds nothing where nothing is wrong, or nobody is there", () => {
    expect(rated([track(1), track(2)])).toEqual({ download: "good", participants: [] });
    expect(rated([])).toEqual({ download: "good", participants: [] });
  });

  it("blames one of three for what is wrong with his tracks alone", () => {
    expect(rated([track(1, { lossRatio: 0.2 }), track(1), track(2), track(3)])).toEqual({
      download: "good",
      participants: [[1, "poor"]],
    });
  });

  it("blames this client's network where most of what arrives is broken", () => {
    const broken = { concealedRatio: 0.03 };
    expect(rated([track(1, broken), track(2, broken), track(3)])).toEqual({
      download: "fair",
      participants: [],
    });
  });

  it("believes somebody who says that his upload is weak", () => {
    const frozen = { frozen: true, lossRatio: 0.3 };
    expect(rated([track(1, frozen)], [[1, "poor"]])).toEqual({
      download: "good",
      participants: [[1, "poor"]],
    });
    expect(rated([track(1, frozen)])).toEqual({ download: "poor", participants: [] });
  });

  it("knows that pictures left out for want of rate are its own trouble", () => {
    expect(rated([track(1), track(2, { leftOut: true }), track(3)])).toEqual({
      download: "poor",
      participants: [],
    });
  });
});
