import {
  FRAME_WORKER_TEXT,
  type FrameCounts,
  type FrameLabel,
  type FromFrameWorker,
  type LabelStep,
  LabelTrail,
  type ReceiveCounters,
  type SendCounters,
  type ToFrameWorker,
  type TransformOptions,
} from "@conclave/e2ee/frames";
import type { SourceKind } from "../room/types.ts";
import { PULSE_EVERY_MS, WorkerPulse } from "../session/worker_pulse.ts";
import type { FrameTransforms } from "./frame_transforms.ts";
import { scriptTransform, workerFromText } from "./frame_worker.ts";

export interface SealedCounts {
  readonly sent: (sender: RTCRtpSender) => SendCounters | undefined;
  readonly received: (receiver: RTCRtpReceiver) => ReceiveCounters | undefined;
}

/** What a transform was made for, so that another worker can take it over. */
interface Attached {
  readonly options: TransformOptions;
  /** Of connections that are closed nothing is kept. */
  readonly to: WeakRef<RTCRtpSender | RTCRtpReceiver>;
}

/**
 * The frame worker of an end-to-end encrypted meeting, as the page sees it. One for the whole meeting,
 * over all its connections: it counts what each key sealed, and a count that began again would give the
 * key away. The page's thread sees no key, only whose frames were opened.
 *
 * While a worker is dead its frames go nowhere, in Chromium and in Firefox alike. It is replaced, and all
 * its transforms with it (measured: both browsers take a second transform where there was a first);
 * its successor needs keys that it never counted with.
 */
export class SealedFrames implements FrameTransforms {
  readonly #Transform: NonNullable<ReturnType<typeof scriptTransform>>;
  readonly #pulse: WorkerPulse;
  readonly #pulseTimer: ReturnType<typeof setInterval>;
  readonly #attached = new Map<number, Attached>();
  #worker: Worker;
  readonly #senders = new WeakMap<RTCRtpSender, number>();
  readonly #receivers = new WeakMap<RTCRtpReceiver, number>();
  readonly #labels = new Map<number, LabelTrail>();
  readonly #counting = new Map<number, (counts: FrameCounts) => void>();
  readonly #onSealing = new Set<(isSealing: boolean) => void>();
  readonly #tracks = new WeakMap<MediaStreamTrack, number>();
  #onLabels: () => void = () => undefined;
  #onTick: () => void = () => undefined;
  #tickEveryMs: number | undefined;
  #onReplaced: () => void = () => undefined;
  #generation = 0;
  #sealing = false;
  #ids = 0;
  #requests = 0;

  private constructor(Transform: NonNullable<ReturnType<typeof scriptTransform>>) {
    this.#Transform = Transform;
    this.#worker = this.#makeWorker();
    this.#pulse = new WorkerPulse(performance.now());
    this.#pulseTimer = setInterval(() => this.#feelPulse(), PULSE_EVERY_MS);
  }

  /** Undefined where the browser has no encoded transforms: it cannot be in a sealed meeting. */
  static create(): SealedFrames | undefined {
    const Transform = scriptTransform();
    return Transform === undefined ? undefined : new SealedFrames(Transform);
  }

  /** The port of the key worker, for FrameKeyMessages. Once, and again each time after onReplaced. */
  useKeys(port: MessagePort): void {
    this.#post({ type: "keys", port }, [port]);
  }

  /** Counts the workers that there were: their counts begin at zero. */
  get generation(): number {
    return this.#generation;
  }

  /** Called when the worker has died and another is in its place, without keys. */
  onReplaced(listener: () => void): void {
    this.#onReplaced = listener;
  }

  /** Whether there is a key to seal with. Nothing leaves without, whatever is attached. */
  get isSealing(): boolean {
    return this.#sealing;
  }

  /** Returns the function that stops listening. */
  onSealing(listener: (isSealing: boolean) => void): () => void {
    this.#onSealing.add(listener);
    return () => this.#onSealing.delete(listener);
  }

  attachSender(sender: RTCRtpSender, source: SourceKind): void {
    const id = this.#ids++;
    this.#attach(sender, { id, side: "send", source });
    this.#senders.set(sender, id);
  }

  attachReceiver(receiver: RTCRtpReceiver, kind: "audio" | "video"): void {
    const id = this.#ids++;
    this.#attach(receiver, { id, side: "receive", kind });
    this.#receivers.set(receiver, id);
    this.#tracks.set(receiver.track, id);
    this.#labels.set(id, new LabelTrail());
  }

