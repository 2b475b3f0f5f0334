/**
 * Meetings by a name that is typed: encrypted end to end without a secret in the link. Whoever knows the
 * name comes in while somebody moderates; who was removed does not come back before the moderator opens
 * the meeting again.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { assertAccessible } from "./lib/axe.ts";
import { type Client, type Engine, identityOf, openClient, type Person } from "./lib/browsers.ts";
import { Meeting } from "./lib/meeting.ts";
import { type Server, startServer } from "./lib/server.ts";

/** Browsers share two cores. */
const PATIENCE_MS = 30_000;
const NAME = "Größe 会议";

describe("a meeting by its name", { concurrency: 1 }, () => {
  let server: Server;
  let link = "";
  let ana: Meeting;
  let ben: Meeting;
  let cleo: Meeting;
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
  const isSealed = ({ page }: Meeting) =>
    page.locator("[data-testid=lock-button][data-state=sealed]").waitFor({ timeout: PATIENCE_MS });
  const code = async ({ page }: Meeting): Promise<string> => {
    await page.getByTestId("lock-button").click();
    const groups = page.getByTestId("room-code").locator("li");
    await groups.nth(5).waitFor({ timeout: PATIENCE_MS });
    assert.match((await page.getByTestId("lock-named").textContent()) ?? "", /not verified/);
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

  test("a name that is typed leads to an encrypted meeting that says who may come", async () => {
    ana = await open("chromium", "Ana");
    await ana.page.goto(server.url);
    await ana.page.getByTestId("join-field").fill(NAME);
    await ana.page.keyboard.press("Enter");
    await ana.page.getByTestId("name-input").waitFor();
    link = ana.page.url();
    assert.equal(decodeURIComponent(new URL(link).pathname), "/n/größe-会议");
    await ana.page.locator("[data-testid=encryption-badge][data-sealed=true]").waitFor();
    const who = await ana.page.getByTestId("prejoin-encryption").textContent();
    assert.match(who ?? "", /whoever knows the name/);
    await assertAccessible(ana.page, "pre-join of a named meeting");
    await enter(ana);
    await isSealed(ana);
  });

  test("who types the same name in another browser is in, and sees and hears", async () => {
    ben = await open("firefox", "Ben");
    // In capitals: names are written as one hears them.
    await ben.page.goto(`${server.url}/n/${encodeURIComponent("GRÖSSE 会议".replace("SS", "ß"))}`);
    await enter(ben);
    await isSealed(ben);
    await ana.seesMoving("Ben", identityOf("Ben"), PATIENCE_MS);
    await ben.seesMoving("Ana", identityOf("Ana"), PATIENCE_MS);
    const codes = [await code(ana), await code(ben)];
    assert.match(codes[0] ?? "", /^(\d{5} ){5}\d{5}$/);
    assert.equal(codes[0], codes[1]);
  });

  test("who is removed stays out while the meeting is locked, and comes in when it is opened", async () => {
    cleo = await open("chromium", "Cleo");
    await cleo.page.goto(link);
    await enter(cleo);
    await isSealed(cleo);
    await cleo.seesMoving("Ben", identityOf("Ben"), PATIENCE_MS);
    await ana.click("people-button");
    const row = ana.page.getByTestId("participant-row").filter({ hasText: "Cleo" });
    await row.getByTestId("person-more").click();
    await row.getByTestId("remove-button").click();
    await row.getByTestId("remove-confirm").click();
    await cleo.page.getByTestId("end-screen").waitFor({ timeout: PATIENCE_MS });
    await ana.tile("Cleo").waitFor({ state: "detached", timeout: PATIENCE_MS });
    await ana.click("people-button");
    await cleo.click("end-action");
    await cleo.page.locator("[data-testid=lock-button][data-state=waiting]").waitFor();
    await cleo.page.waitForTimeout(3000);
    assert.equal(await ana.page.getByTestId("tile").count(), 2);
    await ana.click("lock-button");
    const lock = ana.page.getByTestId("lock-switch");
    assert.equal(await lock.getAttribute("aria-checked"), "true");
    await lock.click();
    await ana.page.keyboard.press("Escape");
    await isSealed(cleo);
    await cleo.seesMoving("Ben", identityOf("Ben"), PATIENCE_MS);
  });

  test("when the moderator has gone, who is left lets others in", async () => {
    await ana.click("leave-button");
    await ana.page.getByTestId("end-screen").waitFor();
    await ben.tile("Ana").waitFor({ state: "detached", timeout: PATIENCE_MS });
    await cleo.click("leave-button");
    await cleo.page.getByTestId("end-screen").waitFor();
    // A new person: the page of the one before is closed.
    await cleo.page.goto("about:blank");
    await cleo.page.goto(link);
    await enter(cleo);
    await isSealed(cleo);
    await cleo.seesMoving("Ben", identityOf("Ben"), PATIENCE_MS);
    await ben.seesMoving("Cleo", identityOf("Cleo"), PATIENCE_MS);
  });

  test("nothing on any console at error level", () => {
    for (const { person, errors } of clients) assert.deepEqual(errors, [], person);
  });
});
