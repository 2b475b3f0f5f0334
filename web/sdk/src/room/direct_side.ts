import type { ParticipantId, RemoteMedia, TrackInfo } from "./types.ts";

/** The only other person, as a direct path knows it. */
export interface PathPeer {
  readonly pid: string;
  /** One of the two makes the offers. */
  readonly weOffer: boolean;
  /** The server's number of its connection. */
  readonly participant: number;
}

/** How loud the two are, 0 (silence) .. 1. */
export interface PathLevels {
  readonly own: number;
  readonly theirs: number;
}

export interface PathEvents {
  /** To the other end, sealed and signed. */
  say(participant: number, body: Uint8Array): void;
  /** What is presented comes another way now, or both directions do. */
  onChanged(): void;
  /** Tracks that are to be heard have come or gone. */
  onAudio(): void;
  /** While sound is direct the server cannot say it. */
  onLevels(levels: PathLevels): void;
}

/**
 * The direct path between two people in an encrypted room, beside the server's. `browser/` implements
 * it.
 */
export interface DirectSide {
  readonly isDirect: boolean;
  listen(events: PathEvents): void;
  /** Undefined: alone, or more than two. */
  setPeer(peer: PathPeer | undefined): void;
  /** Whether the other person's machine may see this one's address. */
  setAllowed(allowed: boolean): void;
  /** Said by the other person. */
  onMessage(body: Uint8Array): void;
  /** What is presented: of the other person, what comes directly in place of what the server sends. */
  route(
    media: readonly RemoteMedia[],
    peer: { readonly id: ParticipantId; readonly tracks: readonly TrackInfo[] } | undefined,
  ): readonly RemoteMedia[];
  close(): void;
}
