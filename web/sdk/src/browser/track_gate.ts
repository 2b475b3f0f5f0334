import type { SourceKind } from "../room/types.ts";
import type { SealedFrames } from "./sealed_frames.ts";

type Put = (source: SourceKind, track: MediaStreamTrack | undefined) => Promise<void>;

/** Keeps tracks off a sealed connection's senders while there is no key, and for good after a leak. */
export class TrackGate {
  readonly #frames: SealedFrames;
  readonly #put: Put;
  readonly #tracks: Map<SourceKind, MediaStreamTrack | undefined>;
  readonly #blocked = new Set<SourceKind>();
  readonly #stop: () => void;
  #held = false;

  constructor(frames: SealedFrames, tracks: ReadonlyMap<SourceKind, MediaStreamTrack>, put: Put) {
    this.#frames = frames;
    this.#tracks = new Map(tracks);
    this.#put = put;
    this.#stop = frames.onSealing(() => this.#apply());
  }

  /** To be called when the senders are there. */
  start(): void {
    this.#apply();
  }

  async set(source: SourceKind, track: MediaStreamTrack | undefined): Promise<void> {
    this.#tracks.set(source, track);
    if (this.#isOpen(source)) await this.#put(source, track);
  }

  /** Nothing of this source is sent on this connection again. */
  async block(source: SourceKind): Promise<void> {
    this.#blocked.add(source);
    await this.#put(source, undefined);
  }

  /** Keeps all tracks off while they are sent elsewhere. */
  hold(held: boolean): void {
    if (held === this.#held) return;
    this.#held = held;
    this.#apply();
  }

  close(): void {
    this.#stop();
  }

  #isOpen(source: SourceKind): boolean {
    return this.#frames.isSealing && !this.#held && !this.#blocked.has(source);
  }

  #apply(): void {
    for (const [source, track] of this.#tracks) {
      // A sender that is closed meanwhile sends nothing either.
      void this.#put(source, this.#isOpen(source) ? track : undefined).catch(() => undefined);
    }
  }
}
