import type { SourceKind, VideoCodecName } from "../room/types.ts";
import {
  type Degradation,
  degradationOf,
  type Encoding,
  type EncodingFacts,
  planEncodings,
  type WantedEncodings,
} from "../session/encoding_plan.ts";

export interface VideoSenderOptions {
  readonly source: SourceKind;
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
  #stale = false;
  #applying: Promise<void> | undefined;

  constructor(options: VideoSenderOptions, track: MediaStreamTrack | undefined) {
    this.#options = options;
    this.#track = track;
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
      const plan = planEncodings(this.#facts(), this.#wanted);
      if (!isChanged(parameters, plan, degradationOf(this.#facts()))) continue;
      // A connection that is closed meanwhile has no parameters to keep.
      await sender.setParameters(parameters).catch(() => undefined);
    }
  }

  #facts(): EncodingFacts {
    const { width = 0, height = 0 } = this.#track?.getSettings() ?? {};
    return { ...this.#options, width, height, motion: this.#track?.contentHint === "motion" };
  }
}

/** lib.dom.d.ts is behind the specification here. */
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
  Object.assign(encoding, parameters);
}
