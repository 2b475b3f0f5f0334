/**
 * Every codec as Chromium sends it in layers, on the way to viewers whose line narrows and widens
 * again. The publisher's own line is good. Without CONCLAVE_LONG=1 it is one codec, and with room
 * for a machine that lacks time.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { inspect } from "node:util";
import { bitsOf } from "./lib/barcode.ts";
import { type BarePage, bundle, serveBarePage } from "./lib/bare-page.ts";
import { type Client, type Engine, identityOf, openClient } from "./lib/browsers.ts";
import { useRelay } from "./lib/in-page.ts";
import { type IsolatedServer, type Link, startIsolatedServer } from "./lib/link.ts";
import { inWords, Watch } from "./lib/watch.ts";

const LONG = process.env["CONCLAVE_LONG"] === "1";
const codecs = ["vp8", "vp9", "av1", "h264"] as const;
type Codec = (typeof codecs)[number];

/** AV1 is encoded in software, beside the viewer's browser. */
const CAMERA = { width: 960, height: 544, framesPerSecond: 10 };
const FRAMES = 400;
const WIDE = { rate_kbps: 3000, queue_ms: 300, delay_ms: 10, loss: 0 };
/** Less than the largest layer of any of the codecs needs. */
const NARROW_KBPS = 250;
const GAP_MS_MAX = LONG ? 1500 : 3000;
const BACK_S_MAX = LONG ? 6 : 15;
const FIRST_S_MAX = 30;

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
  readonly knows: (displayName: string) => boolean;
  readonly show: (displayName: string, heightPx: number) => void;
}

declare const window: Window & { codecPage: CodecPage; held: MediaStream };

const marks = Array.from({ length: FRAMES }, (_, frame) =>
  bitsOf({ identity: identityOf("Ana"), frame })
    .map(Number)
    .join(""),
);

for (const codec of LONG ? codecs : (["vp9"] as const)) {
  describe(`${codec} on a line that narrows`, { concurrency: 1 }, () => {
    let isolated: IsolatedServer;
    let bare: BarePage;
    const clients: Client[] = [];

    async function enter(client: Client, relay: Link, camera?: Camera): Promise<void> {
      clients.push(client);
      const { page, person } = client;
      await page.addInitScript(useRelay, relay.port);
      await page.goto(bare.url);
      await page.waitForFunction(() => window.codecPage !== undefined);
      // Firefox uses no loopback for a page that has no device.
      await page.evaluate(async () => {
        window.held = await navigator.mediaDevices.getUserMedia({ audio: true });
      });
      const url = `${isolated.server.url.replace("http", "ws")}/signal`;
      await page.evaluate(
        ([room, name, signal, sent]) => window.codecPage.join(room, name, signal, sent),
        [`open/e2e-narrow-${codec}`, person, url, camera] as const,
      );
    }

    before(async () => {
      bare = await serveBarePage(
        await bundle("web/sdk/src/testing/codec_page.ts"),
        "'self' ws://localhost:*",
      );
      isolated = await startIsolatedServer(["--allowed-origin", bare.url]);
      const publisher = await openClient("chromium", "Ana");
      await enter(publisher, await isolated.link(1), { ...CAMERA, marks, codec });
    });
    after(async () => {
      for (const client of clients) await client.close().catch(() => undefined);
      bare.close();
      await isolated.stop();
    });

    for (const engine of ["chromium", "firefox"] as const satisfies readonly Engine[]) {
      test(`seen in ${engine}`, async (context) => {
        const client = await openClient(engine, engine === "chromium" ? "Ben" : "Cleo");
        const link = await isolated.link(engine === "chromium" ? 2 : 3);
        await link.set("down", WIDE);
        await enter(client, link);
        const { page } = client;
        if (!(await page.evaluate((name) => window.codecPage.decodes(name), codec)))
          return context.skip(`${engine} has no ${codec}`);
        await page.waitForFunction(() => window.codecPage.knows("Ana"));
        await page.evaluate((height) => window.codecPage.show("Ana", height), CAMERA.height);
        const watch = await Watch.ofVideo(page, "video");
        const first = await watch.until(CAMERA.height, FIRST_S_MAX);
        assert.ok(
          first !== undefined,
          `the large picture at first: ${inspect(await watch.totals())}`,
        );
        console.log(`${codec} in ${engine}: ${inWords(await watch.during(3))}`);
        await link.set("down", { rate_kbps: NARROW_KBPS });
        const narrow = await watch.during(12);
        console.log(`${codec} in ${engine}, ${NARROW_KBPS} kbps: ${inWords(narrow)}`);
        await link.set("down", WIDE);
        const back = await watch.until(CAMERA.height, 2 * BACK_S_MAX);
        console.log(`${codec} in ${engine}: full quality after ${back?.toFixed(1)} s`);
        await client.close();
        clients.splice(clients.indexOf(client), 1);
        assert.ok(narrow.heightPx > 0 && narrow.fps > 1.5, "a picture on the narrow line");
        assert.ok(narrow.heightPx < CAMERA.height, "a smaller one");
        assert.ok(narrow.longestGapMs <= GAP_MS_MAX, `${narrow.longestGapMs} ms without a picture`);
        assert.ok(back !== undefined && back <= BACK_S_MAX, `full quality after ${back} s`);
      });
    }
  });
}
