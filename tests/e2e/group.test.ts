/**
 * A group through the real server, in Chromium and Firefox: people with the link's secret share keys, see
 * each other and the same code; who has another secret gets nowhere; who is removed is out.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { type BarePage, bundle, serveBarePage } from "./lib/bare-page.ts";
import { type Client, type Engine, openClient, type Person } from "./lib/browsers.ts";
import { type Server, startServer } from "./lib/server.ts";

/** Of web/sdk/src/testing/group_page.ts. */
interface GroupPage {
  join(entry: object): Promise<void>;
  watchAll(): void;
  decoded(): Promise<number[]>;
  leaves(): number[];
  epoch(): number | undefined;
  code(): Promise<string>;
  joinMs(): number;
  ended(): string | undefined;
  removeLeaf(leaf: number): void;
  troubles(): string[];
  leave(): Promise<void>;
}
declare const window: Window & { groupPage: GroupPage };

const SECRET = `#1.${"A".repeat(43)}`;
const OTHER_SECRET = `#1.${"B".repeat(42)}A`;
/** Browsers share two cores. */
const PATIENCE_MS = 30_000;

let server: Server;
let bare: BarePage;
const clients: Client[] = [];

before(async () => {
  const script = await bundle("web/sdk/src/testing/group_page.ts");
  bare = await serveBarePage(script, "'self' ws://localhost:*");
  server = await startServer(["--allowed-origin", bare.url]);
});

after(async () => {
  for (const { close } of clients) await close();
  bare.close();
  await server.stop();
});

async function enter(engine: Engine, person: Person, fragment = SECRET): Promise<Page> {
  const client = await openClient(engine, person);
  clients.push(client);
  const { page } = client;
  await page.goto(bare.url);
  await page.waitForFunction(() => window.groupPage !== undefined);
  const signalUrl = `${server.url.replace("http", "ws")}/signal`;
  const entry = { room: "r/e2egroup", fragment, signalUrl, identity: clients.length };
  await page.evaluate((value) => window.groupPage.join(value), entry);
  return page;
}

async function waitForLeaves(page: Page, count: number): Promise<void> {
  await page.waitForFunction((n) => window.groupPage.leaves().length === n, count, {
    timeout: PATIENCE_MS,
  });
}

async function waitForPictures(page: Page): Promise<void> {
  await page.evaluate(() => window.groupPage.watchAll());
  await page.waitForFunction(
    async () => (await window.groupPage.decoded()).some((frames) => frames > 3),
    undefined,
    { timeout: PATIENCE_MS, polling: 500 },
  );
}

test("a meeting of two browsers, a stranger, a third person, and somebody who is removed", async () => {
  const ana = await enter("chromium", "Ana");
  await waitForLeaves(ana, 1);
  const ben = await enter("firefox", "Ben");
  for (const page of [ana, ben]) await waitForLeaves(page, 2);
  const codes = [
    await ana.evaluate(() => window.groupPage.code()),
    await ben.evaluate(() => window.groupPage.code()),
  ];
  assert.match(codes[0] ?? "", /^(\d{5} ){5}\d{5}$/);
  assert.equal(codes[0], codes[1]);
  for (const page of [ana, ben]) await waitForPictures(page);

  const eve = await enter("chromium", "Dan", OTHER_SECRET);
  const cleo = await enter("chromium", "Cleo");
  for (const page of [ana, ben, cleo]) await waitForLeaves(page, 3);
  await waitForPictures(cleo);
  // Whoever has another secret is told so by her own client; nobody counts or sees her.
  await eve.waitForFunction(() => window.groupPage.ended() === "not-admitted", undefined, {
    timeout: PATIENCE_MS,
  });
  assert.deepEqual(await eve.evaluate(() => window.groupPage.leaves()), []);

  const [, , last] = await ana.evaluate(() => window.groupPage.leaves());
  await ana.evaluate((leaf) => window.groupPage.removeLeaf(leaf ?? -1), last);
  await waitForLeaves(cleo, 0);
  assert.equal(await cleo.evaluate(() => window.groupPage.ended()), "removed");
  for (const page of [ana, ben]) {
    await waitForLeaves(page, 2);
    assert.deepEqual(await page.evaluate(() => window.groupPage.troubles()), []);
  }
  for (const [name, page] of Object.entries({ ana, ben, cleo })) {
    const ms = await page.evaluate(() => window.groupPage.joinMs());
    console.log(`${name} was in the group after ${Math.round(ms)} ms`);
  }
});
