/**
 * The client from one origin, the meetings at another: who carries a meeting gives none of its code,
 * and who gives the code sees nothing of it.
 */
import assert from "node:assert/strict";
import { get } from "node:http";
import { after, before, describe, test } from "node:test";
import { type Client, type Engine, identityOf, openClient, type Person } from "./lib/browsers.ts";
import { eventually } from "./lib/eventually.ts";
import { Meeting } from "./lib/meeting.ts";
import { type Server, startServer } from "./lib/server.ts";

/** Browsers share two cores. */
const PATIENCE_MS = 30_000;
/** Of all test files' servers none is here. */
const PAGES_UDP_PORT = 19_000;

describe("a client from another origin", { concurrency: 1 }, () => {
  let pages: Server;
  let meetings: Server;
  const clients: Client[] = [];

  const open = async (engine: Engine, person: Person): Promise<Meeting> => {
    const client = await openClient(engine, person, { frugal: true });
    clients.push(client);
    return new Meeting(client);
  };

  before(async () => {
    // Each has to know the other's address: the second one's is known once the first has started.
    const other = await startServer();
    await other.stop();
    pages = await startServer(["--meetings-at", other.url], { udpPort: PAGES_UDP_PORT });
    meetings = await startServer(["--allowed-origin", pages.url], { port: other.port });
  });
  after(async () => {
    for (const client of clients) await client.close().catch(() => undefined);
    await pages.stop();
    await meetings.stop();
  });

  test("two meet in an encrypted room, and see each other's own picture", async () => {
    const ana = await open("chromium", "Ana");
    await ana.page.goto(pages.url);
    await ana.page.getByTestId("new-meeting").click();
    await ana.page.getByTestId("name-input").waitFor();
    const link = ana.page.url();
    assert.ok(link.startsWith(`${pages.url}/r/`), link);
    const ben = await open("firefox", "Ben");
    await ana.join(link);
    await ben.join(link);
    for (const [viewer, person] of [
      [ana, "Ben"],
      [ben, "Ana"],
    ] as const) {
      await viewer.tile(person).waitFor({ timeout: PATIENCE_MS });
      await eventually(
        `${person}, seen by ${viewer.client.person}`,
        () => viewer.mark(person),
        (mark) => mark?.identity === identityOf(person),
      );
    }
  });

  test("all of the code came from the one, and all of the meeting went by the other", () => {
    for (const { requests, person } of clients) {
      const foreign = requests.filter((url) => /^https?:/.test(url) && !url.startsWith(pages.url));
      // Firefox lists the WebSocket too.
      const code = foreign.filter((url) => url !== `${meetings.url}/signal`);
      assert.deepEqual(code, [], `${person}'s requests`);
      assert.ok(!requests.includes(`${pages.url}/signal`), "no meeting at the pages' server");
    }
  });

  test("the pages' policy lets them connect nowhere else", async () => {
    const policy = (await fetch(pages.url)).headers.get("content-security-policy") ?? "";
    const socket = meetings.url.replace("http", "ws");
    assert.match(policy, new RegExp(`connect-src 'self' ${socket};`));
  });

  test("who gives the pages takes no meeting, and says where they are", async () => {
    const headers = {
      connection: "upgrade",
      upgrade: "websocket",
      origin: pages.url,
      "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
      "sec-websocket-version": "13",
      "sec-websocket-protocol": "conclave.v1",
    };
    const answer = await new Promise<string>((resolve, reject) => {
      const request = get(`${pages.url}/signal`, { headers }, async (response) => {
        resolve(`${response.statusCode} ${(await response.toArray()).join("")}`);
      });
      request.on("upgrade", () => resolve("accepted"));
      request.on("error", reject);
    });
    assert.equal(
      answer,
      `403 This server only gives the pages. Meetings take place at ${meetings.url}.\n`,
    );
  });
});