  /**
   * Whose frame is presented at an RTP timestamp (requestVideoFrameCallback tells it), by the
   * authenticated key id. Undefined: nobody's that is known, so nobody's name belongs beside it.
   */
  labelAt(receiver: RTCRtpReceiver, rtpTimestamp: number): FrameLabel | undefined {
    return this.#labels.get(this.#receivers.get(receiver) ?? -1)?.at(rtpTimestamp);
  }

  /** Whose frames a slot's track has carried, from which timestamps on; the newest last. */
  trailOf(track: MediaStreamTrack): readonly LabelStep[] {
    return this.#labels.get(this.#tracks.get(track) ?? -1)?.steps ?? [];
  }

  /** Called whenever a slot begins to carry another's frames, before they are decoded. */
  onLabels(listener: () => void): void {
    this.#onLabels = listener;
  }

  /** Calls that often, also while the page is hidden. Returns how to stop; one at a time. */
  tick(everyMs: number, onTick: () => void): () => void {
    this.#onTick = onTick;
    this.#setTick(everyMs);
    return () => {
      this.#onTick = () => undefined;
      this.#setTick(undefined);
    };
  }

  /** By sender and receiver; undefined for those whose transform the browser never started. */
  async counts(): Promise<SealedCounts> {
    const request = this.#requests++;
    const counts = await new Promise<FrameCounts>((resolve) => {
      this.#counting.set(request, resolve);
      this.#post({ type: "count", request });
    });
    return {
      sent: (sender) => counts.sent.get(this.#senders.get(sender) ?? -1),
      received: (receiver) => counts.received.get(this.#receivers.get(receiver) ?? -1),
    };
  }

  /** Frames stop: only after the connection is closed. Another needs the keys of a later epoch. */
  close(): void {
    clearInterval(this.#pulseTimer);
    this.#worker.terminate();
  }

  #makeWorker(): Worker {
    const worker = workerFromText(FRAME_WORKER_TEXT, "conclave-sealed-frames");
    worker.onmessage = ({ data }: MessageEvent<FromFrameWorker>) => this.#onMessage(data);
    // What it did after an error of ours nobody knows; that its counters are right least of all.
    worker.onerror = () => this.#pulse.onError();
    return worker;
  }

  #attach(to: RTCRtpSender | RTCRtpReceiver, options: TransformOptions): void {
    to.transform = new this.#Transform(this.#worker, options);
    this.#attached.set(options.id, { options, to: new WeakRef(to) });
  }

  #feelPulse(): void {
    if (this.#pulse.isDead(performance.now())) this.#replaceWorker();
    // Answered like every request, and waited for by nobody.
    this.#post({ type: "count", request: this.#requests++ });
  }

  #replaceWorker(): void {
    this.#worker.terminate();
    this.#worker = this.#makeWorker();
    this.#generation++;
    this.#setSealing(false);
    const attached = [...this.#attached.values()];
    this.#attached.clear();
    for (const { options, to } of attached) {
      const target = to.deref();
      if (target !== undefined) this.#attachAgain(target, options);
    }
    this.#setTick(this.#tickEveryMs);
    for (const answer of this.#counting.values()) answer(NOTHING_COUNTED);
    this.#counting.clear();
    this.#onReplaced();
  }

  #attachAgain(target: RTCRtpSender | RTCRtpReceiver, options: TransformOptions): void {
    try {
      this.#attach(target, options);
    } catch {
      // Its connection is closed: nothing is sent or received there.
    }
  }

  #setSealing(isSealing: boolean): void {
    this.#sealing = isSealing;
    for (const listener of this.#onSealing) listener(isSealing);
  }

  #setTick(everyMs: number | undefined): void {
    this.#tickEveryMs = everyMs;
    this.#post({ type: "tick", everyMs });
  }

  #onMessage(message: FromFrameWorker): void {
    this.#pulse.onAnswer();
    switch (message.type) {
      case "sealing":
        this.#setSealing(message.epoch !== undefined);
        break;
      case "label":
        this.#labels.get(message.id)?.add(message.rtpTimestamp, message.label);
        this.#onLabels();
        this.#post({ type: "labelled", number: message.number });
        break;
      case "counted":
        this.#counting.get(message.request)?.(message.counts);
        this.#counting.delete(message.request);
        break;
      case "tick":
        this.#onTick();
        break;
    }
  }

  #post(message: ToFrameWorker, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }
}

const NOTHING_COUNTED: FrameCounts = { sent: new Map(), received: new Map() };
