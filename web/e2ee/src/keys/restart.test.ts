/** Frame workers that die while a real group goes on: what their successors seal, nobody sealed before. */
import { expect, it, vi } from "vitest";
import type { EncodedFrame } from "../frames/encoded_frame.ts";
import { FrameWorker } from "../frames/frame_worker.ts";
import { decodeHeader } from "../frames/sframe_header.ts";
import { frame } from "../frames/testing/members.ts";
import type { FrameKeyMessage } from "../keys.ts";
import { type Delivered, DeliveryService } from "../testing/delivery_service.ts";
import { KeyWorker } from "./key_worker.ts";

// Real cryptography, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000 });

const STEP_MS = 50;

/** One person alone in a group, whose delivery service answers at once. */
class Alone {
  readonly #service = new DeliveryService();
  readonly #out: Delivered[] = [];
  readonly keys: KeyWorker;
  nowMs = 0;
  #deadlineMs = Number.POSITIVE_INFINITY;

  constructor() {
    this.keys = new KeyWorker({
      nowMs: () => this.nowMs,
      timeOfDay: () => 1_800_000_000,
      schedule: (atMs = Number.POSITIVE_INFINITY) => {
        this.#deadlineMs = atMs;
      },
      post: (message) => {
        if (message.type !== "send") return;
        this.#service.onMessage(this.nowMs, 0, message.message, this.#out);
      },
    });
  }

  async run(ms: number): Promise<void> {
    for (const end = this.nowMs + ms; this.nowMs < end; this.nowMs += STEP_MS) {
      if (this.#deadlineMs <= this.nowMs) await this.keys.onDeadline();
      if ((this.#service.nextDeadlineMs() ?? Number.POSITIVE_INFINITY) <= this.nowMs) {
        this.#service.onDeadline(this.nowMs, this.#out);
      }
      for (const { message } of this.#out.splice(0)) {
        await this.keys.onMessage({ type: "delivery", message });
      }
    }
  }

  /** A new frame worker in place of the one before, and what it lets out. */
  async attach(): Promise<Seals> {
    const seals = new Seals();
    const post = (message: FrameKeyMessage) => seals.worker.onKeys(message);
    const port = { postMessage: post } as unknown as MessagePort;
    await this.keys.onMessage({ type: "frames", port });
    return seals;
  }
}

class Seals {
  readonly worker = new FrameWorker({ post: () => undefined, nowMs: () => 0 });
  readonly heads: string[] = [];
  readonly #frames: ReadableStreamDefaultController<EncodedFrame>[] = [];

  constructor() {
    for (const source of ["microphone", "camera"] as const) {
      this.worker.onTransform({
        readable: new ReadableStream({ start: (frames) => void this.#frames.push(frames) }),
        writable: new WritableStream({
          write: ({ data }) => void this.heads.push(nonceOf(new Uint8Array(data))),
        }),
        options: { id: this.#frames.length, side: "send", source },
        sendKeyFrameRequest: async () => undefined,
      });
    }
  }

  /** Those that left. */
  async seal(count: number): Promise<number> {
    const before = this.heads.length;
    for (let i = 0; i < count; ++i) {
      for (const frames of this.#frames) frames.enqueue(frame(Uint8Array.of(i), "video/VP9"));
    }
    // What is left of a frame without a key is a drop, which takes less.
    for (let turn = 0; turn < 50; ++turn) await new Promise((done) => setTimeout(done));
    return this.heads.length - before;
  }
}

/** What makes a nonce, within a group: nothing of VP9 comes before it. */
function nonceOf(data: Uint8Array): string {
  const { keyId, counter } = decodeHeader(data) ?? {};
  return `${keyId} ${counter}`;
}

it("no nonce comes twice, whenever a frame worker dies", async () => {
  const alone = new Alone();
  const all: Seals[] = [await alone.attach()];
  await alone.keys.onMessage({
    type: "start",
    roomId: "r/room",
    secret: new Uint8Array(32).fill(7),
  });
  await alone.run(500);
  expect(await all[0]?.seal(20)).toBe(40);
  // One that lives for a while, one that dies before its epoch comes, and one right after it.
  for (const livesForMs of [2_000, 0, 100, 2_000]) {
    const next = await alone.attach();
    all.push(next);
    // Its predecessor's epoch has not ended yet: it must not have those keys.
    expect(await next.seal(5)).toBe(0);
    await alone.run(livesForMs);
    await next.seal(20);
  }
  expect(all.at(-1)?.heads).toHaveLength(40);
  const heads = all.flatMap((seals) => seals.heads);
  expect(heads.length).toBeGreaterThanOrEqual(120);
  expect(new Set(heads).size).toBe(heads.length);
});
