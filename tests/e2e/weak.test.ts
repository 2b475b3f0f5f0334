/**
 * What a person with a bad network is told, and offered: "your upload is weak" while it is, and sound
 * alone where there is no room for pictures.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Client, type Engine, identityOf, openClient } from "./lib/browsers.ts";
import { useRelay } from "./lib/in-page.ts";
import { type IsolatedServer, type Link, startIsolatedServer } from "./lib/link.ts";
import { Meeting } from "./lib/meeting.ts";
import { Watch } from "./lib/watch.ts";

const GOOD = { rate_kbps: 0, queue_ms: 300, delay_ms: 10 };
/** Sound, and hardly the smallest picture. */
const NARROW_KBPS = 100;
/** Not even that. */
const VERY_NARROW_KBPS = 70;
/** Ten seconds until the browser's estimate is believed, four in which the trouble lasts, and more. */
const WEAK_MS_MAX = 40_000;
/** The browser is slow to trust its upload again, and good news takes ten seconds to be told. */
const GOOD_MS_MAX = 90_000;
/** Ten seconds without pictures, and what the server takes to leave them out. */
const OFFER_MS_MAX = 45_000;

for (const engine of ["chromium", "firefox"] as const satisfies readonly Engine[]) {
  describe(`a bad network in ${engine}`, { concurrency: 1 }, () => {
    let isolated: IsolatedServer;
    let link: Link;
    let ben: Meeting;
    const clients: Client[] = [];

    before(async () => {
      isolated = await startIsolatedServer();
      const room = `${isolated.server.url}/open/e2e-weak-${engine}`;
      const enter = async (client: Client, seed: number): Promise<[Meeting, Link]> => {
        clients.push(client);
        const relay = await isolated.link(seed);
        await client.page.addInitScript(useRelay, relay.port);
        const meeting = new Meeting(client);
        await meeting.join(room);
        return [meeting, relay];
      };
      const [ana] = await enter(await openClient("chromium", "Ana"), 1);
      [ben, link] = await enter(await openClient(engine, "Ben"), 2);
      await ana.seesMoving("Ben", identityOf("Ben"));
      await ben.seesMoving("Ana", identityOf("Ana"));
    });
    after(async () => {
      for (const client of clients) await client.close().catch(() => undefined);
      await isolated.stop();
    });

    test("a narrow upload is told, and no longer when it is wide again", async () => {
      const { page } = ben;
      const told = page.locator('[data-testid=quality-button][data-weak="upload"]');
      assert.equal(await told.count(), 0);
      let startedAt = Date.now();
      await link.set("up", { ...GOOD, rate_kbps: NARROW_KBPS });
      await told.waitFor({ timeout: WEAK_MS_MAX });
      const weakAfterMs = Date.now() - startedAt;
      assert.equal(await told.getAttribute("aria-label"), "Your upload is weak");
      startedAt = Date.now();
      await link.set("up", GOOD);
      await told.waitFor({ state: "detached", timeout: GOOD_MS_MAX });
      console.log(
        `${engine}: weak upload told after ${weakAfterMs} ms, gone after ${Date.now() - startedAt} ms`,
      );
    });

    test("no room for pictures: sound alone is offered, taken and taken back", async () => {
      const { page } = ben;
      const offer = page.getByTestId("audio-only-offer");
      assert.equal(await offer.count(), 0);
      const startedAt = Date.now();
      await link.set("down", { ...GOOD, rate_kbps: VERY_NARROW_KBPS });
      await offer.waitFor({ timeout: OFFER_MS_MAX });
      console.log(`${engine}: sound alone offered after ${Date.now() - startedAt} ms`);
      await ben.click("audio-only-accept");
      await page.getByTestId("audio-only-banner").waitFor();
      assert.equal(await offer.count(), 0);
      // From now on it is not for lack of room.
      await link.set("down", GOOD);
      await page.waitForTimeout(5000);
      const { fps, soundPacketsPerSecond } = await new Watch(page).during(5);
      assert.equal(fps, 0, "pictures");
      assert.ok(soundPacketsPerSecond > 10, `sound: ${soundPacketsPerSecond} packets a second`);
      await ben.click("show-video");
      await ben.seesMoving("Ana", identityOf("Ana"));
      assert.equal(await page.getByTestId("audio-only-banner").count(), 0);
    });
  });
}
