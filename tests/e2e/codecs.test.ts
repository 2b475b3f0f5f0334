/**
 * Every codec as Chromium sends it in layers (AV1 and VP9 as one scalable stream, VP8 and H.264 as
 * simulcast), seen by Chromium and by Firefox: who joins late, who goes from small to large and
 * back. The pictures are the right person's, they move, and few key frames are asked for. What others
 * see or no longer watch is tried with one codec of each kind, with CONCLAVE_LONG=1 with all.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Page } from "playwright-core";
import { bitsOf } from "./lib/barcode.ts";
import { type BarePage, bundle, serveBarePage } from "./lib/bare-page.ts";
import { type Client, type Engine, identityOf, openClient } from "./lib/browsers.ts";
import { judged, LONG } from "./lib/judged.ts";
import { markIn } from "./lib/picture.ts";
import { type Server, startServer } from "./lib/server.ts";

const codecs = ["vp8", "vp9", "av1", "h264"] as const;
type Codec = (typeof codecs)[number];
const TRIED_WITH_OTHERS: readonly Codec[] = LONG ? codecs : ["vp8", "av1"];

/** Small and slow: AV1 is encoded in software, beside two other browsers on two cores. */
const CAMERA = { width: 960, height: 544, framesPerSecond: 5 };
const FRAMES = 400;
/** A quarter of the camera, which is the lowest of three layers. */
const SMALL_PX = 136;
/** A layer that nobody watched before: its encoder restarts. */
const UP_MS_MAX = 1500;
/** A layer that somebody else sees: a key frame, at five frames a second, is all that it takes. */
const PRESENT_MS_MAX = 400;
/** Best of some: three browsers share the cores. */
const PRESENT_ROUNDS = 5;
/** From the order to the picture: layout, key frame, and four processes on two cores. */
const PICTURE_MS_MAX = 15000;
/** The encoder needs so long until its own bandwidth estimate lets it send all layers. */
const RAMP_MS = 6000;
const WATCH_MS = 4000;
/** The server keeps a layer for four seconds in case it is wanted again, and looks every two. */
const UNWATCHED_MS = 5000;
/**
 * One for each of two viewers who come, go up and go down, one for each round of going up where
 * somebody else is, and as many again for lost patience.
 */
const KEY_FRAMES_MAX = 24;

interface Camera {
  readonly marks: readonly string[];
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  readonly codec: Codec;
}

/** Of web/sdk/src/testing/codec_page.ts. */
interface CodecPage {
  readonly join: (room: string, name: string, url: string, camera?: Camera) => Promise<void>;
  readonly decodes: (codec: string) => boolean;
  readonly isPaused: () => boolean;
  readonly knows: (displayName: string) => boolean;
  readonly show: (displayName: string, heightPx: number) => void;
}

declare const window: Window & { codecPage: CodecPage; peerConnections: RTCPeerConnection[] };

interface Entry {
  readonly server: Server;
  readonly bare: BarePage;
  readonly room: string;
}

async function enter(page: Page, { server, bare, room }: Entry, name: string, camera?: Camera) {
  await page.goto(bare.url);
  await page.waitForFunction(() => window.codecPage !== undefined);
  await page.evaluate(
    ([place, person, url, sent]) => window.codecPage.join(place, person, url, sent),
    [room, name, `${server.url.replace("http", "ws")}/signal`, camera] as const,
  );
}

interface Received {
  readonly mimeType: string;
  readonly framesDecoded: number;
  readonly framesDropped: number;
  readonly keyFramesDecoded: number;
  readonly freezeCount: number;
  readonly pliCount: number;
  readonly packetsLost: number;
}

/** Who watches one camera. */
class Viewer {
  readonly page: Page;
  constructor(page: Page) {
    this.page = page;
  }

  async show(heightPx: number): Promise<void> {
    await this.page.waitForFunction(() => window.codecPage.knows("Ana"));
    await this.page.evaluate((height) => window.codecPage.show("Ana", height), heightPx);
  }

  decodes(codec: Codec): Promise<boolean> {
    return this.page.evaluate((name) => window.codecPage.decodes(name), codec);
  }

