/**
 * Key workers in real browsers, under the page's policy: they agree on keys, codes and lists, through a
 * delivery service in the same page. The group through the real server is in group.test.ts.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type BarePage, bundle, serveBarePage } from "./lib/bare-page.ts";
import { type Engine, openClient } from "./lib/browsers.ts";

interface Look {
  readonly people: number;
  readonly epoch: number | undefined;
  readonly joinMs: number | undefined;
  readonly code: string | undefined;
  readonly key: string | undefined;
  readonly refusals: readonly string[];
}

declare const window: Window & {
  keysPage: {
    arrive(count: number, secretByte: number): void;
    askCodes(): void;
    remove(by: number, who: number): void;
    look(): Look[];
  };
};

const PEOPLE = 8;
const PATIENCE_MS = 40_000;

describe("key workers", () => {
  let bare: BarePage;
  before(async () => {
    bare = await serveBarePage(await bundle("web/sdk/src/testing/keys_page.ts"));
  });
  after(() => bare.close());

  for (const engine of ["chromium", "firefox"] as const satisfies readonly Engine[]) {
    test(`agree in ${engine}`, async () => {
      const { page, close, errors } = await openClient(engine, "Ana");
      try {
        await page.goto(bare.url);
        await page.waitForFunction(() => window.keysPage !== undefined);
        const settle = (people: number, members: number) =>
          page.waitForFunction(
            ([n, count]) => {
              const inside = window.keysPage.look().filter((look) => look.key !== undefined);
              return inside.length === count && inside.every((look) => look.people === n);
            },
            [people, members] as const,
            { timeout: PATIENCE_MS, polling: 100 },
          );
        await page.evaluate(() => window.keysPage.arrive(1, 1));
        await settle(1, 1);
        await page.evaluate((count) => window.keysPage.arrive(count, 1), PEOPLE - 1);
        await settle(PEOPLE, PEOPLE);
        // Somebody with another secret changes nothing.
        await page.evaluate(() => window.keysPage.arrive(1, 2));
        await page.waitForTimeout(2000);
        await settle(PEOPLE, PEOPLE);
        await page.evaluate(() => window.keysPage.askCodes());
        await page.waitForFunction(
          (count) => window.keysPage.look().filter((look) => look.code).length === count,
          PEOPLE,
          { timeout: PATIENCE_MS, polling: 100 },
        );
        const looks = await page.evaluate(() => window.keysPage.look());
        const inside = looks.slice(0, PEOPLE);
        assert.equal(new Set(inside.map(({ code }) => code)).size, 1);
        assert.equal(new Set(inside.map(({ key }) => key)).size, 1);
        assert.deepEqual(
          inside.flatMap(({ refusals }) => refusals),
          [],
        );
        assert.equal(looks[PEOPLE]?.people, 0);
        const oldKey = inside[0]?.key;
        await page.evaluate(() => window.keysPage.remove(0, 3));
        await settle(PEOPLE - 1, PEOPLE - 1);
        const rest = await page.evaluate(() => window.keysPage.look());
        assert.notEqual(rest[0]?.key, oldKey);
        const joins = inside.map(({ joinMs }) => Math.round(joinMs ?? 0));
        console.log(`${engine}: in the group after ${joins.join(", ")} ms`);
        assert.deepEqual(errors, []);
      } finally {
        await close();
      }
    });
  }
});
