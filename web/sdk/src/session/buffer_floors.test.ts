import { describe, expect, it } from "vitest";
import type { ParticipantId, SourceKind, TrackId } from "../room/types.ts";
import { BufferFloors } from "./buffer_floors.ts";
import type { TrackOwner } from "./roster.ts";
import type { SlotContent } from "./slot_map.ts";

const OWNERS = new Map<TrackId, [ParticipantId, SourceKind]>([
  [21, [2, "microphone"]],
  [22, [2, "camera"]],
  [23, [2, "screen-video"]],
  [24, [2, "screen-audio"]],
  [34, [3, "screen-audio"]],
]);

function ownerOf(trackId: TrackId): TrackOwner | undefined {
  const [id, source] = OWNERS.get(trackId) ?? [];
  if (id === undefined || source === undefined) return undefined;
  const track = { id: trackId, source, muted: false };
  const profile = { displayName: "" };
  const person = {
    id,
    wireId: "",
    profile,
    tracks: [track],
    away: false,
    isLocal: false,
    role: "participant",
  } as const;
  return { participant: { ...person, upload: "good", handRaisedAt: undefined }, track };
}

function content(mid: string, trackId: TrackId): SlotContent {
  const kind = mid < "8" ? "audio" : "video";
  return {
    ...{ slot: { id: Number(mid), mid, kind }, trackId, paused: false, pauseReason: undefined },
    ...{ firstRtpTimestamp: 0, anchor: undefined },
  };
}

describe("BufferFloors", () => {
  it("leaves people, and screens without sound, to lip sync and the browser", () => {
    const floors = new BufferFloors();
    expect(floors.update([content("4", 21), content("8", 22), content("9", 23)], ownerOf)).toEqual(
      [],
    );
    expect(floors.want([{ mid: "4", targetMs: 60 }])).toEqual([{ mid: "4", targetMs: 60 }]);
    expect(floors.want([{ mid: "4", targetMs: 0 }])).toEqual([{ mid: "4", targetMs: 0 }]);
  });

  it("holds a film and its sound back a little, and lets go with its end", () => {
    const floors = new BufferFloors();
    const film = [content("5", 24), content("9", 23)];
    const held = [
      { mid: "5", targetMs: 150 },
      { mid: "9", targetMs: 150 },
    ];
    expect(floors.update(film, ownerOf)).toEqual(held);
    expect(floors.update(film, ownerOf)).toEqual([]);
    // The sound of somebody else's screen is another film's.
    const apart = [content("5", 34), content("9", 23)];
    expect(floors.update(apart, ownerOf)).toEqual(held.map((one) => ({ ...one, targetMs: 0 })));
  });

  it("takes the larger of what a film is worth and what lip sync wants", () => {
    const floors = new BufferFloors();
    floors.update([content("5", 24), content("9", 23)], ownerOf);
    expect(floors.want([{ mid: "9", targetMs: 90 }])).toEqual([]);
    expect(floors.want([{ mid: "9", targetMs: 240 }])).toEqual([{ mid: "9", targetMs: 240 }]);
    expect(floors.want([{ mid: "9", targetMs: 0 }])).toEqual([{ mid: "9", targetMs: 150 }]);
  });
});
