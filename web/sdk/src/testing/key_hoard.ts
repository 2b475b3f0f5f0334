/**
 * Keeps every key that a page's frame worker was ever given, and tries them on frames that the page
 * should, or should not, be able to read.
 */
import type { EpochKeys, FrameKeyMessage } from "@conclave/e2ee";
import { envelopeOf, metadataOf, OpeningKeys } from "@conclave/e2ee/testing";

/** Off the wire, in base64. */
export interface WireFrame {
  readonly data: string;
  readonly mimeType: string;
}

export class KeyHoard {
  readonly #keys: EpochKeys[] = [];

  /** From now on every MessageChannel of the page is listened to: keys travel from worker to worker. */
  constructor() {
    const listen = (message: FrameKeyMessage): void => {
      if (message.type === "epoch") this.#keys.push(message.keys);
    };
    const Original = globalThis.MessageChannel;
    globalThis.MessageChannel = class {
      readonly port1: MessagePort;
      readonly port2: MessagePort;
      constructor() {
        const [one, two] = [new Original(), new Original()];
        one.port2.onmessage = ({ data }) => {
          listen(data);
          two.port1.postMessage(data);
        };
        two.port1.onmessage = ({ data }) => {
          listen(data);
          one.port2.postMessage(data);
        };
        this.port1 = one.port1;
        this.port2 = two.port2;
      }
    };
  }

  get epochs(): number[] {
    return this.#keys.map(({ epoch }) => epoch);
  }

  /** How many of the frames any of the keys opens. */
  async opens(frames: readonly WireFrame[]): Promise<number> {
    let count = 0;
    for (const frame of frames) if (await this.#opensOne(frame)) count++;
    return count;
  }

  async #opensOne({ data, mimeType }: WireFrame): Promise<boolean> {
    const envelope = envelopeOf(mimeType);
    const sealed = envelope?.unwrap(Uint8Array.from(atob(data), (c) => c.charCodeAt(0)));
    if (envelope === undefined || sealed === undefined) throw new Error("no envelope");
    for (const keys of this.#keys) {
      const opening = new OpeningKeys();
      // The own leaf's frames are as good as others'.
      opening.add({ ...keys, ownLeaf: -1 }, 0);
      const opened = await opening.open(sealed, metadataOf(envelope.codecId), 0);
      if (typeof opened !== "string") return true;
    }
    return false;
  }
}
