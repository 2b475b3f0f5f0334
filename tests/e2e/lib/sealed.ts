/** What web/sdk/src/testing/sealed_page.ts offers, as the tests see it. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { BLOCKS, bitsOf, type Mark, readMark } from "./barcode.ts";
import type { BarePage } from "./bare-page.ts";
import { identityOf } from "./browsers.ts";
import type { Server } from "./server.ts";

declare const window: Window & { sealedPage: SealedPage };

/** Small and slow: AV1 is encoded in software, beside two other browsers on two cores. */
export const CAMERA = { width: 960, height: 540, framesPerSecond: 5 };
const FRAMES = 400;
/** From the order to the picture: layout, key frame, and four processes on two cores. */
const PICTURE_MS_MAX = 15000;
export const GROUP = { epoch: 3, group: 1, leaves: [0, 1, 2, 3] };

/** Constants only: see web/e2ee/src/frames/envelope_*.ts. */
export const ENVELOPES: Readonly<Record<string, RegExp>> = {
  "audio/opus": /^\|$/,
  "video/vp8": /^(10\|0000|1000009d012a10001000\||11\|)$/,
  "video/vp9": /^\|$/,
  "video/av1": /^(12000a00|0a00)?(32([89a-f].)*[0-7].|30)\|$/,
  "video/h264": /^((000000)?01|00000001)?.*(658880|419a80)\|(80)?$/,
};

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

/** Where a test's meeting is. */
export interface Place {
  readonly server: Server;
  readonly bare: BarePage;
  readonly room: string;
}

export function signalUrl({ server }: Place): string {
  return `${server.url.replace("http", "ws")}/signal`;
}

export async function openPage(page: Page, { bare }: Place): Promise<void> {
  await page.goto(bare.url);
  await page.waitForFunction(() => window.sealedPage !== undefined);
}

/** What Ana draws. */
export function markedCamera(codec: string) {
  const marks = Array.from({ length: FRAMES }, (_, frame) =>
    bitsOf({ identity: identityOf("Ana"), frame })
      .map(Number)
      .join(""),
  );
  return { ...CAMERA, marks, codec };
}

/** The first picture of Ana's that is right, and another after it; ms since the call. */
export async function sees(page: Page, isRight: (heightPx: number) => boolean): Promise<number> {
  const askedAt = Date.now();
  let first: number | undefined;
  let last: unknown;
  await page.evaluate(() => window.sealedPage.takePresented());
  while (Date.now() - askedAt < PICTURE_MS_MAX) {
    for (const { luma, leaf, heightPx } of await page.evaluate(() =>
      window.sealedPage.takePresented(),
    )) {
      const mark = markOf(luma);
      last = { mark, leaf, heightPx };
      if (mark?.identity !== identityOf("Ana") || !isRight(heightPx)) continue;
      assert.equal(leaf, 0, "the label is Ana's");
      first ??= mark.frame;
      if (mark.frame !== first) return Date.now() - askedAt;
    }
    await page.waitForTimeout(50);
  }
  const counts = await page.evaluate(() => window.sealedPage.counts());
  throw new Error(`no such picture: ${JSON.stringify({ last, counts })}`);
}
