/**
 * What people write to each other in an encrypted meeting, in Chromium and Firefox: answers, changes,
 * deletions, and messages to one person that neither the server nor the third can read.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { assertAccessible } from "./lib/axe.ts";
import { type Client, type Engine, openClient, type Person } from "./lib/browsers.ts";
import { Meeting } from "./lib/meeting.ts";
import { type Server, startServer } from "./lib/server.ts";

/** Browsers share two cores. */
const PATIENCE_MS = 30_000;
const HOSTILE = '<img src=x onerror="document.title=1"> \u202egnp.exe';

describe("chat in an encrypted meeting", { concurrency: 1 }, () => {
  let server: Server;
  let ana: Meeting;
  let ben: Meeting;
  let cleo: Meeting;
  /** All that Ana's page gave to the server, as text. */
  const given: string[] = [];
  const clients: Client[] = [];

  const open = async (engine: Engine, person: Person): Promise<Meeting> => {
    const client = await openClient(engine, person, { frugal: true });
    clients.push(client);
    return new Meeting(client);
  };
  const enter = async ({ page, client }: Meeting): Promise<void> => {
    await page.getByTestId("name-input").fill(client.person);
    await page.getByTestId("join-button").click();
    await page
      .locator("[data-testid=lock-button][data-state=sealed]")
      .waitFor({ timeout: PATIENCE_MS });
    await page.getByTestId("chat-button").click();
  };
  const write = async ({ page }: Meeting, text: string): Promise<void> => {
    await page.getByTestId("chat-input").fill(text);
    await page.keyboard.press("Enter");
  };
  const message = ({ page }: Meeting, text: string) =>
    page.getByTestId("chat-message").filter({ hasText: text });
  /** The line that says this, with all that belongs to it. */
  const entry = (meeting: Meeting, text: string) =>
    meeting.page.locator(".chat-entry").filter({ has: message(meeting, text) });
  const act = async (meeting: Meeting, text: string, action: string): Promise<void> => {
    await entry(meeting, text).getByTestId("chat-more").click();
    await entry(meeting, text).getByTestId(`chat-${action}`).click();
  };
  const looksGood = async (state: string): Promise<void> => {
    for (const colorScheme of ["light", "dark"] as const) {
      await ana.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await ana.page.waitForFunction(() => document.getAnimations().length === 0);
      await assertAccessible(ana.page, `${state}, ${colorScheme},`);
    }
  };

  before(async () => {
    server = await startServer();
    ana = await open("chromium", "Ana");
    ana.page.on("websocket", (socket) =>
      socket.on("framesent", ({ payload }) => given.push(payload.toString())),
    );
    await ana.page.goto(server.url);
    await ana.page.getByTestId("new-meeting").click();
    await ana.page.getByTestId("name-input").waitFor();
    const link = ana.page.url();
    await enter(ana);
    ben = await open("firefox", "Ben");
    cleo = await open("chromium", "Cleo");
    for (const meeting of [ben, cleo]) {
      await meeting.page.goto(link);
      await enter(meeting);
    }
    await ana.tile("Cleo").waitFor({ timeout: PATIENCE_MS });
    await ana.tile("Ben").waitFor({ timeout: PATIENCE_MS });
  });
  after(async () => {
    for (const client of clients) await client.close().catch(() => undefined);
    await server.stop();
  });

  test("what somebody writes is text and links, never markup, and goes its own direction only", async () => {
    await write(ana, `${HOSTILE} https://example.org/a`);
    const line = message(ben, "onerror");
    await line.waitFor({ timeout: PATIENCE_MS });
    assert.equal(await line.locator("img").count(), 0);
    assert.ok(!(await line.textContent())?.includes("\u202e"));
    const link = line.getByRole("link");
    assert.equal(await link.getAttribute("href"), "https://example.org/a");
    assert.equal(await link.getAttribute("rel"), "noopener noreferrer");
  });

  test("an answer shows what it answers, as it is changed", async () => {
    await write(ana, "lunch at one?");
    await message(ben, "lunch").waitFor({ timeout: PATIENCE_MS });
    await act(ben, "lunch", "reply");
    await write(ben, "gladly");
    const quote = entry(ana, "gladly").getByTestId("chat-quote");
    await quote.filter({ hasText: "lunch at one?" }).waitFor({ timeout: PATIENCE_MS });
    // By the keyboard: the newest of one's own.
    await ana.page.getByTestId("chat-input").press("ArrowUp");
    await looksGood("a message that is being changed");
    await write(ana, "dinner at eight?");
    await entry(ben, "dinner").getByText("edited").waitFor({ timeout: PATIENCE_MS });
    assert.equal(await message(ben, "lunch").count(), 0);
    await quote.filter({ hasText: "dinner at eight?" }).waitFor();
    await quote.click();
    const focused = await ana.page.evaluate(() => document.activeElement?.textContent);
    assert.match(focused ?? "", /dinner at eight/);
  });

  test("nobody is offered to change what another wrote", async () => {
    await entry(cleo, "gladly").getByTestId("chat-more").click();
    await entry(cleo, "gladly").getByTestId("chat-reply").waitFor();
    assert.equal(await cleo.page.getByTestId("chat-edit").count(), 0);
    assert.equal(await cleo.page.getByTestId("chat-delete").count(), 0);
  });

  test("what is deleted is gone everywhere, from answers too", async () => {
    await entry(ana, "dinner").getByTestId("chat-more").click();
    await looksGood("what can be done with a message");
    await entry(ana, "dinner").getByTestId("chat-delete").click();
    for (const meeting of [ana, ben, cleo]) {
      await meeting.page.getByTestId("chat-deleted").waitFor({ timeout: PATIENCE_MS });
      await entry(meeting, "gladly").getByText("A deleted message").waitFor();
    }
  });

  test("a private message reaches one person, and is answered to one", async () => {
    await ana.page.getByTestId("chat-to").selectOption({ label: "Ben" });
    await looksGood("a private message");
    await write(ana, "the password is swordfish");
    await entry(ben, "swordfish").waitFor({ timeout: PATIENCE_MS });
    await ben.page.getByTestId("chat-private").getByText("To you only").waitFor();
    await act(ben, "swordfish", "reply");
    assert.equal(await ben.page.getByTestId("chat-to").locator(":checked").textContent(), "Ana");
    await write(ben, "understood");
    await entry(ana, "understood").waitFor({ timeout: PATIENCE_MS });
    // What is said to all afterwards has come: what is private would have come before it.
    await ana.page.getByTestId("chat-to").selectOption({ label: "Everyone" });
    await write(ana, "back to all");
    await entry(cleo, "back to all").waitFor({ timeout: PATIENCE_MS });
    assert.equal(await message(cleo, "swordfish").count(), 0);
    assert.equal(await message(cleo, "understood").count(), 0);
    assert.ok(given.length > 0 && !given.some((sent) => sent.includes("swordfish")));
  });

  test("from a person's picture, and not to all when that person has left", async () => {
    await ana.tile("Ben").hover();
    await ana.tile("Ben").getByTestId("tile-menu-button").click();
    await ana.click("tile-message");
    assert.equal(await ana.page.getByTestId("chat-to").locator(":checked").textContent(), "Ben");
    await ana.page.getByTestId("chat-input").fill("only for Ben");
    await ben.click("leave-button");
    await ana.page.getByText("Ben has left. Choose who gets this.").waitFor({ timeout: 45_000 });
    assert.ok(await ana.page.getByTestId("chat-send").isDisabled());
    await looksGood("a private message whose addressee has left");
  });
});
