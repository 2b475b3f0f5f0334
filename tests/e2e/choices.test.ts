/**
 * What a person chooses to see and hear, and the sheets of a meeting, in real browsers: who is large,
 * how loud somebody is, the invitation, the shortcuts, the numbers, the recent meetings. Each state
 * is looked at by axe-core, in light and in dark.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { assertAccessible } from "./lib/axe.ts";
import { type Client, type Engine, openClient, type Person } from "./lib/browsers.ts";
import { Meeting } from "./lib/meeting.ts";
import { type Server, startServer } from "./lib/server.ts";

describe("what a person chooses", { concurrency: 1 }, () => {
  let server: Server;
  let ana: Meeting;
  let ben: Meeting;
  let room: string;
  const clients: Client[] = [];

  const open = async (engine: Engine, person: Person): Promise<Meeting> => {
    const client = await openClient(engine, person, { frugal: true });
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
  const openMenuOf = async (person: Person): Promise<void> => {
    await ana.tile(person).hover();
    await ana.tile(person).getByTestId("tile-menu-button").click();
  };
  /** The tile of somebody has that role, and has come to rest. */
  const hasRole = async (person: Person, role: string): Promise<void> => {
    await ana
      .tile(person)
      .and(ana.page.locator(`[data-role=${role}]`))
      .waitFor();
    await ana.page.waitForFunction(() => document.getAnimations().length === 0);
  };

  before(async () => {
    server = await startServer();
    room = `${server.url}/open/e2e-choices`;
    ana = await open("chromium", "Ana");
  });
  after(async () => {
    for (const client of clients) await client.close().catch(() => undefined);
    await server.stop();
  });

  test("the pages before a meeting are accessible", async () => {
    await ana.page.goto(server.url);
    await ana.page.getByTestId("new-meeting").waitFor();
    await looksGood("the start page");
    await ana.open(room);
    await looksGood("the page before joining");
  });

  test("so is a meeting of one, with its panels and sheets", async () => {
    await ana.click("join-button");
    await ana.page.getByTestId("alone").waitFor();
    await looksGood("a meeting of one");
    await ana.click("invite");
    const link = await ana.page.getByTestId("invite-link").textContent();
    assert.equal(`http://${link}`, room);
    await ana.page.waitForFunction(() => (document.querySelector("canvas")?.width ?? 0) > 20);
    await looksGood("the invitation");
    const download = ana.page.waitForEvent("download");
    await ana.click("invite-event");
    const file = await readFile(await (await download).path(), "utf8");
    assert.ok(file.startsWith("BEGIN:VCALENDAR\r\n") && file.includes(room));
    await ana.page.keyboard.press("Escape");
    await ana.page.getByTestId("invite-sheet").waitFor({ state: "detached" });
    await ana.page.keyboard.press("?");
    await ana.page.getByTestId("shortcuts").waitFor();
    await looksGood("the shortcuts");
    await ana.page.keyboard.press("Escape");
  });

  test("who is pinned is large and sharp; who speaks is, where that is chosen", async () => {
    ben = await open("firefox", "Ben");
    await ben.join(room);
    const cleo = await open("chromium", "Cleo");
    await cleo.join(room, { withoutDevices: true });
    await ana.tile("Cleo").waitFor();
    await ana.tile("Ben").locator("video").waitFor();
    await openMenuOf("Ben");
    await looksGood("a tile's menu");
    await ana.click("tile-pin");
    await hasRole("Ben", "focus");
    const sizes = await Promise.all(
      (["Ben", "Cleo"] as const).map(
        async (one) => (await ana.tile(one).boundingBox())?.width ?? 0,
      ),
    );
    assert.ok((sizes[0] ?? 0) > 3 * (sizes[1] ?? 0), `Ben is large: ${sizes}`);
    await looksGood("somebody large");
    await openMenuOf("Ben");
    await ana.click("tile-pin");
    await hasRole("Ben", "person");
    await ana.click("view-button");
    await looksGood("the menu of the view");
    await ana.page.locator("label:has([data-testid=arrangement-speaker])").click();
    await ana.page.keyboard.press("Escape");
    await ana.page
      .locator("[data-testid=tile][data-role=focus]")
      .and(ana.page.locator("[data-local=false]"))
      .waitFor();
    await ana.page.keyboard.press("w");
    await ana.page.locator("[data-testid=tile][data-role=focus]").waitFor({ state: "detached" });
  });

  test("one's own picture can be hidden, and comes back", async () => {
    const own = ana.page.locator("[data-testid=tile][data-local=true]");
    await own.hover();
    await own.getByTestId("tile-menu-button").click();
    await ana.click("tile-hide");
    await own.waitFor({ state: "detached" });
    await ana.click("view-button");
    await ana.click("self-view-switch");
    await ana.page.keyboard.press("Escape");
    await own.waitFor();
  });

  test("somebody is as loud as one wants, whichever slot carries them", async () => {
    await openMenuOf("Ben");
    await ana.page.getByTestId("tile-volume").fill("0.25");
    await ana.page.keyboard.press("Escape");
    const id = await ana.participantIdOf("Ben");
    await ana.page.waitForFunction(
      (participant) =>
        document.querySelector<HTMLAudioElement>(`audio[data-participant="${participant}"]`)
          ?.volume === 0.25,
      id,
    );
  });

  test("another language changes the words in the middle of a meeting, and nothing else", async () => {
    const { page } = ana;
    const video = await ana.tile("Ben").locator("video").elementHandle();
    const wasAt = await ana.tile("Ben").boundingBox();
    await ana.click("view-button");
    await page.getByTestId("language-select").selectOption("ar");
    await page.locator("html[lang=ar][dir=rtl]").waitFor();
    await page.getByRole("button", { name: "مغادرة الاجتماع" }).waitFor();
    await looksGood("a meeting from right to left");
    assert.ok(await video?.evaluate((element) => element.isConnected));
    await page.getByTestId("language-select").selectOption("en");
    await page.locator("html[lang=en][dir=ltr]").waitFor();
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => document.getAnimations().length === 0);
    assert.deepEqual(await ana.tile("Ben").boundingBox(), wasAt);
  });

  test("the page speaks the language of its address, or else the browser's", async () => {
    const client = await openClient("chromium", "Dan", { frugal: true });
    clients.push(client);
    const { page } = new Meeting(client);
    await page.goto(`${server.url}/?lang=zh`);
    await page.getByRole("heading", { name: "在你信任的服务器上开会" }).waitFor();
    assert.equal(await page.locator("html").getAttribute("lang"), "zh-Hans");
    await page.getByTestId("language-select").selectOption("de");
    await page.locator("html[lang=de]").waitFor();
    await page.goto(server.url);
    await page.getByRole("button", { name: "Neue Besprechung" }).waitFor();
  });

  test("the chat is kept as a file, for this person alone", async () => {
    await ana.click("chat-button");
    await ana.page.getByTestId("chat-input").fill("Hello https://example.org/a");
    await ana.click("chat-send");
    await ana.page.getByTestId("chat-message").waitFor();
    await looksGood("the chat");
    const download = ana.page.waitForEvent("download");
    await ana.click("chat-save");
    const text = await readFile(await (await download).path(), "utf8");
    assert.match(text, /UTC {2}Ana \(you\)\n {4}Hello https:\/\/example\.org\/a\n/);
    await ana.click("people-button");
    await looksGood("the list of people");
    await ana.click("people-button");
  });

  test("the numbers are those of this connection", async () => {
    await ana.click("quality-button");
    await looksGood("the menu of the connection");
    await ana.click("statistics-button");
    const sheet = ana.page.getByTestId("statistics");
    await sheet.locator("tbody tr").first().waitFor();
    await sheet
      .getByText(/\d+×\d+/)
      .first()
      .waitFor();
    await looksGood("the numbers");
    await ana.page.keyboard.press("Escape");
  });

  test("the meeting is remembered here until it is forgotten", async () => {
    await ana.click("leave-button");
    await ana.page.getByTestId("end-screen").waitFor();
    await looksGood("the end");
    await ana.page.goto(server.url);
    await ana.page.getByTestId("recent").waitFor();
    await looksGood("the start page with recent meetings");
    await ana.page.getByTestId("recent").click();
    await ana.page.getByTestId("join-button").waitFor();
    await ana.page.goto(server.url);
    await ana.click("forget-all");
    await ana.page.getByTestId("recents").waitFor({ state: "detached" });
    const kept = await ana.page.evaluate(() => JSON.stringify({ ...localStorage }));
    assert.ok(!kept.includes("e2e-choices"), "nothing of it is left");
  });

  test("nothing was refused by the security policy, and nothing failed", () => {
    assert.deepEqual(ana.client.errors, []);
  });
});