  #height(): Promise<number> {
    return this.page.locator("video").evaluate((video) => (video as HTMLVideoElement).videoHeight);
  }

  /** Waits for Ana's picture of a height, and for a later one; how long the first took, in ms. */
  async sees(isRight: (heightPx: number) => boolean): Promise<number> {
    const askedAt = Date.now();
    let first: { readonly frame: number; readonly ms: number } | undefined;
    let last: unknown;
    while (Date.now() - askedAt < PICTURE_MS_MAX) {
      const mark = await markIn(this.page.locator("video"));
      const height = await this.#height();
      last = { mark, height };
      if (mark?.identity === identityOf("Ana") && isRight(height)) {
        first ??= { frame: mark.frame, ms: Date.now() - askedAt };
        if (mark.frame !== first.frame) return first.ms;
      }
      await this.page.waitForTimeout(50);
    }
    throw new Error(`no such picture: ${JSON.stringify({ last, stats: await this.stats() })}`);
  }

  /** Asks for a size, and says how long its picture took, in ms. */
  async goesTo(heightPx: number): Promise<number> {
    await this.show(heightPx);
    const isLarge = heightPx === CAMERA.height;
    return this.sees((height) => (isLarge ? height === heightPx : height <= CAMERA.height / 2));
  }

  stats(): Promise<Received> {
    return this.page.evaluate(async () => {
      let found: Record<string, unknown> = {};
      for (const connection of window.peerConnections) {
        const stats = await connection.getStats();
        for (const report of stats.values()) {
          if (report.type !== "inbound-rtp" || report.kind !== "video") continue;
          if (!(report.packetsReceived > 0)) continue;
          found = { ...report, mimeType: stats.get(report.codecId)?.mimeType };
        }
      }
      const count = (name: string): number => Number(found[name] ?? 0);
      return {
        mimeType: String(found["mimeType"]),
        framesDecoded: count("framesDecoded"),
        framesDropped: count("framesDropped"),
        keyFramesDecoded: count("keyFramesDecoded"),
        freezeCount: count("freezeCount"),
        pliCount: count("pliCount"),
        packetsLost: count("packetsLost"),
      };
    });
  }
}

interface Sent {
  readonly mimeType: string;
  readonly modes: readonly string[];
  readonly keyFramesEncoded: number;
  readonly asked: number;
  readonly bytes: number;
  /** Of the tallest encoding that is running. */
  readonly heightPx: number;
}

function sentBy(page: Page): Promise<Sent> {
  return page.evaluate(async () => {
    const sum = {
      mimeType: "",
      modes: [] as string[],
      keyFramesEncoded: 0,
      asked: 0,
      bytes: 0,
      heightPx: 0,
    };
    for (const connection of window.peerConnections) {
      const stats = await connection.getStats();
      for (const report of stats.values()) {
        if (report.type !== "outbound-rtp" || report.kind !== "video") continue;
        if (!(report.framesEncoded > 0)) continue;
        sum.mimeType = stats.get(report.codecId)?.mimeType ?? "";
        sum.modes.push(`${report.rid ?? ""} ${report.scalabilityMode} ${report.frameHeight}`);
        sum.keyFramesEncoded += report.keyFramesEncoded;
        sum.asked += (report.pliCount ?? 0) + (report.firCount ?? 0);
        sum.bytes += report.bytesSent ?? 0;
        sum.heightPx = Math.max(sum.heightPx, report.frameHeight ?? 0);
      }
    }
    return sum;
  });
}

/** Kilobits per second while `during` takes place. */
async function rateOf(page: Page, during: Promise<unknown>): Promise<number> {
  const startedAt = Date.now();
  const { bytes } = await sentBy(page);
  await during;
  return (((await sentBy(page)).bytes - bytes) * 8) / (Date.now() - startedAt);
}

