import type { ParticipantId, ParticipantInfo, TrackId, TrackInfo } from "@conclave/sdk";

/** One thing to look at: a person, or a shared screen. */
export interface Tile {
  /** Stable for as long as the person, or the share, is there. */
  readonly key: string;
  readonly participantId: ParticipantId;
  readonly source: "camera" | "screen-video";
  /** Empty where the person gave none. */
  readonly name: string;
  readonly isLocal: boolean;
  readonly microphoneOn: boolean;
  /** The track that the tile shows; undefined: no camera. */
  readonly trackId: TrackId | undefined;
  /** Whether there is a picture to expect: a track that is not muted. */
  readonly hasPicture: boolean;
  readonly away: boolean;
}

/** A tile for each person, in the order in which they came. */
export function personTiles(people: Iterable<ParticipantInfo>): Tile[] {
  return Array.from(people, (person) => {
    const camera = trackOf(person, "camera");
    return {
      ...common(person),
      key: personKey(person.id),
      source: "camera",
      trackId: camera?.id,
      hasPicture: camera !== undefined && !camera.muted,
    };
  });
}

/** A tile for each screen that somebody else shares, newest first. */
export function screenTiles(people: Iterable<ParticipantInfo>): Tile[] {
  const tiles: Tile[] = [];
  for (const person of people) {
    const screen = trackOf(person, "screen-video");
    if (screen === undefined || screen.muted || person.isLocal) continue;
    tiles.push({
      ...common(person),
      key: `screen-${screen.id}`,
      source: "screen-video",
      trackId: screen.id,
      hasPicture: true,
    });
  }
  return tiles.sort((a, b) => (b.trackId ?? 0) - (a.trackId ?? 0));
}

export const BOARD_KEY = "board";

/** The shared board, in the place of a screen. */
export function boardTile(localId: ParticipantId): Tile {
  return {
    ...{ participantId: localId, name: "", isLocal: false, microphoneOn: false, away: false },
    ...{ key: BOARD_KEY, source: "screen-video", trackId: undefined, hasPicture: false },
  };
}

export function personKey(id: ParticipantId): string {
  return `person-${id}`;
}

export function trackOf(
  person: ParticipantInfo,
  source: TrackInfo["source"],
): TrackInfo | undefined {
  return person.tracks.find((track) => track.source === source);
}

function common(person: ParticipantInfo) {
  const microphone = trackOf(person, "microphone");
  return {
    participantId: person.id,
    name: person.profile.displayName,
    isLocal: person.isLocal,
    microphoneOn: microphone !== undefined && !microphone.muted,
    away: person.away,
  };
}
