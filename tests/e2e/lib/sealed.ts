/** What web/sdk/src/testing/sealed_page.ts offers, as the tests see it. */
import { BLOCKS, type Mark, readMark } from "./barcode.ts";

export interface TestKeys {
  readonly epoch: number;
  readonly ownLeaf: number;
  readonly leaves: readonly number[];
  readonly group: number;
}

export interface Presented {
  readonly luma: readonly number[];
  readonly leaf: number | undefined;
  readonly heightPx: number;
  readonly rtpTimestamp: number | undefined;
}

export interface FrameSums {
  /** Of video, and of audio. */
  readonly opened: number;
  readonly heard: number;
  readonly sealed: number;
  /** Did not leave, for want of a key. */
  readonly unsealed: number;
  readonly dropped: Readonly<Record<string, number>>;
}

export interface SealedPage {
  readonly join: (entry: object) => Promise<void>;
  readonly enterEpoch: (keys: TestKeys) => Promise<void>;
  readonly endKeys: () => void;
  readonly decodes: (codec: string) => boolean;
  readonly knows: (displayName: string) => boolean;
  readonly isPaused: () => boolean;
  readonly show: (displayName: string, heightPx: number) => void;
  readonly startAudio: () => Promise<void>;
  readonly takePresented: () => Presented[];
  readonly leaked: () => readonly string[];
  readonly counts: () => Promise<FrameSums>;
}

/** Of web/sdk/src/testing/spy.ts. */
export interface SpyReport {
  readonly frames: number;
  readonly keyFrames: number;
  readonly opened: number;
  readonly clear: number;
  readonly envelopes: readonly string[];
  readonly chiSquared: number;
}

/** Of web/sdk/src/testing/leaks.ts. */
export interface Leak {
  /** Since the leak began; infinite: not found. */
  readonly foundAfterMs: Readonly<Record<"microphone" | "camera", number>>;
  /** Packets that left after it began and before it was found. */
  readonly clearPackets: Readonly<Record<"microphone" | "camera", number>>;
  /** That left once both were stopped. */
  readonly packetsAfterwards: number;
}

/** The mark in what a page sampled of a picture; undefined: none can be read. */
export function markOf(luma: readonly number[]): Mark | undefined {
  return readMark((x, y) => luma[(y * 9 < 1 ? 0 : BLOCKS) + Math.floor(x * BLOCKS)] ?? 0);
}