for (const codec of codecs) {
  describe(`${codec} from Chromium`, { concurrency: 1 }, () => {
    let entry: Entry;
    let publisher: Client;
    const viewers = new Map<Engine, Viewer>();
    const clients: Client[] = [];
    /** What the publisher sends while somebody sees the large picture. */
    let largeKbps = 0;

    before(async () => {
      const script = await bundle("web/sdk/src/testing/codec_page.ts");
      const bare = await serveBarePage(script, "'self' ws://localhost:*");
      const server = await startServer(["--allowed-origin", bare.url]);
      entry = { server, bare, room: `open/e2e-${codec}-harbour-4822` };
      publisher = await openClient("chromium", "Ana");
      clients.push(publisher);
      const marks = Array.from({ length: FRAMES }, (_, frame) =>
        bitsOf({ identity: identityOf("Ana"), frame })
          .map(Number)
          .join(""),
      );
      await enter(publisher.page, entry, "Ana", { ...CAMERA, marks, codec });
    });
    after(async () => {
      for (const client of clients) await client.close().catch(() => undefined);
      entry.bare.close();
      await entry.server.stop();
    });

    for (const engine of ["chromium", "firefox"] as const) {
      test(`who joins late in ${engine} sees the small picture`, async () => {
        const client = await openClient(engine, engine === "chromium" ? "Ben" : "Cleo");
        clients.push(client);
        const viewer = new Viewer(client.page);
        viewers.set(engine, viewer);
        await enter(client.page, entry, client.person);
        await viewer.show(SMALL_PX);
        if (!(await viewer.decodes(codec))) {
          await client.page.waitForFunction(() => window.codecPage.isPaused());
          console.log(`${codec} in ${engine}: this browser cannot decode it, and is told`);
          return;
        }
        const ms = await viewer.sees((height) => height > 0 && height <= CAMERA.height / 2);
        const { mimeType } = await viewer.stats();
        assert.equal(mimeType.toLowerCase(), `video/${codec}`);
        console.log(`${codec} in ${engine}: first picture after ${ms} ms`);
      });
    }

    test("what is sent has layers", async () => {
      await publisher.page.waitForTimeout(RAMP_MS);
      console.log(`${codec}: ${JSON.stringify(await sentBy(publisher.page))}`);
    });

    for (const engine of ["chromium", "firefox"] as const) {
      test(`${engine} goes from small to large and back, and the picture goes on`, async (context) => {
        const viewer = viewers.get(engine);
        assert.ok(viewer);
        if (!(await viewer.decodes(codec))) return context.skip(`${engine} has no ${codec}`);
        const before = await viewer.stats();
        const ups: [number, ...number[]] = [await viewer.goesTo(CAMERA.height)];
        // Once more: three browsers share the cores, and one of them may have waited for its turn.
        if (ups[0] > UP_MS_MAX) {
          await viewer.goesTo(SMALL_PX);
          ups.push(await viewer.goesTo(CAMERA.height));
        }
        const up = Math.min(...ups);
        assert.ok(up <= UP_MS_MAX, `the large picture is there after ${ups.join(" and ")} ms`);
        const kbps = await rateOf(publisher.page, viewer.page.waitForTimeout(WATCH_MS));
        largeKbps = Math.max(largeKbps, kbps);
        const large = await viewer.stats();
        const down = await viewer.goesTo(SMALL_PX);
        await viewer.page.waitForTimeout(WATCH_MS);
        await viewer.sees((height) => height <= CAMERA.height / 2);
        const small = await viewer.stats();
        console.log(`${codec} in ${engine}: up ${up} ms, down ${down} ms ${JSON.stringify(small)}`);
        const decoded = [
          large.framesDecoded - before.framesDecoded,
          small.framesDecoded - large.framesDecoded,
        ];
        const least = (WATCH_MS / 1000) * CAMERA.framesPerSecond * 0.5;
        for (const frames of decoded) assert.ok(frames >= least, `${frames} frames decoded`);
        assert.ok(small.freezeCount - before.freezeCount <= 1, "no freeze but for the machine's");
      });
    }

    const skip = !TRIED_WITH_OTHERS.includes(codec) && "CONCLAVE_LONG=1 tries it";
    test("a layer that somebody else sees comes sooner", { skip }, async (context) => {
      const [ben, cleo] = [viewers.get("chromium"), viewers.get("firefox")];
      assert.ok(ben && cleo);
      if (!(await cleo.decodes(codec))) return context.skip(`firefox has no ${codec}`);
      await cleo.goesTo(CAMERA.height);
      const took: number[] = [];
      for (let round = 0; round < PRESENT_ROUNDS; round++) {
        took.push(await ben.goesTo(CAMERA.height));
        await ben.goesTo(SMALL_PX);
      }
      await cleo.goesTo(SMALL_PX);
      console.log(`${codec}: up after ${took.join(", ")} ms where somebody else sees it`);
      assert.ok(judged(took) <= PRESENT_MS_MAX, `the large picture is there after ${took} ms`);
    });

    test("layers that nobody watches any more are not sent", { skip }, async () => {
      await publisher.page.waitForTimeout(UNWATCHED_MS);
      const kbps = await rateOf(publisher.page, publisher.page.waitForTimeout(WATCH_MS));
      console.log(`${codec}: ${kbps.toFixed()} kbps after ${largeKbps.toFixed()} kbps`);
      const { heightPx } = await sentBy(publisher.page);
      assert.ok(kbps > 0, "the small picture is sent");
      assert.ok(heightPx <= CAMERA.height / 2, `${heightPx} lines`);
    });

    test("few key frames were asked for", async () => {
      const sent = await sentBy(publisher.page);
      console.log(`${codec}: ${JSON.stringify(sent)}`);
      assert.equal(sent.mimeType.toLowerCase(), `video/${codec}`);
      assert.ok(
        sent.asked <= KEY_FRAMES_MAX * Math.max(1, sent.modes.length),
        `${sent.asked} asked`,
      );
    });
  });
}
