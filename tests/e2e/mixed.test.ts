/**
 * An encrypted meeting of four, two in Chromium and two in Firefox, while packets are
 * lost both ways: everybody sees everybody's own picture beside their name, at the size that they ask for, and a
 * shared screen. One leaves and comes back: what was sent meanwhile opens with none of the keys that
 * either of their pages was ever given, though the server kept every packet.
 */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Page } from "playwright-core";
import { bitsOf } from "./lib/barcode.ts";
import { type BarePage, bundle, serveBarePage } from "./lib/bare-page.ts";
import { type Client, type Engine, identityOf, openClient, type Person } from "./lib/browsers.ts";
import { useRelay } from "./lib/in-page.ts";
import { type IsolatedServer, type Link, startIsolatedServer } from "./lib/link.ts";
import { markOf } from "./lib/sealed.ts";
import { root } from "./lib/server.ts";
import { framesOf, packetsOf, streamsOf } from "./lib/tap.ts";

/** Of web/sdk/src/testing/group_page.ts. */
interface Shown {
  readonly displayName: string;
  readonly source: string;
  readonly heightPx: number;
  readonly luma: readonly number[];
}
interface GroupPage {
  join(entry: object): Promise<void>;
  watchAll(heightPx: number): void;
  shown(): Shown[];
  share(screen: object): Promise<void>;
  unshare(): Promise<void>;
  opens(frames: readonly WireFrame[]): Promise<number>;
  epochsHeld(): number[];
  epoch(): number | undefined;
  leaves(): number[];
  troubles(): string[];
  leave(): Promise<void>;
}
interface WireFrame {
  readonly data: string;
  readonly mimeType: string;
}
declare const window: Window & { groupPage: GroupPage; heldDevice: MediaStream };

/** What both browsers encode and decode; Firefox's H.264 is a plug-in that may be missing. */
const CODECS = process.env["CONCLAVE_LONG"] === "1" ? ["vp8", "vp9", "av1"] : ["vp8"];
const SECRET = `#1.${"A".repeat(43)}`;
/** Browsers of their own accord send next to nothing where one packet in ten is lost on the way up. */
const LOSS = { up: 0.05, down: 0.1 };
const FRAMES = 400;
const CAMERA = { width: 640, height: 360, framesPerSecond: 5 };
const SMALL_PX = 180;
const SCREEN_IDENTITY = 9;
/** Four browsers share two cores. */
const PATIENCE_MS = 60_000;
/** Time enough for some frames of everybody's. */
const RECORD_MS = 3000;
/** Frames of an epoch that has ended are still sent while its successor travels. */
const CALM_MS = 2000;
const TRIED_MAX = 60;

const PEOPLE = [
  ["Ana", "chromium"],
  ["Ben", "firefox"],
  ["Cleo", "chromium"],
  ["Dan", "firefox"],
] as const satisfies readonly (readonly [Person, Engine])[];
/** One who looks in each browser. */
const ONE_OF_EACH = ["Ana", "Ben"] as const;

function drawn(identity: number, size: object) {
  const marks = Array.from({ length: FRAMES }, (_, frame) =>
    bitsOf({ identity, frame }).map(Number).join(""),
  );
  return { ...size, marks };
}

