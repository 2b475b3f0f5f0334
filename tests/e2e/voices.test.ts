/** Voices between Chromium and Firefox: each hears the other's own, recognised by its rhythm. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Client, openClient } from "./lib/browsers.ts";
import { Meeting } from "./lib/meeting.ts";
import { type Server, startServer } from "./lib/server.ts";

describe("voices", { concurrency: 1 }, () => {
  let server: Server;
  const clients: Client[] = [];
  const meetings: Meeting[] = [];

  before(async () => {
    server = await startServer();
    clients.push(await openClient("chromium", "Ana"), await openClient("firefox", "Dan"));
    for (const client of clients) {
      const meeting = new Meeting(client);
      meetings.push(meeting);
      await meeting.join(`${server.url}/open/e2e-voices`);
    }
  });
  after(async () => {
    for (const client of clients) await client.close().catch(() => undefined);
    await server.stop();
  });

  test("each hears the other's own voice", async () => {
    const [ana, dan] = meetings;
    assert.ok(ana && dan);
    await ana.hears("Dan");
    await dan.hears("Ana");
  });

  test("a mute is silent, and unmuting is heard again", async () => {
    const [ana, dan] = meetings;
    assert.ok(ana && dan);
    await dan.mute();
    await ana.hearsNobody();
    await dan.unmute();
    await ana.hears("Dan");
    await ana.mute();
    await dan.hearsNobody();
    await ana.unmute();
    await dan.hears("Ana");
  });
});
