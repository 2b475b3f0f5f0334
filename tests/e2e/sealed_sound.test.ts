/**
 * Sound of an encrypted meeting over a line that loses, in Chromium and in Firefox: repeated packets,
 * and packets that carry the frames before them (RFC 2198, Chromium alone), are opened and heard.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Client, type Engine, openClient } from "./lib/browsers.ts";
import { steadySound, useRelay } from "./lib/in-page.ts";
import { type IsolatedServer, type Link, startIsolatedServer } from "./lib/link.ts";
import { Meeting } from "./lib/meeting.ts";
import { soundInWords, Watch } from "./lib/watch.ts";

/** One copy of each packet repairs it, so Chromium gets blocks. */
const LOSS = 0.08;
/** What is left by chance is 0.6 %. */
const CONCEALMENT_MAX = 0.02;
const PACKETS_PER_SECOND = 50;
const SETTLE_SECONDS = 8;
const LISTEN_SECONDS = 20;

for (const engine of ["chromium", "firefox"] as const satisfies readonly Engine[]) {
  describe(`sealed sound in ${engine}`, { concurrency: 1 }, () => {
    let isolated: IsolatedServer;
    let link: Link;
    let ben: Meeting;
    const clients: Client[] = [];

    const open = async (client: Client, relay: Link): Promise<Meeting> => {
      clients.push(client);
      // Of two people the media would go directly, past the server and its repairs.
      await client.page.addInitScript(() =>
        localStorage.setItem("conclave.preferences", JSON.stringify({ addressPrivate: true })),
      );
      await client.page.addInitScript(useRelay, relay.port);
      return new Meeting(client);
    };

    before(async () => {
      isolated = await startIsolatedServer();
      link = await isolated.link(2);
      const speaker = await openClient("chromium", "Ana", { frugal: true });
      await speaker.page.addInitScript(steadySound);
      const ana = await open(speaker, await isolated.link(1));
      await ana.page.goto(isolated.server.url);
      await ana.click("new-meeting");
      await ana.page.getByTestId("name-input").fill("Ana");
      await ana.click("join-button");
      await ana.page.locator("[data-testid=lock-button][data-state=sealed]").waitFor();
      ben = await open(await openClient(engine, "Ben", { frugal: true }), link);
      await ben.join(ana.page.url());
      await ben.tile("Ana").locator("video").waitFor();
    });
    after(async () => {
      for (const client of clients) await client.close().catch(() => undefined);
      await isolated.stop();
    });

    test(`at ${100 * LOSS} % loss`, async () => {
      await link.set("down", { rate_kbps: 3000, queue_ms: 300, delay_ms: 10, loss: LOSS });
      const watch = new Watch(ben.page);
      await watch.during(SETTLE_SECONDS);
      const passage = await watch.during(LISTEN_SECONDS);
      console.log(`${engine}, sealed, ${100 * LOSS} % loss: ${soundInWords(passage)}`);
      assert.ok(passage.soundPacketsPerSecond > 0.8 * PACKETS_PER_SECOND, "sound arrives");
      assert.ok(passage.concealment <= CONCEALMENT_MAX, `${100 * passage.concealment} %`);
      if (engine !== "chromium") return;
      const spared = passage.soundPacketsPerSecond < 1.2 * PACKETS_PER_SECOND;
      assert.ok(spared, "blocks of later packets, not packets of their own");
    });
  });
}
