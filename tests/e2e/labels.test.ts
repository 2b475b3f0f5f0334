/**
 * Whose picture it is, under loss: one slot is switched between two people, and in every picture that
 * is presented the identity burned into it is that of the name beside it, which comes from the
 * authenticated key id of its frames. 200 switches with CONCLAVE_LONG=1.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Page } from "playwright-core";
import { bitsOf } from "./lib/barcode.ts";
import { type BarePage, bundle, serveBarePage } from "./lib/bare-page.ts";
import { type Client, type Engine, identityOf, openClient } from "./lib/browsers.ts";
import { oneVideoSlot, useRelay } from "./lib/in-page.ts";
import { type IsolatedServer, startIsolatedServer } from "./lib/link.ts";
import { markOf, type Presented, type SealedPage } from "./lib/sealed.ts";

declare const window: Window & { sealedPage: SealedPage; heldDevice: MediaStream };

const LONG = process.env["CONCLAVE_LONG"] === "1";
const SWITCHES = LONG ? 200 : 20;
/**
 * The viewer comes anew after so many: under steady loss and with a key frame every quarter of a second
 * the server may find, after a hundred, that the rate is not enough for any picture, and stay with it.
 */
const ROUND = 25;
const LOSS = 0.05;
const CAMERA = { width: 320, height: 180, framesPerSecond: 10, codec: "vp8" };
const FRAMES = 400;
/** From the order to the picture, with a key frame whose packets get lost. */
const PICTURE_MS_MAX = 8000;
const GROUP = { epoch: 1, group: 1, leaves: [0, 1, 2] };
/** In the order of their leaves. */
const SENDERS = ["Ana", "Ben"] as const;

/** What was presented: whose picture, and beside whose name. */
class Tally {
  right = 0;
  wrong = 0;
  nameless = 0;
  unreadable = 0;

  add({ luma, leaf }: Presented): number | undefined {
    const identity = markOf(luma)?.identity;
    if (identity === undefined) this.unreadable++;
    else if (leaf === undefined) this.nameless++;
    else if (SENDERS[leaf] !== undefined && identityOf(SENDERS[leaf]) === identity) this.right++;
    else this.wrong++;
    return identity;
  }
}

async function enter(page: Page, bare: BarePage, entry: object): Promise<void> {
  await page.goto(bare.url);
  await page.waitForFunction(() => window.sealedPage !== undefined);
  // Firefox keeps to its default route, which is not loopback, until somebody uses a device.
  await page.evaluate(async () => {
    window.heldDevice = await navigator.mediaDevices.getUserMedia({ audio: true });
  });
  await page.evaluate((what) => window.sealedPage.join(what), entry);
}

for (const engine of ["chromium", "firefox"] as const satisfies readonly Engine[]) {
  describe(`names beside pictures in ${engine}`, { concurrency: 1 }, () => {
    let isolated: IsolatedServer;
    let bare: BarePage;
    let viewer: Page;
    let comeAnew: () => Promise<void>;
    const clients: Client[] = [];

    before(async () => {
      const script = await bundle("web/sdk/src/testing/sealed_page.ts");
      bare = await serveBarePage(script, "'self' ws://localhost:*");
      isolated = await startIsolatedServer(["--allowed-origin", bare.url]);
      const signalUrl = `${isolated.server.url.replace("http", "ws")}/signal`;
      const where = { room: `open/e2e-labels-${engine}`, signalUrl };
      const good = await isolated.link(1);
      const sender = await openClient("chromium", "Ana");
      clients.push(sender);
      for (const [ownLeaf, displayName] of SENDERS.entries()) {
        const page = ownLeaf === 0 ? sender.page : await sender.page.context().newPage();
        const marks = Array.from({ length: FRAMES }, (_, frame) =>
          bitsOf({ identity: identityOf(displayName), frame })
            .map(Number)
            .join(""),
        );
        const camera = { ...CAMERA, marks };
        const keys = { ...GROUP, ownLeaf };
        await page.addInitScript(useRelay, good.port);
        await enter(page, bare, { ...where, displayName, camera, keys });
      }
      const client = await openClient(engine, "Cleo");
      clients.push(client);
      viewer = client.page;
      await viewer.addInitScript(oneVideoSlot);
      const bad = await isolated.link(2);
      await bad.set("down", { loss: LOSS });
      await viewer.addInitScript(useRelay, bad.port);
      const keys = { ...GROUP, ownLeaf: 2 };
      comeAnew = () => enter(viewer, bare, { ...where, displayName: "Cleo", keys });
    });
    after(async () => {
      for (const client of clients) await client.close().catch(() => undefined);
      bare?.close();
      await isolated?.stop();
    });

    test(`${SWITCHES} switches at ${100 * LOSS} % loss`, async () => {
      const tally = new Tally();
      const waits: number[] = [];
      for (let i = 0; i <= SWITCHES; i++) {
        if (i % ROUND === 0) await comeAnew();
        const name = SENDERS[i % 2] ?? "Ana";
        await viewer.waitForFunction((who) => window.sealedPage.knows(who), name);
        await viewer.evaluate((who) => window.sealedPage.show(who, 180), name);
        const askedAt = Date.now();
        let isSeen = false;
        while (!isSeen) {
          if (Date.now() - askedAt > PICTURE_MS_MAX) {
            const counts = await viewer.evaluate(() => window.sealedPage.counts());
            assert.fail(
              `no picture of ${name} in switch ${i}: ${JSON.stringify({ tally, counts })}`,
            );
          }
          for (const picture of await viewer.evaluate(() => window.sealedPage.takePresented())) {
            if (tally.add(picture) === identityOf(name)) isSeen = true;
          }
        }
        waits.push(Date.now() - askedAt);
      }
      waits.sort((a, b) => a - b);
      console.log(
        `${engine}: ${JSON.stringify(tally)} in ${SWITCHES} switches, ` +
          `p50 ${waits[waits.length >> 1]} ms, longest ${waits.at(-1)} ms`,
      );
      assert.equal(tally.wrong, 0);
      assert.equal(tally.nameless, 0);
      assert.ok(tally.right > 2 * SWITCHES);
      assert.ok(tally.unreadable < tally.right / 10, `${tally.unreadable} unreadable`);
    });
  });
}
