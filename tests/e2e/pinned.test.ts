/**
 * The page keeps itself: what was seen first is run again whatever the server gives later, a change is
 * told in words, and only the person takes it. In both browsers.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { assertAccessible } from "./lib/axe.ts";
import { type Client, type Engine, openClient } from "./lib/browsers.ts";
import { type Server, startServer } from "./lib/server.ts";
import { WebRoot } from "./lib/web-root.ts";

const oneByte = (text: string) => text.replace(";", " ;");

for (const engine of ["chromium", "firefox"] as const satisfies readonly Engine[]) {
  describe(`a page that ${engine} keeps`, { concurrency: 1 }, () => {
    let server: Server;
    let client: Client;
    const roots: WebRoot[] = [];

    const notice = (kind: string) =>
      client.page.locator(`[data-testid=release-notice][data-kind=${kind}]`);
    /** The server that is there from now on, at the same address. */
    const replaceServer = async (web?: WebRoot) => {
      const { port } = server;
      await server.stop();
      server = await startServer([], { port, webRoot: web?.path });
    };
    const altered = async (change: (web: WebRoot) => Promise<void>) => {
      const web = await WebRoot.make();
      roots.push(web);
      await change(web);
      return web;
    };
    /** What the server says at its start. */
    const printed = () => /^ {2}([0-9a-f]{64})$/m.exec(server.log())?.[1];
    const shown = async () => {
      await client.page.getByTestId("settings-button").click();
      const code = client.page.getByTestId("release-code");
      await code.waitFor();
      return code.getAttribute("data-id");
    };

    before(async () => {
      server = await startServer();
      client = await openClient(engine, "Ana", { frugal: true, keeps: true });
    });
    after(async () => {
      await client?.close();
      await server.stop();
      for (const web of roots) await web.remove();
    });

    test("is stored at the first visit, whole, and nothing else is", async () => {
      await client.page.goto(server.url);
      assert.equal(await shown(), printed());
      await client.page.getByText("Kept by this browser since").waitFor();
      const stored = await client.page.evaluate(async () => {
        const names = await caches.keys();
        const caught = await Promise.all(
          names.map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => url)),
        );
        const list = await (await fetch("/release.sha384")).text();
        const listed = list
          .split("\n")
          .map((line) => line.slice(98))
          .filter((path) => path !== "");
        return { paths: caught.flat().map((url) => new URL(url).pathname), listed };
      });
      // Megabytes that few ask for are kept when somebody does.
      const listed = stored.listed.filter((path) => !/\.(?:wasm|tflite)$/.test(path));
      const expected = [...listed.map((path) => `/${path}`), "/release.sha384", "/pin"];
      assert.deepEqual(stored.paths.sort(), expected.sort());
    });

    test("comes without the server, with all its later parts, and says that it is alone", async () => {
      const { port } = server;
      await server.stop();
      await client.page.goto(server.url);
      await client.page.getByTestId("new-meeting").waitFor();
      await client.page.getByTestId("language-select").selectOption("de");
      await client.page.getByText("Neue Besprechung").first().waitFor();
      await client.page.getByTestId("language-select").selectOption("en");
      await notice("unreachable").waitFor();
      await assertAccessible(client.page, "the start page without a server");
      await client.page.getByTestId("new-open-meeting").click();
      await client.page.getByTestId("join-without").click();
      await client.page.getByTestId("end-screen").waitFor();
      server = await startServer([], { port });
    });

    test("holds a meeting from what is stored, and shows its code behind the lock", async () => {
      await client.page.goto(server.url);
      await client.page.getByTestId("new-meeting").click();
      client.requests.length = 0;
      await client.page.getByTestId("join-without").click();
      await client.page.getByTestId("lock-button").click();
      await client.page.getByTestId("release-code").waitFor();
      const code = await client.page.getByTestId("release-code").getAttribute("data-id");
      assert.equal(code, printed());
      await assertAccessible(client.page, "the code behind the lock");
    });

    test("is not touched by a script that the server changed, and tells of it", async () => {
      const web = await altered(async (root) =>
        root.edit(await root.find(/^assets\/index-.*js$/), oneByte),
      );
      await replaceServer(web);
      assert.match(server.log(), /not as release.sha384 lists them, the first: \/assets\/index-/);
      await client.page.goto(server.url);
      await notice("altered").getByText("runs the copy that it kept").waitFor();
      await assertAccessible(client.page, "the start page with a changed server");
      await client.page.getByTestId("new-open-meeting").click();
      await client.page.getByTestId("join-without").click();
      await client.page.getByTestId("leave-button").waitFor();
    });

    test("a first visit to such a server does not run the script, and says so", async () => {
      const other = await openClient(engine, "Ben", { frugal: true, keeps: true });
      try {
        await other.page.goto(server.url);
        await other.page.getByText("The app did not start").waitFor({ timeout: 20_000 });
        assert.equal(await other.page.getByTestId("new-meeting").count(), 0);
      } finally {
        await other.close();
      }
    });

    test("a first visit where only a later part is changed tells of it, and keeps nothing", async () => {
      const web = await altered(async (root) =>
        root.edit(await root.find(/^assets\/call-.*js$/), oneByte),
      );
      await replaceServer(web);
      const other = await openClient(engine, "Ben", { frugal: true, keeps: true });
      try {
        await other.page.goto(server.url);
        await other.page.getByText("may not be what its makers wrote").waitFor();
        await assertAccessible(other.page, "the warning of a first visit");
        await other.page.getByTestId("new-open-meeting").click();
        await other.page.getByTestId("join-without").click();
        await other.page.getByTestId("end-screen").waitFor();
      } finally {
        await other.close();
      }
    });

    test("is not touched by another page with another list, until the person takes that", async () => {
      const web = await altered(async (root) => {
        await root.edit("index.html", (html) =>
          html.replace("<head>", '<head><meta name="edition" content="2">'),
        );
        await root.list();
      });
      await replaceServer(web);
      const editions = () => client.page.locator("meta[name=edition]").count();
      await client.page.goto(server.url);
      await notice("offered").waitFor();
      await assertAccessible(client.page, "the offer of another version");
      assert.equal(await editions(), 0);
      await client.page.getByTestId("release-decline").click();
      await notice("offered").waitFor({ state: "detached" });
      await client.page.reload();
      const held = await shown();
      assert.notEqual(held, printed());
      await client.page.getByTestId("release-other").waitFor();
      assert.equal(await editions(), 0);
      await client.page.getByText("Use the other version").click();
      await client.page.locator("meta[name=edition]").waitFor({ state: "attached" });
      assert.equal(await shown(), printed());
    });

    test("takes no version that the server does not give as it lists it", async () => {
      const web = await altered(async (root) => {
        await root.edit("404.html", (html) => html.replace("There is no", "There is really no"));
        await root.list();
        await root.edit("404.html", (html) => html.replace("page", "Page"));
      });
      await replaceServer(web);
      await client.page.goto(server.url);
      await client.page.getByTestId("release-take").click();
      await notice("offered").getByText("did not give that version whole").waitFor();
      await client.page.reload();
      assert.equal(await client.page.locator("meta[name=edition]").count(), 1);
    });

    test("shows other pages of its origin as strangers, without script", async () => {
      const web = await altered(async (root) => {
        const script = "document.title = 'ran ' + localStorage.length;";
        const hash = createHash("sha384").update(script).digest("base64");
        await root.write("other.js", script);
        await root.write(
          "other.html",
          `<!doctype html><title>still</title><p>other</p><script src="/other.js" crossorigin integrity="sha384-${hash}"></script>`,
        );
      });
      await replaceServer(web);
      await client.page.goto(`${server.url}/other.html`);
      await client.page.getByText("other").waitFor();
      assert.equal(await client.page.title(), "still");
      const missing = await client.page.goto(`${server.url}/no/such/page`);
      assert.equal(missing?.status(), 404);
      assert.match(await client.page.title(), /Not found/);
      // Without the keeper, the same page does run its script.
      const other = await openClient(engine, "Ben", { frugal: true });
      try {
        await other.page.goto(`${server.url}/other.html`);
        await other.page.waitForFunction(() => document.title.startsWith("ran"));
      } finally {
        await other.close();
      }
    });

    test("is forgotten with everything else that is stored", async () => {
      await replaceServer();
      await client.page.goto(server.url);
      await shown();
      await client.page.getByTestId("stored").getByText("A copy of this app").waitFor();
      await client.page.getByTestId("wipe").click();
      await client.page.getByText("Erased.").waitFor();
      await client.page.waitForFunction(async () => (await caches.keys()).length === 0);
      await client.page.waitForFunction(
        async () => (await navigator.serviceWorker.getRegistrations()).length === 0,
      );
    });
  });
}
