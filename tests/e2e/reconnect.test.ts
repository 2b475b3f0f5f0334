/** The WebSocket is cut and comes back, while pictures and sound go on as if nothing had happened. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Client, type Engine, openClient } from "./lib/browsers.ts";
import { Meeting } from "./lib/meeting.ts";
import { type Server, startServer } from "./lib/server.ts";

/** Ten pictures a second come; a busy machine may drop a few of them. */
const PICTURE_GAP_MS_MAX = 700;

declare const window: Window & { sockets: WebSocket[]; gapMs: number };

/** Notes the longest time between two pictures of somebody's tile from now on. */
function watchGaps(participant: string): void {
  const video = document.querySelector<HTMLVideoElement>(
    `[data-testid=tile][data-participant="${participant}"] video`,
  );
  let last = performance.now();
  window.gapMs = 0;
  const onFrame = (now: number): void => {
    window.gapMs = Math.max(window.gapMs, now - last);
    last = now;
    video?.requestVideoFrameCallback(onFrame);
  };
  video?.requestVideoFrameCallback(onFrame);
}

for (const engine of ["chromium", "firefox"] as const satisfies readonly Engine[]) {
  describe(`a cut WebSocket in ${engine}`, () => {
    let server: Server;
    const clients: Client[] = [];

    before(async () => {
      server = await startServer();
    });
    after(async () => {
      for (const client of clients) await client.close().catch(() => undefined);
      await server.stop();
    });

    test("it comes back, and no picture and no packet was lost meanwhile", async () => {
      const room = `${server.url}/open/e2e-reconnect-${engine}`;
      clients.push(await openClient("chromium", "Ana"), await openClient(engine, "Dan"));
      const [ana, dan] = clients.map((client) => new Meeting(client));
      assert.ok(ana && dan);
      await ana.join(room);
      await dan.join(room);
      await dan.seesMoving("Ana", 1);
      await dan.page.waitForTimeout(2000);
      // What this machine does to pictures while nothing happens.
      await dan.page.evaluate(watchGaps, await dan.participantIdOf("Ana"));
      await dan.page.waitForTimeout(5000);
      const controlMs = await dan.page.evaluate(() => window.gapMs);
      await dan.page.evaluate(() => {
        window.gapMs = 0;
      });
      const lostBefore = await dan.inbound("packetsLost");
      const socketsBefore = await dan.page.evaluate(() => window.sockets.length);

      await dan.page.evaluate(() => window.sockets.at(-1)?.close());
      await dan.page.waitForFunction(
        (count) => window.sockets.length > count && window.sockets.at(-1)?.readyState === 1,
        socketsBefore,
        { timeout: 5000 },
      );
      await dan.page.waitForTimeout(3000);

      const gapMs = await dan.page.evaluate(() => window.gapMs);
      console.log(
        `${engine}: the longest time without a new picture was ${gapMs.toFixed(0)} ms, and ${controlMs.toFixed(0)} ms before the cut`,
      );
      assert.ok(
        gapMs > 0 && gapMs <= Math.max(PICTURE_GAP_MS_MAX, controlMs),
        `${gapMs} ms without a picture`,
      );
      assert.equal(await dan.inbound("packetsLost"), lostBefore);
      // And the new socket carries what is said.
      await ana.click("chat-button");
      await ana.page.getByTestId("chat-input").fill("still there?");
      await ana.page.keyboard.press("Enter");
      await dan.click("chat-button");
      await dan.page.getByTestId("chat-message").filter({ hasText: "still there?" }).waitFor();
    });
  });
}
