import type { AudioLevels } from "../protocol/index.ts";
import type { ParticipantId, TrackId } from "../room/types.ts";

/** RFC 6464 levels quieter than this are a room's noise, not a voice. */
const SILENCE_DBOV = 70;

/** 0 (silence) .. 1 (loudest) for a level in dBov below the loudest. */
export function toLoudness(levelDbov: number): number {
  return Math.max(0, 1 - levelDbov / SILENCE_DBOV);
}

/** The loudest track of each participant counts. */
export function levelsByParticipant(
  levels: AudioLevels,
  participantOf: (trackId: TrackId) => ParticipantId | undefined,
): ReadonlyMap<ParticipantId, number> {
  const loudness = new Map<ParticipantId, number>();
  for (const [index, trackId] of levels.tracks.entries()) {
    const participant = participantOf(trackId);
    const level = levels.levels[index];
    if (participant === undefined || level === undefined) continue;
    loudness.set(participant, Math.max(loudness.get(participant) ?? 0, toLoudness(level)));
  }
  return loudness;
}
