/**
 * "Check my connection" in both browsers: a good network, one that blocks UDP, and a server that is
 * gone; and the line before a meeting that is there only when something is in the way. Firefox has the
 * slow ones with CONCLAVE_LONG=1 only.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { assertAccessible } from "./lib/axe.ts";
import { type Client, type Engine, openClient } from "./lib/browsers.ts";
import { blockUdpTo } from "./lib/link.ts";
import { type Server, startServer } from "./lib/server.ts";

/** The check's own patience, and that of a machine which shares its cores. */
const DONE_WITHIN_MS = 60_000;
const LONG = process.env["CONCLAVE_LONG"] === "1";

for (const engine of ["chromium", "firefox"] as const satisfies readonly Engine[]) {
  describe(`a check of the connection in ${engine}`, { concurrency: 1 }, () => {
    let server: Server;
    let client: Client;
    const undo: (() => void)[] = [];

    const grade = (row: string) =>
      client.page.getByTestId(`check-${row}`).getAttribute("data-grade");
    const check = async () => {
      await client.page.getByTestId("check-start").click();
      await client.page.getByTestId("check-copy").waitFor({ timeout: DONE_WITHIN_MS });
    };

    before(async () => {
      server = await startServer();
      client = await openClient(engine, "Ana", { frugal: true });
    });
    after(async () => {
      for (const each of undo.splice(0)) each();
      await client?.close();
      await server.stop();
    });

    test("is found from the start page, and says that all is well", async () => {
      await client.page.goto(server.url);
      await client.page.getByTestId("check-link").click();
      await client.page.locator(".preview[data-live=true]").waitFor();
      await assertAccessible(client.page, "the check before it");
      await check();
      for (const row of ["browser", "server", "media"]) assert.equal(await grade(row), "good", row);
      // How fast and whole is the machine's affair; that it was measured is ours.
      for (const row of ["delay", "loss"]) {
        assert.match((await grade(row)) ?? "", /good|fair|bad/, row);
        assert.match(await client.page.getByTestId(`check-${row}`).innerText(), /\d/, row);
      }
      // Firefox asks no STUN server on loopback, so there it may not be known.
      assert.match((await grade("direct")) ?? "", engine === "firefox" ? /good|none/ : /good/);
      await assertAccessible(client.page, "the check after it");
      // Nothing of it is kept: no pass, no name.
      const kept = await client.page.evaluate(() => JSON.stringify(localStorage));
      assert.doesNotMatch(kept, /check-/);
    });

    test("gives a report without anything of the person", async () => {
      // What is copied, without the system's clipboard.
      await client.page.evaluate(() => {
        const page = window as unknown as { copied: string };
        navigator.clipboard.writeText = async (text) => {
          page.copied = text;
        };
      });
      await client.page.getByTestId("check-copy").click();
      await client.page.getByTestId("check-copy").getByText("Copied").waitFor();
      const report = await client.page.evaluate(
        () => (window as unknown as { copied: string }).copied,
      );
      assert.match(report, /^media good \d+ ms$/m);
      assert.match(report, /^loss \w+ [\d.]+ % lost$/m);
      const [, ...found] = report.split("\n").filter((line) => !line.startsWith("browser Mozilla"));
      assert.doesNotMatch(found.join("\n"), /(\d+\.){3}\d|:{2}|Ana|fake|localhost/i);
    });

    test("says that UDP is blocked, and what to do", async () => {
      undo.push(blockUdpTo(server.udpPort));
      await check();
      assert.equal(await grade("server"), "good");
      assert.equal(await grade("media"), "bad");
      assert.match(
        await client.page.getByTestId("check-media").innerText(),
        /UDP.*another network/,
      );
      assert.equal(await grade("loss"), "none");
      await assertAccessible(client.page, "the check with UDP blocked");
    });

    const skip = engine === "firefox" && !LONG && "CONCLAVE_LONG=1 tries it";
    test("before a meeting, a line says so too, and is not there otherwise", { skip }, async () => {
      const notice = client.page.getByTestId("notice-network");
      await client.page.goto(`${server.url}/open/e2e-check`);
      await notice.getByText("UDP").waitFor({ timeout: DONE_WITHIN_MS });
      await assertAccessible(client.page, "the line before a meeting");
      for (const each of undo.splice(0)) each();
      const sockets = () =>
        client.page.evaluate(() => (window as unknown as { sockets: WebSocket[] }).sockets.length);
      await client.page.reload();
      await client.page.waitForFunction(
        () => (window as unknown as { sockets: WebSocket[] }).sockets.length > 0,
      );
      await client.page.waitForFunction(() =>
        (window as unknown as { sockets: WebSocket[] }).sockets.every(
          ({ readyState }) => readyState === WebSocket.CLOSED,
        ),
      );
      assert.equal(await sockets(), 1);
      assert.equal(await notice.count(), 0);
    });

    test("says that the server is not reached", { skip }, async () => {
      await client.page.goto(server.url);
      await client.page.getByTestId("check-link").click();
      // Its code has come; the server goes.
      await check();
      await server.stop();
      await check();
      assert.equal(await grade("server"), "bad");
      assert.equal(await grade("media"), "none");
      server = await startServer();
    });
  });
}