for (const codec of CODECS) {
  describe(`${codec} among two Chromium and two Firefox`, { concurrency: 1 }, () => {
    let folder: string;
    let isolated: IsolatedServer;
    let bare: BarePage;
    let link: Link;
    const clients: Client[] = [];
    const pages = new Map<Person, Page>();
    /** By SSRC, of everybody who was ever there. */
    const streams: Record<string, string> = {};

    const pageOf = (person: Person): Page => {
      const page = pages.get(person);
      assert.ok(page, `${person} is there`);
      return page;
    };
    const enter = async (page: Page, person: Person): Promise<void> => {
      await page.addInitScript(useRelay, link.port);
      await page.goto(bare.url);
      await page.waitForFunction(() => window.groupPage !== undefined);
      // Firefox keeps to its default route, which is not loopback, until somebody uses a device.
      await page.evaluate(async () => {
        window.heldDevice = await navigator.mediaDevices.getUserMedia({ audio: true });
      });
      await page.evaluate((entry) => window.groupPage.join(entry), {
        ...{ room: `r/e2emixed${codec}`, fragment: SECRET, displayName: person, videoCodec: codec },
        signalUrl: `${isolated.server.url.replace("http", "ws")}/signal`,
        ...{ identity: identityOf(person), camera: drawn(identityOf(person), CAMERA) },
      });
      pages.set(person, page);
    };
    const areMembers = async (count: number): Promise<void> => {
      for (const page of pages.values()) {
        await page.waitForFunction((n) => window.groupPage.leaves().length === n, count, {
          timeout: PATIENCE_MS,
        });
      }
    };

    /** Until each of these is seen with the right mark beside the name; no picture has a wrong one. */
    const sees = async (
      viewer: Person,
      wanted: ReadonlyMap<string, number>,
      isRight: (heightPx: number) => boolean,
      heightPx: number,
    ): Promise<void> => {
      const page = pageOf(viewer);
      const missing = new Set(wanted.keys());
      const until = Date.now() + PATIENCE_MS;
      let last: unknown;
      while (missing.size > 0) {
        assert.ok(Date.now() < until, `${viewer} misses ${[...missing]}: ${JSON.stringify(last)}`);
        await page.evaluate((px) => window.groupPage.watchAll(px), heightPx);
        const shown = await page.evaluate(() => window.groupPage.shown());
        for (const { displayName, source, heightPx: tall, luma } of shown) {
          const who = `${displayName}'s ${source}`;
          const identity = markOf(luma)?.identity;
          // A decoder that waits for a packet may show half a picture's mark, but nobody else's.
          if (identity === undefined) continue;
          assert.equal(identity, wanted.get(who) ?? identity, `${viewer} sees another as ${who}`);
          if (isRight(tall)) missing.delete(who);
        }
        last = shown.map(({ luma, ...rest }) => ({ ...rest, mark: markOf(luma) }));
        await page.waitForTimeout(200);
      }
    };
    const othersOf = (viewer: Person): Map<string, number> =>
      new Map(
        [...pages.keys()]
          .filter((person) => person !== viewer)
          .map((person) => [`${person}'s camera`, identityOf(person)]),
      );
    const allSeeAll = async (): Promise<void> => {
      for (const viewer of pages.keys()) await sees(viewer, othersOf(viewer), () => true, SMALL_PX);
    };
    const learnStreams = async (): Promise<void> => {
      for (const page of pages.values()) Object.assign(streams, await streamsOf(page));
    };
    const packetCount = () => packetsOf(join(folder, "packets")).length;
    /** The last frames among these packets, of everybody's. */
    const framesBetween = (from: number, to: number): WireFrame[] => {
      const packets = packetsOf(join(folder, "packets")).slice(from, to);
      const frames = [...Map.groupBy(packets, ({ ssrc }) => ssrc)].flatMap(([ssrc, its]) => {
        const mimeType = streams[ssrc];
        if (mimeType === undefined) return [];
        return framesOf(mimeType, its)
          .slice(-TRIED_MAX / PEOPLE.length / 2)
          .map((data) => ({ data: data.toString("base64"), mimeType }));
      });
      assert.ok(frames.length > 10, `${frames.length} frames were recorded`);
      assert.ok(frames.some(({ mimeType }) => mimeType === `video/${codec}`));
      return frames;
    };
    const record = async (): Promise<WireFrame[]> => {
      await pageOf("Ana").waitForTimeout(CALM_MS);
      await learnStreams();
      const from = packetCount();
      await pageOf("Ana").waitForTimeout(RECORD_MS);
      return framesBetween(from, packetCount());
    };
    const opens = (page: Page, frames: readonly WireFrame[]) =>
      page.evaluate((them) => window.groupPage.opens(them), frames);

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), "conclave-mixed-"));
      const script = await bundle("web/sdk/src/testing/group_page.ts");
      bare = await serveBarePage(script, "'self' ws://localhost:*");
      isolated = await startIsolatedServer(["--allowed-origin", bare.url], {
        binary: join(root, "build/release/tests/conclave-tap"),
        command: ["env", `CONCLAVE_TAP=${join(folder, "packets")}`],
      });
      link = await isolated.link(1);
      await link.set("up", { loss: LOSS.up });
      await link.set("down", { loss: LOSS.down });
    });
    after(async () => {
      for (const client of clients) await client.close().catch(() => undefined);
      bare?.close();
      await isolated?.stop();
      await rm(folder, { recursive: true, force: true });
    });

    test("four meet, and each sees the others", async () => {
      for (const [person, engine] of PEOPLE) {
        const client = await openClient(engine, person);
        clients.push(client);
        await enter(client.page, person);
        await areMembers(pages.size);
      }
      await allSeeAll();
    });

    test("smaller and larger pictures", async () => {
      for (const viewer of ONE_OF_EACH) {
        const others = othersOf(viewer);
        await sees(viewer, others, (px) => px === CAMERA.height, CAMERA.height);
        await sees(viewer, others, (px) => px < CAMERA.height, SMALL_PX);
      }
    });

    test("a shared screen beside the cameras", async () => {
      const screen = drawn(SCREEN_IDENTITY, CAMERA);
      await pageOf("Cleo").evaluate((its) => window.groupPage.share(its), screen);
      for (const viewer of ONE_OF_EACH) {
        const wanted = othersOf(viewer).set("Cleo's screen-video", SCREEN_IDENTITY);
        await sees(viewer, wanted, () => true, SMALL_PX);
      }
      await pageOf("Cleo").evaluate(() => window.groupPage.unshare());
    });

    let before_: WireFrame[] = [];
    let without: WireFrame[] = [];
    let left: Page;

    test("who leaves cannot read what follows", async () => {
      before_ = await record();
      left = pageOf("Ben");
      pages.delete("Ben");
      await left.evaluate(() => window.groupPage.leave());
      await areMembers(PEOPLE.length - 1);
      without = await record();
      assert.equal(await opens(left, without), 0);
      assert.equal(await opens(left, before_), before_.length, "what he was there for, he can");
      assert.equal(await opens(pageOf("Dan"), without), without.length, "who is there, can");
    });

    test("who comes cannot read what was before", async () => {
      const page = await left.context().newPage();
      await enter(page, "Ben");
      await areMembers(PEOPLE.length);
      await allSeeAll();
      const now = await record();
      assert.equal(await opens(page, now), now.length);
      assert.equal(await opens(page, without), 0);
      assert.equal(await opens(page, before_), 0);
      const held = await page.evaluate(() => window.groupPage.epochsHeld());
      console.log(`${codec}: opened ${now.length} of ${now.length}, of before 0; epochs ${held}`);
    });

    test("nobody refused anything, and nothing went around the keys", async () => {
      for (const page of pages.values()) {
        const troubles = await page.evaluate(() => window.groupPage.troubles());
        // What the server still had of before somebody came, they cannot read, and say so.
        assert.deepEqual(
          [...new Set(troubles)].filter((one) => one !== "message: too-old"),
          [],
        );
      }
    });
  });
}
