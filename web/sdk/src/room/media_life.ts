import type { Answer, ClientBody, OfferedTrack } from "../protocol/index.ts";
import { MediaPath, type MediaState } from "../session/media_path.ts";
import { toWireSource } from "../session/wire_sources.ts";
import type { LocalOffer, Media, Platform, Timer } from "./platform.ts";
import type { SourceKind, VideoCodecName } from "./types.ts";

export interface MediaLifeOptions {
  readonly tracks: ReadonlyMap<SourceKind, MediaStreamTrack>;
  readonly videoSlots: number;
  readonly videoCodec: VideoCodecName;
  /** Whether an earlier connection of this meeting had media. */
  readonly everConnected: boolean;
  readonly isMuted: (source: SourceKind) => boolean;
  /** Sends an Offer; returns its request number. */
  readonly request: (body: ClientBody) => number;
  readonly onState: () => void;
  /** The connection is of no more use. */
  readonly onDead: (why: "rejoin" | "give-up") => void;
}

/**
 * One media connection from its first offer to its end: its path, and the later offers (more slots,
 * ICE restarts), one at a time. A meeting that is joined again begins a new life.
 */
export class MediaLife {
  readonly media: Media;
  readonly #platform: Platform;
  readonly #options: MediaLifeOptions;
  readonly #path: MediaPath;
  readonly #timer: Timer;
  #closed = false;
  /** The request of the offer under way; 0 while it is being made. */
  #offering: number | undefined = 0;
  #restartWanted = false;
  #videoSlotsWanted: number;

  constructor(platform: Platform, options: MediaLifeOptions) {
    this.#platform = platform;
    this.#options = options;
    this.#path = new MediaPath(options.everConnected);
    this.#timer = platform.timer(() => this.#onDeadline());
    this.#videoSlotsWanted = options.videoSlots;
    const { tracks, videoSlots, videoCodec } = options;
    this.media = platform.createMedia({
      ...{ tracks, videoSlots, videoCodec, engine: platform.engine },
      onState: (state) => this.#onState(state),
    });
  }

  get connected(): boolean {
    return this.#path.connected;
  }
  get everConnected(): boolean {
    return this.#path.everConnected;
  }
  get videoSlots(): number {
    return Math.max(this.media.videoSlots, this.#videoSlotsWanted);
  }

  /** The first offer, for a Join. */
  async firstOffer(): Promise<{ offerDeflated: Uint8Array; tracks: OfferedTrackInit[] }> {
    return this.#described(await this.media.offer());
  }

  /** The answer to the first offer. */
  async acceptFirst(answerDeflated: Uint8Array): Promise<void> {
    await this.media.accept(answerDeflated);
    this.#onAnswered();
  }

  wantVideoSlots(count: number): void {
    this.#videoSlotsWanted = Math.max(this.#videoSlotsWanted, count);
    this.#negotiate();
  }

  /** Whether the answer is that of the offer under way. */
  expects(request: number): boolean {
    return request !== 0 && request === this.#offering;
  }

  async onAnswer(answer: Answer): Promise<void> {
    await this.media.accept(answer.answerDeflated);
    this.#onAnswered();
  }

  /** The server refused the offer under way; a path that needs it will ask again. */
  async onOfferRefused(): Promise<void> {
    this.#videoSlotsWanted = this.media.videoSlots;
    await this.media.rollback();
    this.#offering = undefined;
  }

  onSignaling(up: boolean): void {
    this.#path.onSignaling(this.#platform.nowMs(), up);
    this.#schedule();
  }

  close(): void {
    this.#closed = true;
    this.#timer.schedule(Number.POSITIVE_INFINITY);
    this.media.close();
  }

  #onAnswered(): void {
    if (this.#closed) return;
    this.#offering = undefined;
    this.#path.onAnswered(this.#platform.nowMs());
    this.#schedule();
    this.#negotiate();
  }

  #onState(state: MediaState): void {
    this.#path.onState(this.#platform.nowMs(), state);
    this.#schedule();
    this.#options.onState();
  }

  #onDeadline(): void {
    const action = this.#path.onDeadline(this.#platform.nowMs());
    this.#schedule();
    if (action === "restart-ice") {
      this.#restartWanted = true;
      this.#negotiate();
    } else if (action !== undefined) {
      this.#options.onDead(action);
    }
  }

  #negotiate(): void {
    const grows = this.#videoSlotsWanted > this.media.videoSlots;
    if (this.#closed || this.#offering !== undefined || !(grows || this.#restartWanted)) return;
    const iceRestart = this.#restartWanted;
    this.#restartWanted = false;
    this.#offering = 0;
    this.media.offer({ iceRestart, videoSlots: this.#videoSlotsWanted }).then(
      (offer) => {
        if (this.#closed) return;
        this.#offering = this.#options.request({ $case: "offer", value: this.#described(offer) });
      },
      // A connection that cannot make an offer is broken.
      () => this.#closed || this.#options.onDead("rejoin"),
    );
  }

  #described(offer: LocalOffer): { offerDeflated: Uint8Array; tracks: OfferedTrackInit[] } {
    const tracks = offer.sections.map(({ mid, source }) => ({
      mid,
      source: toWireSource(source),
      muted: this.#options.isMuted(source),
    }));
    return { offerDeflated: offer.sdpDeflated, tracks };
  }

  #schedule(): void {
    if (!this.#closed) this.#timer.schedule(this.#path.nextDeadlineMs());
  }
}

type OfferedTrackInit = Pick<OfferedTrack, "mid" | "source" | "muted">;
