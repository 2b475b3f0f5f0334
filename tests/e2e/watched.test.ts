/** Only what somebody watches is encoded and sent, without an offer; and it is back at once. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Page } from "playwright-core";
import { type Client, type Engine, identityOf, openClient } from "./lib/browsers.ts";
import { countOffers, nextPictureAfter, pretendHidden } from "./lib/in-page.ts";
import { judged } from "./lib/judged.ts";
import { Meeting } from "./lib/meeting.ts";
import { type Server, startServer } from "./lib/server.ts";

/** The server keeps a layer for four seconds in case it is wanted again, and looks every two. */
const UNWATCHED_MS_MAX = 9000;
/** A hidden page keeps its pictures for five seconds more. */
const HIDDEN_MS_MAX = UNWATCHED_MS_MAX + 5000;
/** An encoder that has to start. */
const RESTART_MS_MAX = 1500;
/** A layer that somebody else watches. */
const PRESENT_MS_MAX = 400;
/** The fastest counts: another process may hold the machine during one of them. */
const ROUNDS = 3;

interface Sent {
  readonly frames: number;
  readonly audioPackets: number;
}

function sentBy(page: Page): Promise<Sent> {
  return page.evaluate(async () => {
    const sum = { frames: 0, audioPackets: 0 };
    const { peerConnections } = window as unknown as { peerConnections: RTCPeerConnection[] };
    for (const connection of peerConnections) {
      for (const report of (await connection.getStats()).values()) {
        if (report.type !== "outbound-rtp") continue;
        if (report.kind === "audio") sum.audioPackets += report.packetsSent ?? 0;
        else sum.frames += report.framesSent ?? 0;
      }
    }
    return sum;
  });
}

/** Resolves with how long it took until no frame left for a second. */
async function stopsSending(page: Page, withinMs: number): Promise<number> {
  const startedAt = Date.now();
  let last = await sentBy(page);
  for (;;) {
    const at = Date.now() - startedAt;
    await page.waitForTimeout(1000);
    const now = await sentBy(page);
    if (now.frames === last.frames) return at;
    assert.ok(at < withinMs, `pictures are still sent after ${at} ms`);
    last = now;
  }
}

/** Moves the stage out of the window, as a page that embeds the meeting and scrolls does. */
function scrollAway(page: Page, away: boolean): Promise<void> {
  return page.evaluate((isAway) => {
    const stage = document.querySelector<HTMLElement>(".meeting-main");
    if (stage) stage.style.translate = isAway ? "0 -300vh" : "";
  }, away);
}

for (const engine of ["chromium", "firefox"] as const satisfies readonly Engine[]) {
  describe(`what ${engine} sends`, { concurrency: 1 }, () => {
    let server: Server;
    const clients: Client[] = [];
    let ana: Meeting;
    let ben: Meeting;
    let room: string;
    let offersBefore: number[];

    const offers = () =>
      Promise.all(
        clients.map(({ page }) =>
          page.evaluate(() => (window as unknown as { offersMade: number }).offersMade),
        ),
      );
    /** How long after `act` in Ben's page a new picture of Ana is on screen. */
    const pictureAfter = async (act: () => Promise<void>): Promise<number> => {
      const next = ben.page.evaluate(nextPictureAfter, await ben.participantIdOf("Ana"));
      await act();
      return next;
    };

    before(async () => {
      server = await startServer();
      room = `${server.url}/open/e2e-watched-${engine}`;
      for (const [person, browser] of [
        ["Ana", engine],
        ["Ben", "chromium"],
      ] as const) {
        const client = await openClient(browser, person);
        clients.push(client);
        await client.page.addInitScript(countOffers);
        await client.page.addInitScript(pretendHidden);
      }
      [ana, ben] = clients.map((client) => new Meeting(client)) as [Meeting, Meeting];
      await ana.join(room);
      await ben.join(room, { withoutDevices: true });
      await ben.seesMoving("Ana", identityOf("Ana"));
      offersBefore = await offers();
    });
    after(async () => {
      for (const client of clients) await client.close().catch(() => undefined);
      await server.stop();
    });

    test("stops while the only viewer's page is hidden, but for the sound", async () => {
      await ben.page.evaluate("window.pretendHidden(true)");
      const took = await stopsSending(ana.page, HIDDEN_MS_MAX);
      const { audioPackets } = await sentBy(ana.page);
      await ana.page.waitForTimeout(1000);
      assert.ok((await sentBy(ana.page)).audioPackets > audioPackets, "the sound goes on");
      assert.equal(await ana.page.locator('[data-device=camera][data-on="true"]').count(), 1);
      const back = await pictureAfter(() => ben.page.evaluate("window.pretendHidden(false)"));
      console.log(
        `${engine}: hidden: stopped after ${took} ms, a picture again after ${back.toFixed()} ms`,
      );
      assert.ok(back < RESTART_MS_MAX, `the picture is back after ${back} ms`);
    });

    test("stops while the tile is out of sight", async () => {
      const backs: number[] = [];
      for (let round = 0; round < (engine === "chromium" ? ROUNDS : 1); round++) {
        await scrollAway(ben.page, true);
        const took = await stopsSending(ana.page, UNWATCHED_MS_MAX);
        const back = await pictureAfter(() => scrollAway(ben.page, false));
        console.log(
          `${engine}: scrolled: stopped after ${took} ms, back after ${back.toFixed()} ms`,
        );
        backs.push(back);
      }
      assert.ok(judged(backs) < RESTART_MS_MAX, `the picture is back after ${backs} ms`);
    });

    test("stops for a viewer who wants sound only", async () => {
      await ben.click("quality-button");
      await ben.click("audio-only-switch");
      await ben.page.keyboard.press("Escape");
      const took = await stopsSending(ana.page, UNWATCHED_MS_MAX);
      const back = await pictureAfter(() => ben.click("show-video"));
      console.log(
        `${engine}: audio only: stopped after ${took} ms, back after ${back.toFixed()} ms`,
      );
      assert.ok(back < RESTART_MS_MAX, `the picture is back after ${back} ms`);
      await ben.seesMoving("Ana", identityOf("Ana"));
    });

    test("is back sooner where somebody else watches it", async (t) => {
      if (engine === "firefox") return t.skip("the same viewers as of Chromium");
      const client = await openClient("chromium", "Cleo");
      clients.push(client);
      await client.page.addInitScript(countOffers);
      const cleo = new Meeting(client);
      await cleo.join(room, { withoutDevices: true });
      await cleo.seesMoving("Ana", identityOf("Ana"));
      const backs: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        await scrollAway(ben.page, true);
        await ben.page.waitForTimeout(2000);
        backs.push(await pictureAfter(() => scrollAway(ben.page, false)));
      }
      console.log(
        `${engine}: watched by another: back after ${backs.map((ms) => ms.toFixed())} ms`,
      );
      assert.ok(judged(backs) < PRESENT_MS_MAX, `the picture is back after ${backs} ms`);
    });

    test("changes without an offer", async () => {
      assert.deepEqual((await offers()).slice(0, 2), offersBefore);
    });
  });
}

