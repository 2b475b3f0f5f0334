/**
 * Settings in a real browser: each is seen or heard at once, and what the browser keeps is listed and
 * erased. axe-core looks at the sheet on the start page and in a meeting, in light and in dark.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { assertAccessible } from "./lib/axe.ts";
import { type Client, openClient, type Person } from "./lib/browsers.ts";
import { Meeting } from "./lib/meeting.ts";
import { type Server, startServer } from "./lib/server.ts";

describe("settings", { concurrency: 1 }, () => {
  let server: Server;
  let room: string;
  let ana: Meeting;
  const clients: Client[] = [];

  const open = async (person: Person): Promise<Meeting> => {
    const client = await openClient("chromium", person, { frugal: true });
    clients.push(client);
    return new Meeting(client);
  };
  const looksGood = async (state: string): Promise<void> => {
    for (const colorScheme of ["light", "dark"] as const) {
      await ana.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await ana.page.waitForFunction(() => document.getAnimations().length === 0);
      await assertAccessible(ana.page, `${state}, ${colorScheme},`);
    }
  };
  const openSettings = async (): Promise<void> => {
    await ana.click("view-button");
    await ana.click("settings-button");
    await ana.page.getByTestId("settings").waitFor();
  };
  const close = async (): Promise<void> => {
    await ana.page.keyboard.press("Escape");
    await ana.page.getByTestId("settings").waitFor({ state: "detached" });
  };
  /** For longer than the tab is open: while a meeting lasts, the tab notes its upload again and again. */
  const kept = (): Promise<string[]> => ana.page.evaluate(() => Object.keys(localStorage));

  before(async () => {
    server = await startServer();
    room = `${server.url}/open/e2e-settings`;
    ana = await open("Ana");
    // Chimes are counted, not listened to.
    await ana.page.addInitScript(() => {
      const counted = window as unknown as { chimes: number };
      counted.chimes = 0;
      const start = OscillatorNode.prototype.start;
      OscillatorNode.prototype.start = function (when) {
        counted.chimes++;
        start.call(this, when);
      };
    });
  });
  after(async () => {
    for (const client of clients) await client.close().catch(() => undefined);
    await server.stop();
  });

  test("are there before a meeting, when nothing is stored", async () => {
    await ana.page.goto(server.url);
    await ana.click("settings-button");
    await ana.page.getByTestId("stored-nothing").waitFor();
    assert.ok(await ana.page.getByTestId("wipe").isDisabled());
    await looksGood("settings on the start page");
    await ana.page.getByTestId("settings-appearance-dark").check({ force: true });
    const scheme = () => ana.page.evaluate(() => document.documentElement.style.colorScheme);
    assert.equal(await scheme(), "dark");
    await ana.page.getByTestId("stored").getByText("Layout, colors").waitFor();
    await ana.page.getByTestId("settings-appearance-system").check({ force: true });
    await close();
  });

  test("in a meeting they act at once", async () => {
    await ana.join(room);
    await openSettings();
    await looksGood("settings in a meeting");
    const microphones = await ana.page.getByTestId("settings-microphone").locator("option").count();
    assert.ok(microphones > 0);
    await ana.click("settings-self-view");
    await close();
    assert.equal(await ana.tile("You" as Person).count(), 1, "alone, one always sees oneself");
    await openSettings();
    assert.equal(await ana.page.getByTestId("settings-self-view").isChecked(), false);
    await ana.click("settings-self-view");
  });

  test("what is switched off is neither shown nor heard", async () => {
    const chimes = () => ana.page.evaluate(() => (window as unknown as { chimes: number }).chimes);
    for (const way of ["shown", "heard"]) await ana.click(`settings-${way}-arrivals`);
    await close();
    const ben = await open("Ben");
    await ben.join(room);
    await ana.tile("Ben").waitFor();
    await ben.click("chat-button");
    await ben.page.getByTestId("chat-input").fill("good morning");
    await ben.page.keyboard.press("Enter");
    // What is left on still comes.
    await ana.page.getByText("Ben: good morning").first().waitFor();
    assert.equal(await ana.page.getByText("Ben joined.").count(), 0);
    await ana.page.waitForFunction(() => (window as unknown as { chimes: number }).chimes > 0);
    assert.equal(await chimes(), 2, "the two tones of one message");
  });

  test("what this browser keeps is listed, and erased by one button", async () => {
    await openSettings();
    const list = await ana.page.getByTestId("stored").locator("li").allTextContents();
    for (const part of ["Your name", "sounds are off", "Recent meetings"]) {
      assert.ok(
        list.some((text) => text.includes(part)),
        `${part} in ${list}`,
      );
    }
    assert.ok((await kept()).length > 0);
    await ana.click("wipe");
    await ana.page.getByText("Erased.").waitFor();
    assert.deepEqual(await kept(), []);
    await looksGood("erased settings");
    await ana.page.goto(server.url);
    await ana.page.getByTestId("new-meeting").waitFor();
    assert.equal(await ana.page.getByText("Recent meetings").count(), 0);
  });
});
