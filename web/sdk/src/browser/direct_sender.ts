import type { SourceKind, VideoCodecName } from "../room/types.ts";
import { directEncoding } from "../session/direct_encoding.ts";
import {
  degradationOf,
  type EncodingFacts,
  type WantedEncodings,
} from "../session/encoding_plan.ts";
import { mediaKindOf } from "../session/sources.ts";

/** lib.dom.d.ts is behind the specification here. */
type SendParameters = RTCRtpSendParameters & { degradationPreference?: string };

/** One sender of a direct connection, and how its track is encoded. */
export class DirectSender {
  readonly #transceiver: RTCRtpTransceiver;
  readonly #options: { source: SourceKind; engine: string; codec: VideoCodecName };
  #track: MediaStreamTrack | undefined;
  #wanted: WantedEncodings | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(
    transceiver: RTCRtpTransceiver,
    options: { source: SourceKind; engine: string; codec: VideoCodecName },
  ) {
    this.#transceiver = transceiver;
    this.#options = options;
  }

  get sender(): RTCRtpSender {
    return this.#transceiver.sender;
  }
  get mid(): string | null {
    return this.#transceiver.mid;
  }

  async put(track: MediaStreamTrack | undefined): Promise<void> {
    this.#track = track;
    await this.sender.replaceTrack(track ?? null);
    if (track !== undefined) await this.apply();
  }

  setWanted(wanted: WantedEncodings | undefined): void {
    this.#wanted = wanted;
    void this.apply();
  }

  /** One change at a time: the browser refuses a second one that overlaps. */
  apply(): Promise<void> {
    // A connection that is closed meanwhile has nothing to keep.
    this.#last = this.#last.then(() => this.#apply()).catch(() => undefined);
    return this.#last;
  }

  async #apply(): Promise<void> {
    if (mediaKindOf(this.#options.source) === "audio") return;
    const parameters: SendParameters = this.sender.getParameters();
    const [encoding] = parameters.encodings;
    // Before the answer there is none.
    if (encoding === undefined) return;
    const before = JSON.stringify(parameters);
    Object.assign(encoding, directEncoding(this.#facts(), this.#wanted));
    parameters.degradationPreference = degradationOf(this.#facts());
    if (JSON.stringify(parameters) !== before) await this.sender.setParameters(parameters);
  }

  #facts(): EncodingFacts {
    const { width = 0, height = 0 } = this.#track?.getSettings() ?? {};
    return { ...this.#options, width, height, motion: this.#track?.contentHint === "motion" };
  }
}
