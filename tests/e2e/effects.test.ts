/**
 * Effects in real browsers, as the others see them: the wall behind a person is gone while the person
 * stays, in plain and in encrypted meetings, switched on and off while the call goes on. Their code and
 * model come from our own server, when they are first wanted.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { assertAccessible } from "./lib/axe.ts";
import { type Client, type ClientOptions, type Engine, openClient } from "./lib/browsers.ts";
import { eventually } from "./lib/eventually.ts";
import { Meeting } from "./lib/meeting.ts";
import { contrast, EYES, personCamera, tellFrameTimes, WALL, watchGaps } from "./lib/person.ts";
import { type Server, startServer } from "./lib/server.ts";

const PREVIEW = ".preview video";
const REMOTE = '[data-testid=tile][data-source="camera"]:not([data-local="true"]) video';
/** Of brightness: stripes of the wall, and what is left of them. Both were looked at. */
const STRIPED_FROM = 45;
const PLAIN_TO = 30;
const SHARP_FROM = 20;
/** What only effects need. */
const EFFECT_FILES = /\/assets\/(?:maker|checked|litert|selfie)[^/]*$/;
const NOISE_FILES = /\/assets\/(?:rnnoise|suppressor|worklet)[^/]*$/;
/** The machine of a test may have other things to do. */
const PATIENCE_MS = 40_000;

