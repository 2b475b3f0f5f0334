/** Runs in a worker of a browser, for bench/frames.ts: what sealing and opening a frame takes there. */
import { Contexts } from "../frames/contexts.ts";
import type { EncodedFrame } from "../frames/encoded_frame.ts";
import { OpeningKeys } from "../frames/opening_keys.ts";
import { ReceivePipe } from "../frames/receive_pipe.ts";
import { SealingEpoch } from "../frames/sealing_epoch.ts";
import { SendPipe } from "../frames/send_pipe.ts";
import { epochKeys } from "../frames/testing/group.ts";

/** Clocks of browsers have steps of up to a millisecond, so that many frames are one measurement. */
const BATCH = 50;
const BATCHES = 100;

export interface FrameCase {
  readonly mimeType: string;
  readonly bytes: number;
}

export interface FrameCost extends FrameCase {
  /** Microseconds, each sorted. */
  readonly seal: readonly number[];
  readonly open: readonly number[];
  readonly overheadBytes: number;
}

/** A meeting as this worker sees it: so many pictures of 30 frames per second, and VOICES. */
export interface StreamsCase {
  readonly streams: number;
}

/** Part of the time in which the worker was at work, 0 .. 1. */
export interface StreamsCost {
  readonly busy: number;
  /** From a frame's arrival to its being open, milliseconds, sorted. */
  readonly latency: readonly number[];
}

const PICTURE: FrameCase = { mimeType: "video/vp8", bytes: 1000 };
const VOICE: FrameCase = { mimeType: "audio/opus", bytes: 80 };
/** At 50 packets per second each. */
const VOICES = 4;
const TICK_MS = 1000 / 30;
const TICKS = 300;

function frameOf({ mimeType, bytes }: FrameCase): EncodedFrame {
  const data = new Uint8Array(bytes).map((_, i) => (i * 7919) >> 3).buffer;
  return {
    data,
    type: "delta",
    getMetadata: () => ({ mimeType, synchronizationSource: 1, rtpTimestamp: 0 }),
  };
}

function sender(one: FrameCase, sealing: SealingEpoch): SendPipe {
  const source = one.mimeType.startsWith("audio") ? "microphone" : "camera";
  return new SendPipe({ source, contexts: new Contexts(), sealing: () => sealing });
}

function receiver(one: FrameCase, keys: OpeningKeys, onOpened: () => void): ReceivePipe {
  return new ReceivePipe({
    kind: one.mimeType.startsWith("audio") ? "audio" : "video",
    keys,
    nowMs: () => 0,
    write: onOpened,
    onLabel: async () => undefined,
    requestKeyFrame: () => undefined,
  });
}

async function epoch(): Promise<{ sealing: SealingEpoch; keys: OpeningKeys }> {
  const sealing = new SealingEpoch(await epochKeys({ epoch: 1, ownLeaf: 0 }));
  const keys = new OpeningKeys();
  keys.add(await epochKeys({ epoch: 1, ownLeaf: 1 }), 0);
  return { sealing, keys };
}

async function measure(one: FrameCase): Promise<FrameCost> {
  const { sealing, keys } = await epoch();
  const send = sender(one, sealing);
  let opened = 0;
  const receive = receiver(one, keys, () => opened++);
  const costs = { seal: [] as number[], open: [] as number[] };
  let overheadBytes = 0;
  for (let batch = 0; batch < BATCHES; batch++) {
    const frames = Array.from({ length: BATCH }, () => frameOf(one));
    const beganAt = performance.now();
    for (const frame of frames) await send.seal(frame);
    const sealedAt = performance.now();
    overheadBytes = (frames[0]?.data.byteLength ?? 0) - one.bytes;
    const openedAt = performance.now();
    for (const frame of frames) await receive.push(frame);
    costs.seal.push(((sealedAt - beganAt) * 1000) / BATCH);
    costs.open.push(((performance.now() - openedAt) * 1000) / BATCH);
  }
  if (opened !== BATCH * BATCHES) throw new Error(`${opened} frames opened`);
  const sorted = (values: number[]) => values.sort((a, b) => a - b);
  return { ...one, seal: sorted(costs.seal), open: sorted(costs.open), overheadBytes };
}

/** What comes in a tick is one sealed frame for all pipes: each has keys, and so a replay window, of its own. */
async function measureStreams({ streams }: StreamsCase): Promise<StreamsCost> {
  const { sealing } = await epoch();
  let opened = 0;
  const pipesOf = (one: FrameCase, count: number) =>
    Promise.all(
      Array.from({ length: count }, async () =>
        receiver(one, (await epoch()).keys, () => opened++),
      ),
    );
  const sides = [
    { one: PICTURE, send: sender(PICTURE, sealing), pipes: await pipesOf(PICTURE, streams) },
    { one: VOICE, send: sender(VOICE, sealing), pipes: await pipesOf(VOICE, VOICES) },
  ];
  const latency: number[] = [];
  let busyMs = 0;
  let expected = 0;
  const beganAt = performance.now();
  for (let tick = 0; tick < TICKS; tick++) {
    const due: (() => Promise<void>)[] = [];
    for (const { one, send, pipes } of sides) {
      // Voices have five packets where pictures have three frames.
      const count =
        one === PICTURE ? 1 : Math.floor((tick * 5) / 3) - Math.floor(((tick - 1) * 5) / 3);
      for (let i = 0; i < count; i++) {
        const frame = frameOf(one);
        await send.seal(frame);
        for (const pipe of pipes)
          due.push(() => pipe.push({ ...frame, data: frame.data.slice(0) }));
      }
    }
    expected += due.length;
    const from = performance.now();
    await Promise.all(
      due.map(async (push) => {
        await push();
        latency.push(performance.now() - from);
      }),
    );
    busyMs += performance.now() - from;
    const restMs = beganAt + (tick + 1) * TICK_MS - performance.now();
    if (restMs > 0) await new Promise((resolve) => setTimeout(resolve, restMs));
  }
  if (opened !== expected) throw new Error(`${opened} of ${expected} frames opened`);
  const busy = busyMs / (performance.now() - beganAt);
  return { busy, latency: latency.sort((a, b) => a - b) };
}

addEventListener("message", ({ data }: MessageEvent<FrameCase | StreamsCase>) => {
  const measured = "streams" in data ? measureStreams(data) : measure(data);
  measured.then(postMessage, (error) => {
    // Only what is thrown outside of promises is an error of the worker.
    setTimeout(() => {
      throw error;
    });
  });
});
