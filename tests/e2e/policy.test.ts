/** The server's security headers in real browsers: the app runs under them, and they do refuse. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Client, openClient } from "./lib/browsers.ts";
import { Meeting } from "./lib/meeting.ts";
import { type Server, startServer } from "./lib/server.ts";

describe("the headers of the page", { concurrency: 1 }, () => {
  let server: Server;
  before(async () => {
    server = await startServer();
  });
  after(() => server.stop());

  for (const engine of ["chromium", "firefox"] as const) {
    describe(engine, { concurrency: 1 }, () => {
      let client: Client;
      before(async () => {
        client = await openClient(engine, "Ana");
      });
      after(() => client?.close());

      test("a meeting is entered, its lazy script and its worker included, and nothing is refused", async () => {
        await new Meeting(client).join(`${server.url}/open/e2e-policy`);
        assert.deepEqual(client.errors, []);
      });

      test("an unknown address has a page of its own", async () => {
        const response = await client.page.goto(`${server.url}/no/such/page`);
        assert.equal(response?.status(), 404);
        assert.match(await client.page.title(), /Not found/);
        // The status itself is what a browser complains about.
        assert.deepEqual(
          client.errors.filter((text) => !text.includes("404")),
          [],
        );
      });

      test("a script that the page names no hash of does not run", async () => {
        await client.page.goto(server.url);
        const script = client.requests.find((url) => /\/assets\/[^/]+\.js$/.test(url));
        assert.ok(script, "the page loaded a script");
        const load = (url: string) =>
          client.page.evaluate(
            (target) =>
              import(target).then(
                () => "ran",
                () => "refused",
              ),
            url,
          );
        assert.equal(await load(script), "ran");
        // The same bytes under another address: only the import map tells them apart.
        assert.equal(await load(`${script}?unnamed`), "refused");
      });
    });
  }
});
