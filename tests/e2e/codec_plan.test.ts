/**
 * Nobody says which codec to send: each publisher chooses what everybody in the room decodes and its
 * machine affords, and goes over while it sends, without an offer, as people come and go. The pictures
 * are the right person's and go on, also where they are sealed.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Page } from "playwright-core";
import { bitsOf } from "./lib/barcode.ts";
import { type BarePage, bundle, serveBarePage } from "./lib/bare-page.ts";
import { type Client, type Engine, identityOf, openClient, type Person } from "./lib/browsers.ts";
import { markIn } from "./lib/picture.ts";
import { markOf, type SealedPage } from "./lib/sealed.ts";
import { type Server, startServer } from "./lib/server.ts";

/** Small and slow: three browsers share two cores. */
const CAMERA = { width: 960, height: 544, framesPerSecond: 5 };
const SMALL_PX = 136;
const FRAMES = 400;
/** From a change in the room to the picture: the server's calm, an encoder and a key frame. */
const CHANGE_MS_MAX = 40_000;
const GROUP = { epoch: 3, group: 1, leaves: [0, 1, 2] };

interface CodecPage {
  readonly join: (room: string, name: string, url: string, camera?: object) => Promise<void>;
  readonly share: (screen: object) => Promise<void>;
  readonly leave: () => Promise<void>;
  readonly decodes: (codec: string) => boolean;
  readonly knows: (displayName: string, source?: string) => boolean;
  readonly show: (displayName: string, heightPx: number, source?: string) => void;
}

declare const window: Window & {
  codecPage: CodecPage;
  sealedPage: SealedPage & { leave: () => Promise<void> };
  peerConnections: RTCPeerConnection[];
};

/** The room's servers and who is in it. */
class Meeting {
  readonly server: Server;
  readonly bare: BarePage;
  readonly room: string;
  readonly #clients: Client[] = [];

  private constructor(server: Server, bare: BarePage, room: string) {
    this.server = server;
    this.bare = bare;
    this.room = room;
  }

  static async begin(page: string, room: string): Promise<Meeting> {
    const script = await bundle(`web/sdk/src/testing/${page}.ts`);
    const bare = await serveBarePage(script, "'self' ws://localhost:*");
    return new Meeting(await startServer(["--allowed-origin", bare.url]), bare, room);
  }

  get signalUrl(): string {
    return `${this.server.url.replace("http", "ws")}/signal`;
  }

  /** A browser whose machine seems to have so many cores, or that decodes nothing but VP8. */
  async open(person: Person, engine: Engine, be: { cores?: number; onlyVp8?: boolean }) {
    const client = await openClient(engine, person);
    this.#clients.push(client);
    const { page } = client;
    if (be.cores !== undefined) await page.addInitScript(seemToHaveCores, be.cores);
    if (be.onlyVp8) await page.addInitScript(decodeOnlyVp8);
    await page.goto(this.bare.url);
    await page.waitForFunction(() => "codecPage" in window || "sealedPage" in window);
    return page;
  }

