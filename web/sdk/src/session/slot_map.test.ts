import { describe, expect, it } from "vitest";
import { type DeepPartial, MediaKind, PauseReason, Slot, SlotMapDelta } from "../protocol/index.ts";
import { SlotMap } from "./slot_map.ts";

const slots = [
  { id: 1, mid: "4", kind: MediaKind.AUDIO },
  { id: 2, mid: "8", kind: MediaKind.VIDEO },
  { id: 3, mid: "9", kind: MediaKind.VIDEO },
].map((slot) => Slot.fromPartial(slot));

function delta(...assignments: DeepPartial<SlotMapDelta>["slots"] & object) {
  return SlotMapDelta.fromPartial({ slots: assignments });
}

function mapped(): SlotMap {
  const map = new SlotMap();
  map.setSlots(slots);
  return map;
}

function tracksOf(map: SlotMap): Record<string, number> {
  return Object.fromEntries(map.contents.map(({ slot, trackId }) => [slot.mid, trackId]));
}

describe("SlotMap", () => {
  it("follows the deltas: filled, switched, emptied", () => {
    const map = mapped();
    map.apply(delta({ slot: 2, track: 20 }, { slot: 1, track: 10 }));
    expect(tracksOf(map)).toEqual({ "4": 10, "8": 20 });
    map.apply(delta({ slot: 2, track: 30, paused: true }, { slot: 1, track: 0 }));
    expect(map.contents).toMatchObject([{ slot: { mid: "8" }, trackId: 30, paused: true }]);
  });

  it("knows why a slot is paused", () => {
    const map = mapped();
    const reasons: PauseReason[] = [
      PauseReason.NOT_WANTED,
      PauseReason.LACK_OF_RATE,
      PauseReason.UNPLAYABLE,
    ];
    for (const pauseReason of [...reasons, 99 as PauseReason]) {
      map.apply(delta({ slot: 2, track: 20, paused: true, pauseReason }));
      expect(map.contents[0]?.pauseReason).toBe(
        ["not-wanted", "lack-of-rate", "unplayable"][reasons.indexOf(pauseReason)],
      );
    }
    map.apply(delta({ slot: 2, track: 20 }));
    expect(map.contents[0]?.pauseReason).toBeUndefined();
  });

  it("ignores slots that this client does not have", () => {
    const map = mapped();
    map.apply(delta({ slot: 77, track: 20 }));
    expect(map.contents).toEqual([]);
  });

  it("keeps what the slots carry when an answer adds more of them", () => {
    const map = mapped();
    map.apply(delta({ slot: 2, track: 20 }));
    map.setSlots([...slots, Slot.fromPartial({ id: 9, mid: "16", kind: MediaKind.VIDEO })]);
    map.apply(delta({ slot: 9, track: 30 }));
    expect(tracksOf(map)).toEqual({ "8": 20, "16": 30 });
  });

  it("has an anchor only where the capture time is known", () => {
    const map = mapped();
    map.apply(
      delta(
        { slot: 1, track: 10, rtpTimestamp: 5 },
        { slot: 2, track: 20, rtpTimestamp: 7, captureTimeUs: 9n },
      ),
    );
    expect(map.contents.map(({ anchor }) => anchor)).toEqual([
      undefined,
      { rtpTimestamp: 7, captureTimeUs: 9n },
    ]);
  });

  it("knows where a track begins in its slot, however its clock is told later", () => {
    const map = mapped();
    const first = () => map.contents.map(({ firstRtpTimestamp }) => firstRtpTimestamp);
    map.apply(delta({ slot: 2, track: 20 }));
    expect(first()).toEqual([undefined]);
    map.apply(delta({ slot: 2, track: 20, rtpTimestamp: 7 }));
    map.apply(delta({ slot: 2, track: 20, rtpTimestamp: 90_007, captureTimeUs: 9n }));
    expect(first()).toEqual([7]);
    map.apply(delta({ slot: 2, track: 30, rtpTimestamp: 180_007 }));
    expect(first()).toEqual([180_007]);
  });

  it("keeps the pictures after a reset until the full map is there", () => {
    const map = mapped();
    map.apply(delta({ slot: 2, track: 20 }, { slot: 3, track: 30 }));
    map.expectFullMap();
    expect(tracksOf(map)).toEqual({ "8": 20, "9": 30 });
    map.apply(delta({ slot: 3, track: 40 }));
    expect(tracksOf(map)).toEqual({ "9": 40 });
    map.apply(delta({ slot: 2, track: 50 }));
    expect(tracksOf(map)).toEqual({ "8": 50, "9": 40 });
  });
});
