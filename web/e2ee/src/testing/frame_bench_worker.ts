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

function frameOf({ mimeType, bytes }: FrameCase): EncodedFrame {
  const data = new Uint8Array(bytes).map((_, i) => (i * 7919) >> 3).buffer;
  return {
    data,
    type: "delta",
    getMetadata: () => ({ mimeType, synchronizationSource: 1, rtpTimestamp: 0 }),
  };
}

async function measure(one: FrameCase): Promise<FrameCost> {
  const isSound = one.mimeType.startsWith("audio");
  const sealing = new SealingEpoch(await epochKeys({ epoch: 1, ownLeaf: 0 }));
  const source = isSound ? "microphone" : "camera";
  const send = new SendPipe({ source, contexts: new Contexts(), sealing: () => sealing });
  const keys = new OpeningKeys();
  keys.add(await epochKeys({ epoch: 1, ownLeaf: 1 }), 0);
  let opened = 0;
  const receive = new ReceivePipe({
    kind: isSound ? "audio" : "video",
    keys,
    nowMs: () => 0,
    write: () => opened++,
    onLabel: async () => undefined,
    requestKeyFrame: () => undefined,
  });
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

addEventListener("message", async ({ data }: MessageEvent<FrameCase>) => {
  postMessage(await measure(data));
});
