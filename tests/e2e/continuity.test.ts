/**
 * Decisions 19 and 20 in real browsers: a slot whose source switches and pauses never freezes, and
 * picture and sound of one person stay together although nothing of the sender's clock is passed on.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Client, type Engine, identityOf, openClient, type Person } from "./lib/browsers.ts";
import { Meeting } from "./lib/meeting.ts";
import { type Server, startServer } from "./lib/server.ts";

for (const engine of ["chromium", "firefox"] as const satisfies readonly Engine[]) {
  describe(`slots seen in ${engine}`, { concurrency: 1 }, () => {
    let server: Server;
    const clients: Client[] = [];
    const enter = async (person: Person, browser: Engine): Promise<Meeting> => {
      const client = await openClient(browser, person);
      clients.push(client);
      const meeting = new Meeting(client);
      await meeting.join(`${server.url}/open/e2e-continuity-${engine}`);
      return meeting;
    };

    before(async () => {
      server = await startServer();
    });
    after(async () => {
      for (const client of clients) await client.close().catch(() => undefined);
      await server.stop();
    });

    test("sources switch and pause in a slot without a freeze", async () => {
      const ana = await enter("Ana", "chromium");
      const ben = await enter("Ben", "chromium");
      const viewer = await enter("Dan", engine);
      await viewer.seesMoving("Ana", identityOf("Ana"));
      await viewer.seesMoving("Ben", identityOf("Ben"));
      const freezesBefore = await viewer.inbound("freezeCount");
      // Each pause frees nothing in the slot map, each resume must fit the slot's clock; the pauses
      // differ in length so that the sources' own clocks drift apart from the slots'.
      for (const pauseMs of [700, 1500, 3000]) {
        for (const [meeting, person] of [
          [ana, "Ana"],
          [ben, "Ben"],
        ] as const) {
          await meeting.click("camera-button");
          await meeting.page.waitForTimeout(pauseMs);
          await meeting.click("camera-button");
          await viewer.seesMoving(person, identityOf(person));
        }
      }
      // Longer than a browser needs to call a late frame a freeze.
      await viewer.page.waitForTimeout(2000);
      const freezes = (await viewer.inbound("freezeCount")) - freezesBefore;
      assert.equal(freezes, 0);
    });
  });
}
