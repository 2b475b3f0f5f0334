import { type EpochNumber, type FrameKeyMessage, isLater } from "../keys.ts";
import { Contexts } from "./contexts.ts";
import type { EncodedFrame } from "./encoded_frame.ts";
import type { FrameLabel } from "./label_trail.ts";
import { OpeningKeys } from "./opening_keys.ts";
import { ReceivePipe } from "./receive_pipe.ts";
import { SealingEpoch } from "./sealing_epoch.ts";
import { SendPipe } from "./send_pipe.ts";
import type { FromFrameWorker, ToFrameWorker, TransformOptions } from "./worker_protocol.ts";

/** What is used of RTCRtpScriptTransformer. */
export interface Transformer {
  readonly readable: ReadableStream<EncodedFrame>;
  readonly writable: WritableStream<EncodedFrame>;
  readonly options: TransformOptions;
  sendKeyFrameRequest(): Promise<unknown>;
}

/** Keys that are over are looked for this often. */
const EXPIRE_EVERY_MS = 1000;

export interface FrameWorkerOptions {
  readonly post: (message: FromFrameWorker) => void;
  readonly nowMs: () => number;
}

/** All sending and receiving of one meeting: its keys, its counters, a pipe for each transform. */
export class FrameWorker {
  readonly #options: FrameWorkerOptions;
  readonly #opening = new OpeningKeys();
  readonly #contexts = new Contexts();
  readonly #senders = new Map<number, SendPipe>();
  readonly #receivers = new Map<number, ReceivePipe>();
  readonly #labelled = new Map<number, () => void>();
  #sealing: SealingEpoch | undefined;
  #newest: EpochNumber | undefined;
  #labels = 0;
  #expiredAtMs = 0;

  constructor(options: FrameWorkerOptions) {
    this.#options = options;
  }

  onMessage(message: Exclude<ToFrameWorker, { type: "tick" }>): void {
    switch (message.type) {
      case "keys":
        message.port.onmessage = ({ data }) => this.onKeys(data);
        break;
      case "labelled":
        this.#labelled.get(message.number)?.();
        this.#labelled.delete(message.number);
        break;
      case "count":
        this.#count(message.request);
        break;
    }
  }

  onKeys(message: FrameKeyMessage): void {
    if (message.type === "end") {
      this.#sealing = undefined;
      this.#opening.end();
    } else {
      const { keys } = message;
      // The same epoch twice would count from 0 again.
      if (!isLater(keys, this.#newest)) return;
      this.#newest = { join: keys.join, epoch: keys.epoch };
      this.#sealing = new SealingEpoch(keys);
      this.#opening.add(keys, this.#options.nowMs());
    }
    this.#options.post({ type: "sealing", epoch: this.#sealing?.epoch });
    for (const pipe of this.#receivers.values()) void pipe.wake();
  }

  onTransform(transformer: Transformer): void {
    const { options } = transformer;
    if (options.side === "send") void this.#send(transformer, options);
    else void this.#receive(transformer, options);
  }

  async #send(
    { readable, writable }: Transformer,
    { id, source }: TransformOptions & { side: "send" },
  ): Promise<void> {
    const sealing = () => this.#sealing;
    const pipe = new SendPipe({ source, contexts: this.#contexts, sealing });
    this.#senders.set(id, pipe);
    const writer = writable.getWriter();
    await forEach(readable, async (frame) => {
      if (await pipe.seal(frame)) await writer.write(frame);
    });
    pipe.close();
    this.#senders.delete(id);
  }

  async #receive(
    transformer: Transformer,
    { id, kind }: TransformOptions & { side: "receive" },
  ): Promise<void> {
    const writer = transformer.writable.getWriter();
    const pipe = new ReceivePipe({
      kind,
      keys: this.#opening,
      nowMs: this.#options.nowMs,
      // A pipe ends with its transceiver; there is nobody to tell.
      write: (frame) => void writer.write(frame).catch(() => undefined),
      onLabel: (rtpTimestamp, label) => this.#tell(id, rtpTimestamp, label),
      requestKeyFrame: () => void transformer.sendKeyFrameRequest().catch(() => undefined),
    });
    this.#receivers.set(id, pipe);
    await forEach(transformer.readable, (frame) => {
      this.#expire();
      void pipe.push(frame);
    });
    this.#receivers.delete(id);
  }

  #tell(id: number, rtpTimestamp: number, label: FrameLabel): Promise<void> {
    const number = ++this.#labels;
    return new Promise((resolve) => {
      this.#labelled.set(number, resolve);
      this.#options.post({ type: "label", number, id, rtpTimestamp, label });
    });
  }

  #count(request: number): void {
    const sent = new Map([...this.#senders].map(([id, pipe]) => [id, pipe.counters]));
    const received = new Map([...this.#receivers].map(([id, pipe]) => [id, pipe.counters]));
    this.#options.post({ type: "counted", request, counts: { sent, received } });
  }

  #expire(): void {
    const nowMs = this.#options.nowMs();
    if (nowMs - this.#expiredAtMs < EXPIRE_EVERY_MS) return;
    this.#expiredAtMs = nowMs;
    this.#opening.expire(nowMs);
  }
}

/** Until the stream ends or breaks. An error with one frame is that frame's end only. */
async function forEach(
  readable: ReadableStream<EncodedFrame>,
  handle: (frame: EncodedFrame) => Promise<void> | void,
): Promise<void> {
  const reader = readable.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      await Promise.resolve(handle(value)).catch(() => undefined);
    }
  } catch {
    // The transceiver is gone.
  }
}
