/**
 * End-to-end encrypted meetings in the app: a new one from the start page in Chromium, a second person by
 * its link in Firefox. They see and name each other by what is authenticated, read the same code behind
 * the lock, and write to each other; who has another secret is told so, and is seen by nobody.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Client, type Engine, identityOf, openClient, type Person } from "./lib/browsers.ts";
import { Meeting } from "./lib/meeting.ts";
import { type Server, startServer } from "./lib/server.ts";

/** Browsers share two cores. */
const PATIENCE_MS = 30_000;

/** A link's item of the fragment that nobody but the browsers may know. */
const secretOf = (link: string): string => link.slice(link.indexOf("#1.") + 1);

describe("an encrypted meeting", { concurrency: 1 }, () => {
  let server: Server;
  let link = "";
  /** Since somebody was removed. */
  let replaced = "";
  let ana: Meeting;
  let ben: Meeting;
  const clients: Client[] = [];

  const open = async (engine: Engine, person: Person): Promise<Meeting> => {
    const client = await openClient(engine, person, { frugal: true });
    clients.push(client);
    return new Meeting(client);
  };
  const enter = async ({ page, client }: Meeting): Promise<void> => {
    await page.getByTestId("name-input").fill(client.person);
    await page.getByTestId("join-button").click();
    await page.getByTestId("leave-button").waitFor({ timeout: PATIENCE_MS });
  };
  const clientOf = (person: Person): Client => {
    const client = clients.find((one) => one.person === person);
    assert.ok(client, `${person} has a browser`);
    return client;
  };
  const isSealed = ({ page }: Meeting) =>
    page.locator("[data-testid=lock-button][data-state=sealed]").waitFor({ timeout: PATIENCE_MS });
  const code = async ({ page }: Meeting): Promise<string> => {
    await page.getByTestId("lock-button").click();
    const groups = page.getByTestId("room-code").locator("li");
    await groups.nth(5).waitFor({ timeout: PATIENCE_MS });
    const text = (await groups.allTextContents()).join(" ");
    await page.keyboard.press("Escape");
    return text;
  };

  before(async () => {
    server = await startServer();
  });
  after(async () => {
    for (const client of clients) await client.close().catch(() => undefined);
    await server.stop();
  });

  test("a new meeting is encrypted, and says so before one joins", async () => {
    ana = await open("chromium", "Ana");
    await ana.page.goto(server.url);
    await ana.page.getByTestId("new-meeting").click();
    await ana.page.getByTestId("name-input").waitFor();
    link = ana.page.url();
    assert.match(link, /\/r\/([a-z]{6}-){3}[a-z]{6}#1\.[A-Za-z0-9_-]{43}$/);
    await ana.page.locator("[data-testid=encryption-badge][data-sealed=true]").waitFor();
    await enter(ana);
    await isSealed(ana);
    const shown = await ana.page.getByTestId("alone").textContent();
    assert.ok(shown?.includes(link.replace(/^https?:\/\//, "")), `the link in ${shown}`);
  });

  test("a second person comes by the link; each sees the other's own picture and name", async () => {
    ben = await open("firefox", "Ben");
    await ben.page.goto(link);
    await enter(ben);
    await isSealed(ben);
    await ana.seesMoving("Ben", identityOf("Ben"), PATIENCE_MS);
    await ben.seesMoving("Ana", identityOf("Ana"), PATIENCE_MS);
  });

  test("both hear each other", async () => {
    await ben.mute();
    await ben.hearsOnly("Ana");
    await ben.unmute();
    await ana.mute();
    await ana.hearsOnly("Ben");
    // What is off is told sealed.
    await ben.page
      .locator('[data-testid=tile][data-muted="true"]')
      .filter({ hasText: "Ana" })
      .waitFor();
    await ana.unmute();
    await ben.page
      .locator('[data-testid=tile][data-muted="false"]')
      .filter({ hasText: "Ana" })
      .waitFor();
  });

  test("the lock shows the same code in both", async () => {
    const codes = [await code(ana), await code(ben)];
    assert.match(codes[0] ?? "", /^(\d{5} ){5}\d{5}$/);
    assert.equal(codes[0], codes[1]);
  });

  test("chat, hands and reactions arrive", async () => {
    const text = "between the two of us & 👋";
    await ana.click("chat-button");
    await ben.click("chat-button");
    await ben.page.getByTestId("chat-input").fill(text);
    await ben.page.keyboard.press("Enter");
    for (const { page } of [ana, ben]) {
      await page.getByTestId("chat-message").filter({ hasText: text }).first().waitFor();
    }
    const line = ana.page.locator(".chat-group").filter({ hasText: text });
    assert.match((await line.textContent()) ?? "", /Ben/);
    await ana.click("chat-button");
    await ben.click("chat-button");
    await ben.click("react-button");
    await ben.click("hand-button");
    await ana.tile("Ben").getByTestId("tile-hand").waitFor();
    await ana.click("react-button");
    await ana.page.getByTestId("reaction").first().click();
    await ben.tile("Ana").getByTestId("tile-reaction").waitFor();
  });

  test("a cut WebSocket comes back with the same keys, and what was said meanwhile", async () => {
    await ana.page.evaluate(() => {
      const { sockets } = window as unknown as { sockets: WebSocket[] };
      sockets.at(-1)?.close();
    });
    await ben.click("chat-button");
    await ben.page.getByTestId("chat-input").fill("are you there?");
    await ben.page.keyboard.press("Enter");
    await ben.click("chat-button");
    await ana.click("chat-button");
    const message = ana.page.getByTestId("chat-message").filter({ hasText: "are you there?" });
    await message.first().waitFor({ timeout: PATIENCE_MS });
    assert.equal(await message.count(), 1);
    await ana.click("chat-button");
    await isSealed(ana);
    const codes = [await code(ana), await code(ben)];
    assert.equal(codes[0], codes[1]);
  });

  test("who has another secret is told so, and appears nowhere", async () => {
    const cleo = await open("chromium", "Cleo");
    const secret = link.slice(link.indexOf("#1.") + 3);
    const wrong = `${link.slice(0, -secret.length)}${"A".repeat(42)}E`;
    await cleo.page.goto(wrong);
    await cleo.page.getByTestId("name-input").fill("Cleo");
    await cleo.page.getByTestId("join-button").click();
    const end = cleo.page.getByTestId("end-screen");
    await end.waitFor({ timeout: PATIENCE_MS });
    assert.match((await end.textContent()) ?? "", /does not fit/);
    for (const meeting of [ana, ben]) {
      assert.equal(await meeting.page.getByTestId("tile").count(), 2);
      assert.equal(await meeting.page.getByText("Cleo").count(), 0);
    }
  });

  test("a link without its secret is incomplete", async () => {
    const dan = await open("chromium", "Dan");
    await dan.page.goto(link.slice(0, link.indexOf("#")));
    const end = dan.page.getByTestId("end-screen");
    await end.waitFor();
    assert.match((await end.textContent()) ?? "", /incomplete/);
  });

  test("who comes later sees and names everybody, and has the new code", async () => {
    const dan = new Meeting(clientOf("Dan"));
    const before = await code(ana);
    // The same page with another fragment is not loaded anew by going there.
    await dan.page.goto("about:blank");
    await dan.page.goto(link);
    await enter(dan);
    await isSealed(dan);
    await dan.seesMoving("Ana", identityOf("Ana"), PATIENCE_MS);
    await dan.seesMoving("Ben", identityOf("Ben"), PATIENCE_MS);
    // A hand that went up before is up for who comes later.
    await dan.tile("Ben").getByTestId("tile-hand").waitFor();
    await ana.seesMoving("Dan", identityOf("Dan"), PATIENCE_MS);
    const codes = [await code(ana), await code(ben), await code(dan)];
    assert.equal(new Set(codes).size, 1);
    assert.notEqual(codes[0], before);
  });

  test("who leaves is gone for everybody", async () => {
    await ben.click("leave-button");
    await ben.page.getByTestId("end-screen").waitFor();
    const dan = new Meeting(clientOf("Dan"));
    for (const meeting of [ana, dan]) {
      await meeting.tile("Ben").waitFor({ state: "detached", timeout: PATIENCE_MS });
    }
    await dan.seesMoving("Ana", identityOf("Ana"), PATIENCE_MS);
    await ana.seesMoving("Dan", identityOf("Dan"), PATIENCE_MS);
  });

  test("behind a lock nobody new gets in, until it is opened", async () => {
    const dan = new Meeting(clientOf("Dan"));
    assert.equal(await dan.page.getByTestId("lock-switch").count(), 0, "only who moderates may");
    await ana.click("lock-button");
    await ana.click("lock-switch");
    await dan.page.getByTestId("toast").filter({ hasText: "locked" }).waitFor();
    const cleo = new Meeting(clientOf("Cleo"));
    await cleo.page.goto("about:blank");
    await cleo.page.goto(link);
    await cleo.page.getByTestId("name-input").fill("Cleo");
    await cleo.page.getByTestId("join-button").click();
    const locked = cleo.page.getByTestId("end-screen").filter({ hasText: "is locked" });
    await locked.waitFor({ timeout: PATIENCE_MS });
    assert.equal(await ana.page.getByTestId("tile").count(), 2);
    await ana.click("lock-switch");
    await ana.page.keyboard.press("Escape");
    await dan.page.getByTestId("toast").filter({ hasText: "open to its link" }).waitFor();
    await cleo.click("end-action");
    await cleo.page.getByTestId("leave-button").waitFor({ timeout: PATIENCE_MS });
    await isSealed(cleo);
    await cleo.seesMoving("Ana", identityOf("Ana"), PATIENCE_MS);
    await ana.seesMoving("Cleo", identityOf("Cleo"), PATIENCE_MS);
  });

  test("who is removed is out, and the link does not bring them back", async () => {
    const dan = new Meeting(clientOf("Dan"));
    const cleo = new Meeting(clientOf("Cleo"));
    await ana.click("people-button");
    const row = ana.page.getByTestId("participant-row").filter({ hasText: "Cleo" });
    await row.getByTestId("person-more").click();
    await row.getByTestId("remove-button").click();
    await row.getByTestId("remove-confirm").click();
    const end = cleo.page.getByTestId("end-screen");
    await end.waitFor({ timeout: PATIENCE_MS });
    assert.match((await end.textContent()) ?? "", /put out/);
    for (const meeting of [ana, dan]) {
      await meeting.tile("Cleo").waitFor({ state: "detached", timeout: PATIENCE_MS });
    }
    await dan.seesMoving("Ana", identityOf("Ana"), PATIENCE_MS);
    for (const { page } of [ana, dan]) {
      await page.waitForFunction((old) => !location.href.includes(old), secretOf(link), {
        timeout: PATIENCE_MS,
      });
    }
    assert.equal(ana.page.url(), dan.page.url());
    await cleo.click("end-action");
    const told = cleo.page.getByTestId("end-screen").filter({ hasText: "does not fit" });
    await told.waitFor({ timeout: PATIENCE_MS });
    assert.equal(await ana.page.getByTestId("tile").count(), 2);
  });

  test("the meeting's new link lets people in", async () => {
    const cleo = new Meeting(clientOf("Cleo"));
    replaced = ana.page.url();
    assert.match(replaced, /\/r\/([a-z]{6}-){3}[a-z]{6}#1\.[A-Za-z0-9_-]{43}$/);
    await cleo.page.goto("about:blank");
    await cleo.page.goto(replaced);
    await enter(cleo);
    await isSealed(cleo);
    await cleo.seesMoving("Ana", identityOf("Ana"), PATIENCE_MS);
    await ana.seesMoving("Cleo", identityOf("Cleo"), PATIENCE_MS);
  });

  test("nothing on any console at error level, and the server has seen neither names nor the secret", () => {
    for (const { person, errors, requests } of clients) {
      assert.deepEqual(errors, [], `${person}'s console`);
      assert.ok(requests.every((url) => !url.includes("/r/") || url.startsWith(server.url)));
    }
    for (const word of ["Ana", "Ben", "Cleo", "Dan", secretOf(link), secretOf(replaced)]) {
      assert.ok(!server.log().includes(word), `"${word}" in the log`);
    }
  });
});