  async end(): Promise<void> {
    for (const client of this.#clients) await client.close().catch(() => undefined);
    this.bare.close();
    await this.server.stop();
  }
}

function seemToHaveCores(cores: number): void {
  Object.defineProperty(Navigator.prototype, "hardwareConcurrency", { get: () => cores });
}

function decodeOnlyVp8(): void {
  const all = RTCRtpReceiver.getCapabilities;
  RTCRtpReceiver.getCapabilities = (kind) => {
    const capabilities = all.call(RTCRtpReceiver, kind);
    if (kind !== "video" || capabilities === null) return capabilities;
    const isKept = ({ mimeType }: { mimeType: string }) => /vp8|rtx/i.test(mimeType);
    return { ...capabilities, codecs: capabilities.codecs.filter(isKept) };
  };
}

function cameraOf(person: Person) {
  const marks = Array.from({ length: FRAMES }, (_, frame) =>
    bitsOf({ identity: identityOf(person), frame })
      .map(Number)
      .join(""),
  );
  return { ...CAMERA, marks };
}

interface Sent {
  readonly codec: string;
  readonly mode: string;
  readonly heightPx: number;
}

/** The tallest encoding that leaves now. */
function sentBy(page: Page): Promise<Sent | undefined> {
  return page.evaluate(async () => {
    const frames = async () => {
      const counts = new Map<string, Record<string, unknown>>();
      for (const connection of window.peerConnections) {
        const stats = await connection.getStats();
        for (const report of stats.values()) {
          if (report.type !== "outbound-rtp" || report.kind !== "video") continue;
          counts.set(report.id, { ...report, mimeType: stats.get(report.codecId)?.mimeType });
        }
      }
      return counts;
    };
    const before = await frames();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const running = [...(await frames())]
      .filter(([id, { framesEncoded }]) => framesEncoded !== before.get(id)?.["framesEncoded"])
      .map(([, { mimeType, scalabilityMode, frameHeight }]) => ({
        codec: String(mimeType).replace("video/", "").toLowerCase(),
        mode: String(scalabilityMode),
        heightPx: Number(frameHeight),
      }));
    return running.sort((a, b) => b.heightPx - a.heightPx)[0];
  });
}

async function sends(page: Page, isRight: (sent: Sent) => boolean, what: string): Promise<Sent> {
  const askedAt = Date.now();
  let last: Sent | undefined;
  while (Date.now() - askedAt < CHANGE_MS_MAX) {
    last = await sentBy(page);
    if (last !== undefined && isRight(last)) return last;
  }
  throw new Error(`${what}: ${JSON.stringify(last)}`);
}

/** Of the last offer: it counts them (RFC 9429 section 5.2.1). */
function offersOf(page: Page): Promise<readonly (string | undefined)[]> {
  return page.evaluate(() =>
    window.peerConnections.map(
      (one) => /^o=\S+ \S+ (\d+)/m.exec(one.localDescription?.sdp ?? "")?.[1],
    ),
  );
}

/** Waits for two different pictures of the person, as tall as they should be. */
async function sees(page: Page, person: Person, isRight: (heightPx: number) => boolean) {
  const askedAt = Date.now();
  let first: number | undefined;
  let last: unknown;
  while (Date.now() - askedAt < CHANGE_MS_MAX) {
    const video = page.locator("video");
    const mark = await markIn(video);
    const height = await video.evaluate((element) => (element as HTMLVideoElement).videoHeight);
    last = { mark, height };
    if (mark !== undefined) assert.equal(mark.identity, identityOf(person), "nobody else's");
    if (mark !== undefined && isRight(height)) {
      first ??= mark.frame;
      if (mark.frame !== first) return;
    }
    await page.waitForTimeout(50);
  }
  throw new Error(`no such picture: ${JSON.stringify(last)}`);
}

async function watch(page: Page, person: Person, heightPx: number, source = "camera") {
  const wanted = [person, source] as const;
  await page.waitForFunction(([name, kind]) => window.codecPage.knows(name, kind), wanted);
  await page.evaluate(([name, kind, height]) => window.codecPage.show(name, height, kind), [
    ...wanted,
    heightPx,
  ] as const);
}

const tall = (heightPx: number) => heightPx > CAMERA.height / 2;
const small = (heightPx: number) => heightPx > 0 && heightPx <= CAMERA.height / 2;

describe("a camera from a machine of four cores", { concurrency: 1 }, () => {
  let meeting: Meeting;
  let ana: Page;
  let ben: Page;
  let offers: readonly (string | undefined)[];

  const enter = (page: Page, person: Person, camera?: object) =>
    page.evaluate(([room, name, url, sent]) => window.codecPage.join(room, name, url, sent), [
      meeting.room,
      person,
      meeting.signalUrl,
      camera,
    ] as const);

  before(async () => {
    meeting = await Meeting.begin("codec_page", "open/e2e-plan-harbour-4822");
    ana = await meeting.open("Ana", "chromium", { cores: 4 });
    await enter(ana, "Ana", cameraOf("Ana"));
    ben = await meeting.open("Ben", "chromium", {});
    await enter(ben, "Ben");
    await watch(ben, "Ana", CAMERA.height);
  });
  after(() => meeting.end());

  test("is sent in layers of VP9, of which each gets those that fit", async () => {
    await sends(ana, ({ codec, mode }) => codec === "vp9" && mode === "L3T3_KEY", "VP9 in layers");
    await sees(ben, "Ana", tall);
    await watch(ben, "Ana", SMALL_PX);
    await sees(ben, "Ana", small);
    await watch(ben, "Ana", CAMERA.height);
    await sees(ben, "Ana", tall);
    offers = await offersOf(ana);
  });

  test("goes over to VP8 when somebody comes who decodes nothing else, and back", async () => {
    const cleo = await meeting.open("Cleo", "chromium", { onlyVp8: true });
    await enter(cleo, "Cleo");
    await watch(cleo, "Ana", SMALL_PX);
    await sends(ana, ({ codec }) => codec === "vp8", "VP8");
    await sees(cleo, "Ana", small);
    await sees(ben, "Ana", tall);
    await cleo.evaluate(() => window.codecPage.leave());
    await sends(ana, ({ codec, mode }) => codec === "vp9" && mode === "L3T3_KEY", "VP9 again");
    await sees(ben, "Ana", tall);
    assert.deepEqual(await offersOf(ana), offers, "no offer was needed");
  });

  test("and a screen in AV1, also to Firefox where that decodes it", async () => {
    const dan = await meeting.open("Dan", "firefox", {});
    await enter(dan, "Dan");
    const codec = (await dan.evaluate(() => window.codecPage.decodes("av1"))) ? "av1" : "vp9";
    await ana.evaluate((screen) => window.codecPage.share(screen), cameraOf("Ana"));
    for (const page of [ben, dan]) await watch(page, "Ana", CAMERA.height, "screen-video");
    for (const page of [ben, dan]) await sees(page, "Ana", tall);
    await sends(ana, (sent) => sent.codec === codec, `a screen in ${codec}`);
  });
});

describe("sealed frames", { concurrency: 1 }, () => {
  let meeting: Meeting;
  before(async () => {
    meeting = await Meeting.begin("sealed_page", "open/e2e-plan-sealed-4822");
  });
  after(() => meeting.end());

  /** Pictures of Ana's, and her label beside each. */
  async function seesSealed(page: Page): Promise<void> {
    await page.evaluate(() => window.sealedPage.takePresented());
    const askedAt = Date.now();
    const frames = new Set<number>();
    while (Date.now() - askedAt < CHANGE_MS_MAX) {
      for (const one of await page.evaluate(() => window.sealedPage.takePresented())) {
        const mark = markOf(one.luma);
        if (mark === undefined) continue;
        assert.deepEqual([mark.identity, one.leaf], [identityOf("Ana"), 0], "Ana and her label");
        frames.add(mark.frame);
      }
      if (frames.size > 5) return;
      await page.waitForTimeout(100);
    }
    throw new Error(`${frames.size} pictures`);
  }

  test("go on through changes of codec", async () => {
    const enter = (page: Page, person: Person, ownLeaf: number, camera?: object) =>
      page.evaluate((entry) => window.sealedPage.join(entry), {
        ...{ room: meeting.room, displayName: person, signalUrl: meeting.signalUrl },
        ...{ keys: { ...GROUP, ownLeaf }, camera },
      });
    const show = async (page: Page) => {
      await page.waitForFunction(() => window.sealedPage.knows("Ana"));
      await page.evaluate((height) => window.sealedPage.show("Ana", height), CAMERA.height);
    };
    const ana = await meeting.open("Ana", "chromium", { cores: 4 });
    await enter(ana, "Ana", 0, cameraOf("Ana"));
    const ben = await meeting.open("Ben", "chromium", {});
    await enter(ben, "Ben", 1);
    await show(ben);
    await sends(ana, ({ codec }) => codec === "vp9", "VP9");
    await seesSealed(ben);
    const cleo = await meeting.open("Cleo", "chromium", { onlyVp8: true });
    await enter(cleo, "Cleo", 2);
    await show(cleo);
    await sends(ana, ({ codec }) => codec === "vp8", "VP8");
    await seesSealed(cleo);
    await seesSealed(ben);
    await cleo.evaluate(() => window.sealedPage.leave());
    await sends(ana, ({ codec }) => codec === "vp9", "VP9 again");
    await seesSealed(ben);
    const { unsealed } = await ana.evaluate(() => window.sealedPage.counts());
    assert.equal(unsealed, 0, "nothing was left out for want of an envelope");
    assert.deepEqual(await ana.evaluate(() => window.sealedPage.leaked()), []);
  });
});
