import type { KeyContext } from "../keys.ts";
import type { Contexts, Source } from "./contexts.ts";
import type { EncodedFrame } from "./encoded_frame.ts";
import { envelopeOf, metadataOf } from "./envelope.ts";
import { AUDIO_BUCKET_BYTES, toPlaintext } from "./plaintext.ts";
import type { SealingEpoch } from "./sealing_epoch.ts";

/** Counts since the pipe began. */
export interface SendCounters {
  readonly sealed: number;
  /** Of zero bytes: they say nothing and pass as they are. */
  readonly empty: number;
  /** No key, no context or no envelope for them: they did not leave. */
  readonly dropped: number;
}

/** SSRCs of one sender over its life: three sizes, and again after each change of codec. */
const STREAMS_MAX = 16;

export interface SendPipeOptions {
  readonly source: Source;
  readonly contexts: Contexts;
  /** Undefined: there is no key. */
  readonly sealing: () => SealingEpoch | undefined;
}

/** Seals the frames of one sender: nothing else leaves. */
export class SendPipe {
  readonly #options: SendPipeOptions;
  readonly #contexts = new Map<number, KeyContext>();
  readonly #bucketBytes: number;
  #counters = { sealed: 0, empty: 0, dropped: 0 };

  constructor(options: SendPipeOptions) {
    this.#options = options;
    const isSound = options.source === "microphone" || options.source === "screen-audio";
    this.#bucketBytes = isSound ? AUDIO_BUCKET_BYTES : 0;
  }

  get counters(): SendCounters {
    return this.#counters;
  }

  /** Replaces the frame's data. False: the frame must not leave. */
  async seal(frame: EncodedFrame): Promise<boolean> {
    if (frame.data.byteLength === 0) {
      this.#counters.empty++;
      return true;
    }
    const { mimeType, synchronizationSource = 0 } = frame.getMetadata();
    const envelope = envelopeOf(mimeType);
    const sealing = this.#options.sealing();
    const context = this.#contextOf(synchronizationSource);
    if (envelope === undefined || sealing === undefined || context === undefined) {
      this.#counters.dropped++;
      return false;
    }
    const plaintext = toPlaintext(new Uint8Array(frame.data), this.#bucketBytes);
    const sealed = await sealing.seal(context, plaintext, metadataOf(envelope.codecId));
    frame.data = envelope.wrap(sealed, frame.type === "key").buffer;
    this.#counters.sealed++;
    return true;
  }

  /** The pipe has ended. */
  close(): void {
    for (const context of this.#contexts.values()) this.#options.contexts.release(context);
    this.#contexts.clear();
  }

  #contextOf(ssrc: number): KeyContext | undefined {
    const known = this.#contexts.get(ssrc);
    if (known !== undefined || this.#contexts.size >= STREAMS_MAX) return known;
    const taken = this.#options.contexts.take(this.#options.source);
    if (taken !== undefined) this.#contexts.set(ssrc, taken);
    return taken;
  }
}
