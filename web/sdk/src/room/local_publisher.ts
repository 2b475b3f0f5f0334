import { LocalSources, type LocalTrackState } from "../session/local_sources.ts";
import { SOURCES } from "../session/sources.ts";
import type { SourceKind, TrackId, TrackInfo } from "./types.ts";

export interface LocalPublisherOptions {
  /** Puts the track on the wire, or takes it off. */
  readonly replaceTrack: (source: SourceKind, track: MediaStreamTrack | undefined) => Promise<void>;
  /** One source was published, muted, unmuted or stopped; `state` is what others are to be told. */
  readonly onChanged: (source: SourceKind, state: LocalTrackState | undefined) => void;
}

/** What this client sends: the tracks, whether they are muted, and what the others know of that. */
export class LocalPublisher {
  readonly #options: LocalPublisherOptions;
  readonly #sources = new LocalSources();
  readonly #tracks = new Map<SourceKind, MediaStreamTrack>();

  constructor(initial: ReadonlyMap<SourceKind, MediaStreamTrack>, options: LocalPublisherOptions) {
    this.#options = options;
    for (const [source, track] of initial) {
      this.#sources.setMutedIntent(source, !track.enabled);
      this.#adopt(source, track);
      this.#sources.setLive(source, true);
    }
  }

  get tracks(): ReadonlyMap<SourceKind, MediaStreamTrack> {
    return this.#tracks;
  }
  get infos(): readonly TrackInfo[] {
    return this.#sources.infos();
  }
  /** Of a track number that the server gave this client. */
  sourceOf(trackId: TrackId): SourceKind | undefined {
    return this.infos.find(({ id }) => id === trackId)?.source;
  }
  isMuted(source: SourceKind): boolean {
    return this.#sources.isMuted(source);
  }
  isLive(source: SourceKind): boolean {
    return this.#sources.isLive(source);
  }

  async publish(source: SourceKind, track: MediaStreamTrack | undefined): Promise<void> {
    this.#adopt(source, track);
    await this.#options.replaceTrack(source, track);
    // Another publish may have come meanwhile; the last one counts.
    if (this.#tracks.get(source) === track) this.#setLive(source, track !== undefined);
  }

  setMuted(source: SourceKind, muted: boolean): void {
    const track = this.#tracks.get(source);
    if (track !== undefined) track.enabled = !muted;
    if (this.#sources.mutedIntent(source) === muted) return;
    this.#sources.setMutedIntent(source, muted);
    this.#changed(source);
  }

  /** The server's numbers and what it believes, after a join. Returns what it is to be told. */
  onJoined(tracks: readonly TrackInfo[]): readonly LocalTrackState[] {
    this.#sources.setTracks(tracks);
    const believed = new Map(tracks.map(({ id, muted }) => [id, muted]));
    return this.#sources.states().filter(({ track, muted }) => believed.get(track) !== muted);
  }

  states(): readonly LocalTrackState[] {
    return this.#sources.states();
  }

  /** The tracks stay the caller's; nothing here listens to them any more. */
  close(): void {
    for (const source of SOURCES) this.#release(source);
  }

  #adopt(source: SourceKind, track: MediaStreamTrack | undefined): void {
    this.#release(source);
    if (track === undefined) return;
    this.#tracks.set(source, track);
    track.enabled = !this.#sources.mutedIntent(source);
    track.addEventListener("ended", this.#onEnded);
  }

  #release(source: SourceKind): void {
    this.#tracks.get(source)?.removeEventListener("ended", this.#onEnded);
    this.#tracks.delete(source);
  }

  /** The device was pulled out, or the person stopped sharing. */
  readonly #onEnded = (event: Event): void => {
    for (const [source, track] of this.#tracks) {
      if (track !== event.target) continue;
      // Where the connection is closed meanwhile there is nothing left to stop.
      this.publish(source, undefined).catch(() => this.#setLive(source, false));
    }
  };

  #setLive(source: SourceKind, live: boolean): void {
    this.#sources.setLive(source, live);
    this.#changed(source);
  }

  #changed(source: SourceKind): void {
    this.#options.onChanged(source, this.#sources.stateOf(source));
  }
}
