import type { SourceKind, TrackId, TrackInfo } from "../room/types.ts";
import { SOURCES } from "./sources.ts";

export interface LocalTrackState {
  readonly track: TrackId;
  readonly muted: boolean;
}

interface Source {
  trackId: TrackId | undefined;
  live: boolean;
  /** What the person wants; kept while nothing is published. */
  mutedIntent: boolean;
}

/** This client's own four sources: what the person wants, and what the others are told. */
export class LocalSources {
  readonly #sources = new Map<SourceKind, Source>(
    SOURCES.map((source) => [source, { trackId: undefined, live: false, mutedIntent: false }]),
  );

  isLive(source: SourceKind): boolean {
    return this.#of(source).live;
  }
  mutedIntent(source: SourceKind): boolean {
    return this.#of(source).mutedIntent;
  }
  /** What the others see: muted by intent, or nothing there. */
  isMuted(source: SourceKind): boolean {
    return this.#of(source).mutedIntent || !this.#of(source).live;
  }

  setLive(source: SourceKind, live: boolean): void {
    this.#of(source).live = live;
  }
  setMutedIntent(source: SourceKind, muted: boolean): void {
    this.#of(source).mutedIntent = muted;
  }

  /** The server's numbers for this client's tracks, after a join. */
  setTracks(tracks: readonly TrackInfo[]): void {
    for (const source of this.#sources.values()) source.trackId = undefined;
    for (const track of tracks) this.#of(track.source).trackId = track.id;
  }

  /** What to tell the others of one source; undefined before the join. */
  stateOf(source: SourceKind): LocalTrackState | undefined {
    const track = this.#of(source).trackId;
    return track === undefined ? undefined : { track, muted: this.isMuted(source) };
  }

  states(): readonly LocalTrackState[] {
    return SOURCES.flatMap((source) => this.stateOf(source) ?? []);
  }

  infos(): readonly TrackInfo[] {
    return SOURCES.flatMap((source) => {
      const id = this.#of(source).trackId;
      return id === undefined ? [] : { id, source, muted: this.isMuted(source) };
    });
  }

  #of(source: SourceKind): Source {
    const found = this.#sources.get(source);
    if (found === undefined) throw new Error(`unknown source ${source}`);
    return found;
  }
}
