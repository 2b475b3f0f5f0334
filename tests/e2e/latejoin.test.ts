/** Who joins late has a picture in under a second on localhost. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Client, identityOf, openClient } from "./lib/browsers.ts";
import { Meeting } from "./lib/meeting.ts";
import { type Server, startServer } from "./lib/server.ts";

describe("joining late", () => {
  let server: Server;
  const clients: Client[] = [];

  before(async () => {
    server = await startServer();
  });
  after(async () => {
    for (const client of clients) await client.close().catch(() => undefined);
    await server.stop();
  });

  test("a picture of who was there is up in under a second", async () => {
    const room = `${server.url}/open/e2e-late-join`;
    for (const person of ["Ana", "Ben"] as const)
      clients.push(await openClient("chromium", person));
    const [ana, ben] = clients.map((client) => new Meeting(client));
    assert.ok(ana && ben);
    await ana.join(room);
    // Of three joins the fastest counts: another process may hold the machine during one of them.
    const took: number[] = [];
    for (let round = 0; round < 3; round++) {
      await ben.join(room);
      const joinedAt = Date.now();
      while ((await ben.mark("Ana"))?.identity !== identityOf("Ana")) {
        assert.ok(Date.now() - joinedAt < 10000, "no picture after ten seconds");
      }
      took.push(Date.now() - joinedAt);
      await ben.click("leave-button");
      await ben.page.getByTestId("end-screen").waitFor();
    }
    console.log(`late join: a picture ${took.join(", ")} ms after the meeting opened`);
    assert.ok(Math.min(...took) < 1000, `it took ${took.join(", ")} ms`);
  });
});