describe("effects", { concurrency: 1 }, () => {
  let server: Server;
  const clients: Client[] = [];
  const open = async (
    engine: Engine,
    told: number | undefined,
    options: ClientOptions = {},
  ): Promise<Meeting> => {
    const client = await openClient(engine, "Ana", { frugal: true, ...options });
    clients.push(client);
    await client.page.addInitScript(personCamera);
    if (told !== undefined) await client.page.addInitScript(tellFrameTimes, told);
    return new Meeting(client);
  };
  const openBen = async (url: string): Promise<Meeting> => {
    const client = await openClient("chromium", "Ben", { frugal: true });
    clients.push(client);
    const ben = new Meeting(client);
    await ben.join(url, { withoutDevices: true });
    return ben;
  };
  /** Waits until the wall in a video is as wanted; the person is sharp before it. */
  const sees = (at: Meeting, video: string, is: "striped" | "plain") =>
    eventually(
      `${is} at ${at.client.person}'s`,
      async () => ({
        wall: (await contrast(at.page, video, WALL)) ?? -1,
        eyes: (await contrast(at.page, video, EYES)) ?? -1,
      }),
      // A picture that is black for a moment, between two tracks, has neither.
      ({ wall, eyes }) =>
        eyes > SHARP_FROM && (is === "striped" ? wall > STRIPED_FROM : wall < PLAIN_TO),
    );
  const choose = async (at: Meeting, background: string) => {
    await at.click("camera-menu-button");
    await at.page.locator(`#menu-camera input[value="${background}"]`).check({ force: true });
    await at.page.keyboard.press("Escape");
  };
  /** What Ben hears of Ana: how loud it is when it is quietest, and when it is loudest. */
  const levels = async (ben: Meeting) => {
    const windows = await ben.hear(await ben.participantIdOf("Ana"), 10);
    const sorted = windows.sort((a, b) => a - b);
    const at = (share: number) => Math.round(sorted[Math.floor(sorted.length * share)] ?? -1);
    return { noiseDb: at(0.1), speechDb: at(0.85) };
  };
  const effectFiles = ({ client }: Meeting) =>
    client.requests.filter((url) => EFFECT_FILES.test(url)).map((url) => new URL(url).pathname);
  const closeAll = async () => {
    for (const client of clients.splice(0)) await client.close().catch(() => undefined);
  };

  before(async () => {
    server = await startServer();
  });
  after(async () => {
    await closeAll();
    await server.stop();
  });

  const places: readonly (readonly [Engine, string])[] = [
    ["chromium", "/r/effect-sineve-rybody-speyes#1.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"],
    ["firefox", "/open/e2e-effects"],
  ];
  for (const [engine, path] of places) {
    describe(`a background in ${engine}, ${path.slice(1, path.indexOf("/", 1))}`, () => {
      let ana: Meeting;
      let ben: Meeting;
      after(closeAll);

      test("is fetched when it is chosen, and seen before the meeting", async () => {
        ana = await open(engine, 5);
        await ana.open(`${server.url}${path}`);
        await sees(ana, PREVIEW, "striped");
        assert.deepEqual(effectFiles(ana), []);
        await choose(ana, "strong");
        await sees(ana, PREVIEW, "plain");
        const files = effectFiles(ana);
        for (const kind of [".js", ".wasm", ".tflite"]) {
          assert.ok(
            files.some((file) => file.endsWith(kind)),
            `${kind}: ${files}`,
          );
        }
      });

      test("is all that the others get, and no request left the origin", async () => {
        ben = await openBen(`${server.url}${path}`);
        await ana.click("join-button");
        await ana.page.getByTestId("leave-button").waitFor();
        await sees(ben, REMOTE, "plain");
        const away = ana.client.requests.filter((url) => !/^(?:blob|data):/.test(url));
        for (const url of away) assert.equal(new URL(url).origin, server.url);
      });

      test("goes and comes while the call goes on, without a pause", async () => {
        const stop = await watchGaps(ben.page, REMOTE);
        await choose(ana, "none");
        await sees(ben, REMOTE, "striped");
        await choose(ana, "studio");
        await sees(ben, REMOTE, "plain");
        await choose(ana, "light");
        await ben.page.waitForTimeout(1000);
        const gapMs = await stop();
        console.log(`effects: engine=${engine} longest_gap_at_receiver_ms=${gapMs}`);
        // Some tenths of a second; the rest is for machines that do much else.
        assert.ok(gapMs > 0 && gapMs < 3000, `${gapMs} ms`);
      });

      test("stays over the camera being off", async () => {
        await choose(ana, "strong");
        await ana.click("camera-button");
        await ana.page.locator('[data-device=camera][data-status="off"]').waitFor();
        await ana.click("camera-button");
        await ana.page.locator('[data-device=camera][data-status="live"]').waitFor();
        await sees(ben, REMOTE, "plain");
        const took = await ana.page.evaluate(() =>
          (window as unknown as { tookMs: number[] }).tookMs.sort((a, b) => a - b),
        );
        const at = (share: number) => took[Math.floor(took.length * share)]?.toFixed(1);
        console.log(
          `effects: engine=${engine} frames=${took.length} frame_ms_p50=${at(0.5)} frame_ms_p95=${at(0.95)}`,
        );
        assert.ok(took.length > 20);
      });
    });
  }

  for (const engine of ["chromium", "firefox"] as const) {
    test(`strong suppression takes the noise out of ${engine}'s microphone, and leaves speech`, async () => {
      const ana = await open(engine, undefined, { noisy: true });
      const url = `${server.url}/open/e2e-effects-noise-${engine}`;
      await ana.join(url);
      const ben = await openBen(url);
      await eventually(
        "Ana's voice",
        async () => (await ben.hear(await ben.participantIdOf("Ana"), 1)).length,
        (windows) => windows > 0,
      );
      const before = await levels(ben);
      assert.equal(ana.client.requests.filter((url) => NOISE_FILES.test(url)).length, 0);
      await ana.click("microphone-menu-button");
      await ana.page.locator('#menu-microphone input[value="strong"]').check({ force: true });
      await ana.page.keyboard.press("Escape");
      let after = before;
      await eventually(
        "less noise",
        async () => {
          after = await levels(ben);
          return after;
        },
        ({ noiseDb, speechDb }) => noiseDb < before.noiseDb - 8 && speechDb > before.speechDb - 6,
      );
      console.log(
        `effects: engine=${engine} noise_before_db=${before.noiseDb} noise_after_db=${after.noiseDb} speech_before_db=${before.speechDb} speech_after_db=${after.speechDb}`,
      );
      assert.ok(ana.client.requests.some((url) => NOISE_FILES.test(url)));
      for (const url of ana.client.requests.filter((url) => !/^(?:blob|data):/.test(url))) {
        assert.equal(new URL(url).origin, server.url);
      }
      // Muted is muted.
      await ana.mute();
      await eventually(
        "silence",
        () => levels(ben),
        ({ speechDb }) => speechDb < before.noiseDb - 8,
      );
      await closeAll();
    });
  }

  test("a machine that cannot keep up does less, then takes the camera off: nobody sees the room unasked", async () => {
    const ana = await open("chromium", 400);
    const url = `${server.url}/open/e2e-effects-slow`;
    await ana.join(url);
    const ben = await openBen(url);
    await choose(ana, "strong");
    await sees(ben, REMOTE, "plain");
    const banner = ana.page.getByTestId("withheld-banner");
    // Three paces, each of which is given some seconds.
    await banner.getByText("could not keep up").waitFor({ timeout: 2 * PATIENCE_MS });
    await ana.page.locator('[data-device=camera][data-status="off"]').waitFor();
    await ben.page.locator(REMOTE).waitFor({ state: "hidden" });
    await assertAccessible(ana.page, "a camera that went off for its background");
    await ana.click("show-without");
    await banner.waitFor({ state: "detached" });
    await sees(ben, REMOTE, "striped");
    await closeAll();
  });

  test("settings show all backgrounds; a picture of one's own stays in the browser", async () => {
    const ana = await open("chromium", 5);
    await ana.join(`${server.url}/open/e2e-effects-settings`);
    await ana.click("view-button");
    await ana.click("settings-button");
    await ana.page.getByTestId("backgrounds").waitFor();
    for (const colorScheme of ["light", "dark"] as const) {
      await ana.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await ana.page.waitForFunction(() => document.getAnimations().length === 0);
      await assertAccessible(ana.page, `backgrounds, ${colorScheme},`);
    }
    const asked = ana.client.requests.length;
    const file = ana.page.getByTestId("background-file");
    await file.setInputFiles({ name: "x.png", mimeType: "image/png", buffer: Buffer.from("none") });
    await ana.page.getByText("That picture cannot be used.").waitFor();
    const picture = await ana.page.screenshot({ clip: { x: 0, y: 0, width: 64, height: 36 } });
    await file.setInputFiles({ name: "x.png", mimeType: "image/png", buffer: picture });
    await ana.page.locator("[data-testid=background-own]:checked").waitFor();
    const own =
      '[data-testid=tile][data-local="true"] video, [data-testid=self] video, .tile video';
    await sees(ana, own, "plain");
    const later = ana.client.requests.slice(asked).filter((url) => !/^(?:blob|data):/.test(url));
    // The page may be comparing its release at the same moment.
    assert.ok(
      later.some((url) => EFFECT_FILES.test(url)),
      String(later),
    );
    assert.ok(
      later.every((url) => url.startsWith(`${server.url}/`)),
      String(later),
    );
    const kept = await ana.page.evaluate(() => localStorage.getItem("conclave.background"));
    assert.match(kept ?? "", /^data:image\/jpeg;base64,/);
    await ana.click("wipe");
    await ana.page.waitForFunction(() => localStorage.getItem("conclave.background") === null);
    await closeAll();
  });
});
