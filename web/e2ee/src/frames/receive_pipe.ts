import { sourceOf } from "./contexts.ts";
import type { EncodedFrame } from "./encoded_frame.ts";
import { envelopeOf, metadataOf } from "./envelope.ts";
import { type FrameLabel, LabelTrail } from "./label_trail.ts";
import type { OpenFailure, OpeningKeys } from "./opening_keys.ts";
import { fromPlaintext } from "./plaintext.ts";
import { parseRed, type RedBlock, writeRed } from "./red.ts";

export type ReceiveFailure = OpenFailure | "held-too-long";

/** Counts since the pipe began. */
export interface ReceiveCounters {
  readonly opened: number;
  readonly empty: number;
  /** Frames that were neither shown nor heard, by reason. */
  readonly dropped: Readonly<Partial<Record<ReceiveFailure, number>>>;
}

/** Frames of an epoch that is not known yet wait for it, this long and this many of a stream. */
export const HOLD_MS_MAX = 1000;
export const HELD_MAX = 64;
/** A key frame is a second's worth of bytes to its sender. */
const KEY_FRAME_REQUEST_MS = 1000;

export interface ReceivePipeOptions {
  readonly kind: "audio" | "video";
  readonly keys: OpeningKeys;
  readonly nowMs: () => number;
  /** The frame may be decoded. */
  readonly write: (frame: EncodedFrame) => void;
  /** From here on the frames are another's. Pictures wait until it is known where they are shown. */
  readonly onLabel: (rtpTimestamp: number, label: FrameLabel) => Promise<void>;
  readonly requestKeyFrame: () => void;
}

/** The only codec whose packets carry others (decisions 17). */
const RED_OF = "audio/opus";

interface OpenedFrame {
  readonly plain: Uint8Array<ArrayBuffer>;
  readonly label: FrameLabel;
}

interface Waiting {
  readonly frame: EncodedFrame;
  readonly sinceMs: number;
}

/** Opens the frames of one receive slot, in their order: nothing else is decoded. */
export class ReceivePipe {
  readonly #options: ReceivePipeOptions;
  readonly #waiting: Waiting[] = [];
  readonly #labels = new LabelTrail();
  readonly #dropped: Partial<Record<ReceiveFailure, number>> = {};
  #opened = 0;
  #empty = 0;
  #running: Promise<void> | undefined;
  #again = false;
  #requestedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: ReceivePipeOptions) {
    this.#options = options;
  }

  get counters(): ReceiveCounters {
    return { opened: this.#opened, empty: this.#empty, dropped: { ...this.#dropped } };
  }

  /** Resolves when nothing can be done at present: tests want to know. */
  push(frame: EncodedFrame): Promise<void> {
    this.#waiting.push({ frame, sinceMs: this.#options.nowMs() });
    if (this.#waiting.length > HELD_MAX) {
      this.#waiting.shift();
      this.#drop("held-too-long");
    }
    return this.wake();
  }

  /** There are other keys. */
  wake(): Promise<void> {
    this.#again = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #run(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
        const done = await this.#handle(next);
        if (!done) break;
        // It may have been pushed out meanwhile.
        if (this.#waiting[0] === next) this.#waiting.shift();
      }
    }
  }

  /** False: it waits for a key, and so does what is behind it. */
  async #handle({ frame, sinceMs }: Waiting): Promise<boolean> {
    if (frame.data.byteLength === 0) {
      this.#empty++;
      this.#options.write(frame);
      return true;
    }
    const failure = await this.#open(frame);
    if (failure === undefined) {
      this.#opened++;
      this.#options.write(frame);
      return true;
    }
    if (failure === "too-new") {
      if (this.#options.nowMs() - sinceMs < HOLD_MS_MAX) return false;
      this.#drop("held-too-long");
    } else {
      this.#drop(failure);
    }
    return true;
  }

  /** Replaces the frame's data by what is inside. */
  async #open(frame: EncodedFrame): Promise<ReceiveFailure | undefined> {
    const { mimeType, rtpTimestamp = 0 } = frame.getMetadata();
    const data = new Uint8Array(frame.data);
    const opened = isRed(mimeType)
      ? await this.#openRed(data, rtpTimestamp)
      : await this.#openOne(data, mimeType, rtpTimestamp);
    if (typeof opened === "string") return opened;
    frame.data = opened.plain.slice().buffer;
    return undefined;
  }

  /** What came before is left out of it: a jitter buffer has it, and no frame is opened twice. */
  async #openRed(
    data: Uint8Array<ArrayBuffer>,
    rtpTimestamp: number,
  ): Promise<OpenedFrame | OpenFailure> {
    const blocks = parseRed(data);
    const own = blocks?.pop();
    if (blocks === undefined || own === undefined) return "malformed";
    const opened = await this.#openOne(own.data, RED_OF, rtpTimestamp);
    if (typeof opened === "string") return opened;
    const out: RedBlock[] = [];
    for (const block of blocks) {
      const earlier = (rtpTimestamp - block.timestampOffset) >>> 0;
      const one = await this.#openOne(block.data, RED_OF, earlier, opened.label);
      if (typeof one !== "string") out.push({ ...block, data: one.plain });
    }
    const plain = writeRed([...out, { ...own, data: opened.plain }]);
    return { plain, label: opened.label };
  }

  /** `like`: another's are refused. */
  async #openOne(
    data: Uint8Array<ArrayBuffer>,
    mimeType: string | undefined,
    rtpTimestamp: number,
    like?: FrameLabel,
  ): Promise<OpenedFrame | OpenFailure> {
    const envelope = envelopeOf(mimeType);
    const sealed = envelope?.unwrap(data);
    if (envelope === undefined || sealed === undefined) return "malformed";
    const metadata = metadataOf(envelope.codecId);
    const opened = await this.#options.keys.open(sealed, metadata, this.#options.nowMs());
    if (typeof opened === "string") return opened;
    const source = sourceOf(opened.keyId.context);
    const plain = fromPlaintext(opened.plaintext);
    if (source === undefined || plain === undefined) return "malformed";
    const label = { leaf: opened.keyId.leaf, epoch: opened.epoch, source };
    if (like !== undefined && (like.leaf !== label.leaf || like.source !== source))
      return "no-sender";
    if (this.#labels.add(rtpTimestamp, label)) {
      const known = this.#options.onLabel(rtpTimestamp, label);
      if (this.#options.kind === "video") await known;
    }
    return { plain, label };
  }

  #drop(why: ReceiveFailure): void {
    this.#dropped[why] = (this.#dropped[why] ?? 0) + 1;
    if (this.#options.kind === "audio" || why === "replayed") return;
    const nowMs = this.#options.nowMs();
    if (nowMs - this.#requestedAtMs < KEY_FRAME_REQUEST_MS) return;
    this.#requestedAtMs = nowMs;
    this.#options.requestKeyFrame();
  }
}

function isRed(mimeType: string | undefined): boolean {
  return mimeType?.toLowerCase() === "audio/red";
}