describe("the sizes of a large camera", { concurrency: 1 }, () => {
  const small = { width: 320, height: 400 };
  const large = { width: 1280, height: 900 };
  let server: Server;
  const clients: Client[] = [];
  let ana: Meeting;
  let ben: Meeting;

  /** Heights of what Ana sends within the next second, lowest first. */
  const sizesSent = async () => {
    const counts = () =>
      ana.page.evaluate(async () => {
        const sizes: [string, number, number][] = [];
        const { peerConnections } = window as unknown as { peerConnections: RTCPeerConnection[] };
        for (const connection of peerConnections) {
          for (const report of (await connection.getStats()).values()) {
            if (report.type !== "outbound-rtp" || report.kind !== "video") continue;
            sizes.push([report.id, report.framesSent ?? 0, report.frameHeight ?? 0]);
          }
        }
        return sizes;
      });
    const before = new Map((await counts()).map(([id, frames]) => [id, frames]));
    await ana.page.waitForTimeout(1000);
    const moved = (await counts()).filter(([id, frames]) => frames > (before.get(id) ?? 0));
    return moved.map(([, , height]) => height).sort((a, b) => a - b);
  };
  const sends = async (heights: readonly number[], withinMs: number) => {
    const startedAt = Date.now();
    for (;;) {
      const sent = await sizesSent();
      if (JSON.stringify(sent) === JSON.stringify(heights)) return Date.now() - startedAt;
      assert.ok(Date.now() - startedAt < withinMs, `sent are ${sent}, not ${heights}`);
    }
  };

  before(async () => {
    server = await startServer();
    const room = `${server.url}/open/e2e-watched-sizes`;
    clients.push(await openClient("chromium", "Ana", { large: true }));
    clients.push(await openClient("chromium", "Ben", { viewport: small }));
    [ana, ben] = clients.map((client) => new Meeting(client)) as [Meeting, Meeting];
    await ana.join(room);
    await ben.join(room, { withoutDevices: true });
  });
  after(async () => {
    for (const client of clients) await client.close().catch(() => undefined);
    await server.stop();
  });

  test("are those that a viewer has room for, and a larger one comes with a larger window", async () => {
    await sends([180, 360], 20_000);
    const took: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const grown = ben.page.evaluate(
        async (participant) => {
          const startedAt = performance.now();
          const tile = `[data-testid=tile][data-participant="${participant}"]`;
          while (performance.now() - startedAt < 10_000) {
            const video = document.querySelector<HTMLVideoElement>(`${tile} video`);
            if ((video?.videoHeight ?? 0) > 360) break;
            await new Promise((resolve) => setTimeout(resolve, 10));
          }
          return performance.now() - startedAt;
        },
        await ben.participantIdOf("Ana"),
      );
      await ben.page.setViewportSize(large);
      took.push(await grown);
      await ben.page.setViewportSize(small);
      await sends([180, 360], 20_000);
    }
    console.log(`a larger picture after ${took.map((ms) => ms.toFixed())} ms`);
    assert.ok(judged(took) < RESTART_MS_MAX, `a larger picture after ${took} ms`);
  });
});
