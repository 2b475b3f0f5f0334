/** The whole way by keyboard alone: start, join, mute, camera, chat, people, leave. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Page } from "playwright-core";
import { type Client, openClient } from "./lib/browsers.ts";
import { type Server, startServer } from "./lib/server.ts";

const TABS_MAX = 40;

/**
 * Presses a key until the element is focused, and checks that the focus can be seen. Inside the
 * toolbar arrows go from button to button (ARIA's toolbar pattern), elsewhere Tab.
 */
async function goTo(page: Page, testId: string, key = "Tab"): Promise<void> {
  for (let tab = 0; tab < TABS_MAX; tab++) {
    const focused = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement | null;
      const style = element === null ? undefined : getComputedStyle(element);
      const ring = style !== undefined && style.outlineStyle !== "none";
      return { testId: element?.dataset["testid"], ring };
    });
    if (focused.testId === testId) {
      assert.ok(focused.ring, `${testId} shows its focus`);
      return;
    }
    await page.keyboard.press(key);
  }
  throw new Error(`${testId} is not reached by ${key}`);
}

describe("by keyboard alone", { concurrency: 1 }, () => {
  let server: Server;
  let client: Client;

  before(async () => {
    server = await startServer();
    client = await openClient("chromium", "Ana");
  });
  after(async () => {
    await client?.close();
    await server.stop();
  });

  test("a meeting is started, used and left", async () => {
    const { page } = client;
    await page.goto(server.url);
    await goTo(page, "new-meeting");
    await page.keyboard.press("Enter");
    await page.getByTestId("join-button").waitFor();
    await goTo(page, "name-input");
    await page.keyboard.type("Ana");
    await goTo(page, "join-button");
    await page.keyboard.press("Enter");
    await page.getByTestId("leave-button").waitFor();

    await goTo(page, "mic-button");
    await page.keyboard.press("Space");
    await page.locator('[data-device=microphone][data-on="false"]').waitFor();
    await goTo(page, "camera-button", "ArrowRight");
    await page.keyboard.press("Space");
    await page.locator('[data-device=camera][data-on="false"]').waitFor();
    await goTo(page, "chat-button", "ArrowRight");
    await page.keyboard.press("Enter");
    await goTo(page, "chat-input");
    await page.keyboard.type("typed");
    await page.keyboard.press("Enter");
    await page.getByTestId("chat-message").filter({ hasText: "typed" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByTestId("chat-input").waitFor({ state: "detached" });
    await goTo(page, "chat-button");
    await goTo(page, "leave-button", "ArrowRight");
    await page.keyboard.press("Enter");
    await page.getByTestId("end-screen").waitFor();
    assert.deepEqual(client.errors, []);
  });
});
