import type { VideoPlan } from "../room/platform.ts";
import type { SourceKind, VideoCodecName } from "../room/types.ts";
import {
  type Degradation,
  degradationOf,
  type Encoding,
  type EncodingFacts,
  planEncodings,
  usesSpatialLayers,
  type WantedEncodings,
} from "../session/encoding_plan.ts";

export interface VideoSenderOptions {
  readonly source: SourceKind;
  /** That it begins with, and which decides how many encodings it has. */
  readonly codec: VideoCodecName;
  readonly engine: string;
}

/**
 * Keeps the encodings of one video sender as the plan for its track has them. Never renegotiates:
 * everything goes through RTCRtpSender.setParameters.
 */
export class VideoSender {
  readonly #options: VideoSenderOptions;
  #track: MediaStreamTrack | undefined;
  #sender: RTCRtpSender | undefined;
  #wanted: WantedEncodings | undefined;
  /** That is to be sent, as far as the answer has it. */
  #codec: VideoCodecName;
  #sentCodec: VideoCodecName;
  #withoutTop = false;
  #stale = false;
  #applying: Promise<void> | undefined;

  constructor(options: VideoSenderOptions, track: MediaStreamTrack | undefined) {
    this.#options = options;
    this.#track = track;
    this.#codec = this.#sentCodec = options.codec;
  }

  /** For addTransceiver. */
  get encodings(): readonly RTCRtpEncodingParameters[] {
    return planEncodings(this.#facts(), this.#wanted);
  }

  attach(sender: RTCRtpSender): void {
    this.#sender = sender;
  }

  /** Another track is on the wire, or the same one with another content hint. */
  setTrack(track: MediaStreamTrack | undefined): Promise<void> {
    this.#track = track;
    return track === undefined ? Promise.resolve() : this.apply();
  }

  /** Undefined: all of it. The track stays, and so does the camera's light. */
  setWanted(wanted: WantedEncodings | undefined): void {
    this.#wanted = wanted;
    void this.apply();
  }

  /** From now on in this codec, without renegotiation: receivers go over at its first key frame. */
  setPlan({ codec, withoutTop }: VideoPlan): void {
    if (codec === this.#codec && withoutTop === this.#withoutTop) return;
    this.#codec = codec;
    this.#withoutTop = withoutTop;
    void this.apply();
  }

  /**
   * Makes the browser's parameters those of the plan. To be called after each answer too: one without
   * paused layers (RFC 8853 section 5.2) sets every encoding active in Chromium.
   */
  apply(): Promise<void> {
    this.#stale = true;
    this.#applying ??= this.#run().finally(() => {
      this.#applying = undefined;
    });
    return this.#applying;
  }

  /** One change at a time: the browser refuses a second one that overlaps. */
  async #run(): Promise<void> {
    while (this.#stale) {
      this.#stale = false;
      const sender = this.#sender;
      if (sender === undefined) return;
      const parameters = sender.getParameters();
      const codec = this.#sentCodec;
      this.#chooseCodec(parameters);
      const plan = planEncodings(this.#facts(), this.#wanted);
      if (!isChanged(parameters, plan, degradationOf(this.#facts()))) continue;
      // A connection that is closed meanwhile has no parameters to keep; a browser that refuses another
      // codec stays with the one that it has.
      await sender.setParameters(parameters).catch(() => {
        this.#codec = this.#sentCodec = codec;
      });
    }
  }

  /** Writes the codec into `parameters`, where the answer has it; before there is one it has none. */
  #chooseCodec({ codecs, encodings }: RTCRtpSendParameters): void {
    if (this.#codec === this.#sentCodec) return;
    const mimeType = `video/${this.#codec}`;
    const found = codecs?.find((codec) => codec.mimeType.toLowerCase() === mimeType);
    if (found === undefined) return;
    this.#sentCodec = this.#codec;
    const { payloadType: _, ...codec } = found;
    // One for all: with another for each the browser refuses.
    for (const encoding of encodings as CodecEncoding[]) encoding.codec = codec;
    // What was said of the sizes does not hold for layers, nor the other way round. The server says
    // it anew; that nobody looks stays true.
    if (this.#wanted?.encodings !== 0) this.#wanted = undefined;
  }

  #facts(): EncodingFacts {
    const { width = 0, height = 0 } = this.#track?.getSettings() ?? {};
    const motion = this.#track?.contentHint === "motion";
    const facts = { ...this.#options, width, height, motion, withoutTop: this.#withoutTop };
    return { ...facts, codec: this.#sentCodec, rids: !usesSpatialLayers(facts) };
  }
}

/** lib.dom.d.ts is behind the specification here. */
type CodecEncoding = RTCRtpEncodingParameters & { codec?: RTCRtpCodec };
type SendParameters = RTCRtpSendParameters & { degradationPreference?: string };

/** Writes the plan into `parameters`; false where they say it already. */
function isChanged(
  parameters: SendParameters,
  plan: readonly Encoding[],
  degradation: Degradation,
): boolean {
  const before = JSON.stringify(parameters);
  for (const [index, encoding] of parameters.encodings.entries()) {
    const planned = plan[index];
    if (planned !== undefined) write(planned, encoding);
  }
  parameters.degradationPreference = degradation;
  return JSON.stringify(parameters) !== before;
}

function write(planned: Encoding, encoding: RTCRtpEncodingParameters): void {
  // A rid is negotiated once and never set again.
  const { rid: _, ...parameters } = planned;
  // One that is not in the plan is of the codec before.
  if (parameters.scalabilityMode === undefined) {
    delete (encoding as { scalabilityMode?: string }).scalabilityMode;
  }
  Object.assign(encoding, parameters);
}
