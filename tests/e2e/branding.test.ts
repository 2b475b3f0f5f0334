/** The operator's name, logo and pages, where the server's configuration says them. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { assertAccessible } from "./lib/axe.ts";
import { type Client, openClient } from "./lib/browsers.ts";
import { root, type Server, startServer } from "./lib/server.ts";

describe("branding", { concurrency: 1 }, () => {
  let server: Server;
  let client: Client;

  before(async () => {
    server = await startServer([
      ...["--name", 'The "Meeting" House'],
      ...["--logo", join(root, "web/app/public/icon.svg")],
      ...["--imprint", "https://example.org/imprint"],
      ...["--privacy", "https://example.org/privacy?lang=en"],
    ]);
    client = await openClient("chromium", "Ana", { frugal: true });
  });
  after(async () => {
    await client.close().catch(() => undefined);
    await server.stop();
  });

  const showsOperator = async (state: string): Promise<void> => {
    const { page } = client;
    await page.getByTestId("logo").getByText('The "Meeting" House').waitFor();
    const width = await page
      .getByTestId("logo")
      .locator("img")
      .evaluate((image) => (image as HTMLImageElement).naturalWidth);
    assert.ok(width > 0, "the logo is a picture");
    const links = page.getByTestId("legal").getByRole("link");
    assert.deepEqual(await links.evaluateAll((all) => all.map((one) => one.getAttribute("href"))), [
      "https://example.org/imprint",
      "https://example.org/privacy?lang=en",
    ]);
    await assertAccessible(page, state);
  };

  test("is on the first page, before joining and after", async () => {
    const { page } = client;
    await page.goto(server.url);
    await showsOperator("the operator's first page");
    await page.goto(`${server.url}/open/e2e-branding`);
    await page.getByTestId("name-input").fill("Ana");
    await showsOperator("the operator's page before joining");
    await page.getByTestId("join-button").click();
    await page.getByTestId("leave-button").click();
    await page.getByTestId("end-screen").waitFor();
    await showsOperator("the operator's last page");
  });

  test("comes without anything on the first page jumping", async () => {
    const { page } = client;
    await page.goto(server.url);
    await showsOperator("the operator's first page, again");
    const shifts = await page.evaluate(
      () =>
        new Promise<number[]>((resolve) => {
          const observer = new PerformanceObserver((list) =>
            resolve(
              list.getEntries().map((entry) => (entry as unknown as { value: number }).value),
            ),
          );
          observer.observe({ type: "layout-shift", buffered: true });
          setTimeout(() => resolve([]), 300);
        }),
    );
    const sum = shifts.reduce((all, one) => all + one, 0);
    assert.ok(sum < 0.02, `cumulative layout shift ${sum}`);
  });

  test("says nothing where nothing is configured", async () => {
    const { page } = client;
    await server.stop();
    server = await startServer();
    await page.goto(server.url);
    await page.getByTestId("logo").getByText("Conclave").waitFor();
    assert.equal(await page.getByTestId("legal").count(), 0);
    assert.equal(await page.getByTestId("logo").locator("img").count(), 0);
  });
});
