/** Members of a group who send each other frames, as the frame worker sees them. */
import { expect } from "vitest";
import { Contexts, type Source } from "../contexts.ts";
import type { EncodedFrame } from "../encoded_frame.ts";
import type { FrameLabel } from "../label_trail.ts";
import { OpeningKeys } from "../opening_keys.ts";
import { ReceivePipe } from "../receive_pipe.ts";
import { SealingEpoch } from "../sealing_epoch.ts";
import { SendPipe } from "../send_pipe.ts";
import { hex } from "./bytes.ts";
import { epochKeys } from "./group.ts";

export const ANA = 1;
export const BEN = 2;
export function frame(bytes: Uint8Array<ArrayBuffer>, mimeType: string, more: Partial<Meta> = {}) {
  const { type = "delta", ...metadata } = more;
  const made: EncodedFrame = {
    data: bytes.slice().buffer,
    type,
    getMetadata: () => ({ mimeType, synchronizationSource: 1, rtpTimestamp: 0, ...metadata }),
  };
  return made;
}

export interface Meta {
  readonly type: "key" | "delta";
  readonly synchronizationSource: number;
  readonly rtpTimestamp: number;
}

/** Who sends, as a member of an epoch. */
export class Sender {
  readonly contexts = new Contexts();
  sealing: SealingEpoch | undefined;

  async enter(epoch: number, ownLeaf = ANA, group = 1): Promise<void> {
    this.sealing = new SealingEpoch(await epochKeys({ epoch, ownLeaf, group }));
  }

  pipe(source: Source = "camera"): SendPipe {
    return new SendPipe({ source, contexts: this.contexts, sealing: () => this.sealing });
  }
}

/** Who receives: one slot. */
export class Receiver {
  readonly keys = new OpeningKeys();
  readonly written: EncodedFrame[] = [];
  readonly labels: { rtpTimestamp: number; label: FrameLabel }[] = [];
  nowMs = 0;
  requests = 0;
  /** Set: pictures of somebody else wait for it. */
  page: Promise<void> = Promise.resolve();

  async enter(epoch: number, leaves: readonly number[] = [0, ANA, BEN], group = 1) {
    this.keys.add(await epochKeys({ epoch, ownLeaf: BEN, leaves, group }), this.nowMs);
  }

  pipe(kind: "audio" | "video" = "video"): ReceivePipe {
    return new ReceivePipe({
      kind,
      keys: this.keys,
      nowMs: () => this.nowMs,
      write: (one) => this.written.push(one),
      onLabel: (rtpTimestamp, label) => {
        this.labels.push({ rtpTimestamp, label });
        return this.page;
      },
      requestKeyFrame: () => this.requests++,
    });
  }

  get shown(): string[] {
    return this.written.map((one) => hex(new Uint8Array(one.data)));
  }
}

export async function pair(epoch = 5): Promise<{ sender: Sender; receiver: Receiver }> {
  const sender = new Sender();
  const receiver = new Receiver();
  await sender.enter(epoch);
  await receiver.enter(epoch);
  return { sender, receiver };
}

export async function sealed(pipe: SendPipe, one: EncodedFrame): Promise<EncodedFrame> {
  expect(await pipe.seal(one)).toBe(true);
  return one;
}
