import { describe, expect, it } from "vitest";
import type { ParticipantId, SourceKind, TrackId } from "../room/types.ts";
import { AUDIO_OUTPUT_MS } from "./lip_sync.ts";
import { LipSyncPairs, type SlotTarget } from "./lip_sync_pairs.ts";
import type { TrackOwner } from "./roster.ts";
import type { SlotContent } from "./slot_map.ts";

const OWNERS = new Map<TrackId, [ParticipantId, SourceKind]>([
  [21, [2, "microphone"]],
  [22, [2, "camera"]],
  [23, [2, "screen-video"]],
  [31, [3, "microphone"]],
  [32, [3, "camera"]],
]);

function ownerOf(trackId: TrackId): TrackOwner | undefined {
  const [id, source] = OWNERS.get(trackId) ?? [];
  if (id === undefined || source === undefined) return undefined;
  const track = { id: trackId, source, muted: false };
  const participant = {
    id,
    wireId: "",
    profile: { displayName: "" },
    tracks: [track],
    away: false,
    isLocal: false,
    role: "participant" as const,
    upload: "good" as const,
    handRaisedAt: undefined,
  };
  return { participant, track };
}

function content(mid: string, kind: "audio" | "video", trackId: TrackId): SlotContent {
  const anchor = { rtpTimestamp: 0, captureTimeUs: 1n };
  return {
    slot: { id: Number(mid), mid, kind },
    trackId,
    paused: false,
    pauseReason: undefined,
    firstRtpTimestamp: 0,
    anchor,
  };
}

/** Presented at the same moment, but the picture of a moment comes `skewMs` after its sound. */
function evaluated(pairs: LipSyncPairs, ...skewsMs: number[]): readonly SlotTarget[] {
  for (const skewMs of skewsMs) {
    pairs.sample((mid) => ({
      atMs: 10_000,
      rtpTimestamp: mid === "4" ? 9_000 * 48 : (9_000 - skewMs - AUDIO_OUTPUT_MS) * 90,
    }));
  }
  return pairs.evaluate(() => 50);
}

describe("LipSyncPairs", () => {
  it("finds the voice that belongs to a face, not to a screen or to somebody else", () => {
    const pairs = new LipSyncPairs();
    pairs.update([content("4", "audio", 21), content("8", "video", 23)], ownerOf);
    expect(pairs.isEmpty).toBe(true);
    pairs.update([content("4", "audio", 21), content("8", "video", 32)], ownerOf);
    expect(pairs.isEmpty).toBe(true);
    pairs.update([content("4", "audio", 21), content("8", "video", 22)], ownerOf);
    expect(pairs.isEmpty).toBe(false);
  });

  it("holds the earlier slot back, and gives it back when the slot has no companion any more", () => {
    const pairs = new LipSyncPairs();
    const both = [content("4", "audio", 21), content("8", "video", 22)];
    expect(pairs.update(both, ownerOf)).toEqual([]);
    expect(evaluated(pairs, 300)).toEqual([{ mid: "4", targetMs: 467 }]);
    expect(pairs.update(both, ownerOf)).toEqual([]);
    const other = [content("4", "audio", 31), content("8", "video", 22)];
    expect(pairs.update(other, ownerOf)).toEqual([{ mid: "4", targetMs: 0 }]);
    expect(evaluated(pairs, 300)).toEqual([]);
  });

  it("keeps what a slot holds when it goes on to somebody else", () => {
    const pairs = new LipSyncPairs();
    pairs.update([content("4", "audio", 21), content("8", "video", 22)], ownerOf);
    expect(evaluated(pairs, -300)).toEqual([{ mid: "8", targetMs: 260 }]);
    const other = [content("5", "audio", 31), content("8", "video", 32)];
    expect(pairs.update(other, ownerOf)).toEqual([]);
    expect(pairs.update([content("8", "video", 32)], ownerOf)).toEqual([{ mid: "8", targetMs: 0 }]);
  });

  it("waits for readings of both, and for both clocks", () => {
    const pairs = new LipSyncPairs();
    const noClock = { ...content("8", "video", 22), anchor: undefined };
    pairs.update([content("4", "audio", 21), noClock], ownerOf);
    expect(evaluated(pairs, 300)).toEqual([]);
    pairs.update([content("4", "audio", 21), content("8", "video", 22)], ownerOf);
    pairs.sample((mid) => (mid === "4" ? { atMs: 10_000, rtpTimestamp: 9_000 } : undefined));
    expect(pairs.evaluate(() => 50)).toEqual([]);
    expect(evaluated(pairs, 300)).not.toEqual([]);
  });

  it("believe what most samples say", () => {
    const pairs = new LipSyncPairs();
    pairs.update([content("4", "audio", 21), content("8", "video", 22)], ownerOf);
    expect(evaluated(pairs, 5, 450, -8, 300, 0)).toEqual([]);
    expect(evaluated(pairs, 300, 0, 300)).toEqual([{ mid: "4", targetMs: 467 }]);
  });

  it("stay as they are through a pause", () => {
    const pairs = new LipSyncPairs();
    const voice = content("4", "audio", 21);
    pairs.update([voice, content("8", "video", 22)], ownerOf);
    evaluated(pairs, 300);
    const paused = { ...content("8", "video", 22), paused: true, anchor: undefined };
    expect(pairs.update([voice, paused], ownerOf)).toEqual([]);
    expect(evaluated(pairs, 900)).toEqual([]);
    expect(pairs.update([voice, content("8", "video", 22)], ownerOf)).toEqual([]);
  });
});
