/**
 * Polls in an encrypted meeting, in Chromium and Firefox: with names and anonymous, counted while people
 * vote, told to who comes later, closed by who asked.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { assertAccessible } from "./lib/axe.ts";
import { type Client, type Engine, openClient, type Person } from "./lib/browsers.ts";
import { Meeting } from "./lib/meeting.ts";
import { type Server, startServer } from "./lib/server.ts";

/** Browsers share two cores. */
const PATIENCE_MS = 30_000;

describe("polls in an encrypted meeting", { concurrency: 1 }, () => {
  let server: Server;
  let link: string;
  let ana: Meeting;
  let ben: Meeting;
  let cleo: Meeting;
  const clients: Client[] = [];

  const enter = async (engine: Engine, person: Person): Promise<Meeting> => {
    const client = await openClient(engine, person, { frugal: true });
    clients.push(client);
    const { page } = client;
    await page.goto(link);
    await page.getByTestId("name-input").fill(person);
    await page.getByTestId("join-button").click();
    await page
      .locator("[data-testid=lock-button][data-state=sealed]")
      .waitFor({ timeout: PATIENCE_MS });
    return new Meeting(client);
  };
  const openPolls = async ({ page }: Meeting): Promise<void> => {
    await page.getByTestId("chat-button").click();
    await page.getByTestId("tab-polls").click();
  };
  const poll = ({ page }: Meeting, question: string) =>
    page.getByTestId("poll").filter({ hasText: question });
  const option = (meeting: Meeting, question: string, text: string) =>
    poll(meeting, question).getByTestId("poll-option").filter({ hasText: text });
  /** Somebody sees that option with so many votes. */
  const has = async (meeting: Meeting, question: string, text: string, votes: string) =>
    option(meeting, question, text).getByText(votes).waitFor({ timeout: PATIENCE_MS });
  const ask = async ({ page }: Meeting, question: string, switches: string[]): Promise<void> => {
    await page.getByTestId("poll-new").click();
    await page.getByTestId("poll-question").fill(question);
    await page.getByTestId("poll-option-field").nth(0).fill("Yes");
    await page.getByTestId("poll-option-field").nth(1).fill("No");
    for (const each of switches) await page.getByTestId(each).click();
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
    const { url } = server;
    const secret = "A".repeat(43);
    link = `${url}/r/e2e-polls#1.${secret}`;
    ana = await enter("chromium", "Ana");
    ben = await enter("firefox", "Ben");
    await ana.tile("Ben").waitFor({ timeout: PATIENCE_MS });
  });
  after(async () => {
    for (const client of clients) await client.close().catch(() => undefined);
    await server.stop();
  });

  test("a question is written, asked, and announced to the others", async () => {
    await openPolls(ana);
    await ana.page.getByText("No polls yet").waitFor();
    await looksGood("no polls");
    await ask(ana, "Lunch?", []);
    await looksGood("a poll that is being written");
    await ana.click("poll-ask");
    await ben.page.getByText("Ana asks: Lunch?").first().waitFor({ timeout: PATIENCE_MS });
    await openPolls(ben);
    await option(ben, "Lunch?", "Yes").click();
    await has(ana, "Lunch?", "Yes", "1 vote");
    await poll(ana, "Lunch?").getByText("Ben").waitFor();
    await option(ana, "Lunch?", "No").click();
    await has(ben, "Lunch?", "No", "1 vote");
    await looksGood("a poll with votes");
    assert.equal(await ben.page.getByTestId("poll-close").count(), 0);
  });

  test("an anonymous one: who asked sees who, the others see how many", async () => {
    await ask(ana, "Was it of use?", ["poll-anonymous"]);
    await ana.click("poll-ask");
    await option(ben, "of use", "No").waitFor({ timeout: PATIENCE_MS });
    await poll(ben, "of use").getByText("only Ana sees who chose what").waitFor();
    await option(ben, "of use", "No").click();
    await has(ana, "of use", "No", "1 vote");
    await poll(ana, "of use").locator(".poll-names").filter({ hasText: "Ben" }).waitFor();
    await has(ben, "of use", "No", "1 vote");
    assert.equal(await poll(ben, "of use").locator(".poll-names").count(), 0);
  });

  test("who comes later sees the open polls and what they have", async () => {
    cleo = await enter("chromium", "Cleo");
    await openPolls(cleo);
    await has(cleo, "Lunch?", "Yes", "1 vote");
    await has(cleo, "of use", "No", "1 vote");
    await poll(cleo, "Lunch?").getByText("as Ana tells them").waitFor();
    await option(cleo, "Lunch?", "Yes").click();
    for (const meeting of [ana, ben, cleo]) await has(meeting, "Lunch?", "Yes", "2 votes");
    await option(cleo, "of use", "No").click();
    for (const meeting of [ana, ben, cleo]) await has(meeting, "of use", "No", "2 votes");
  });

  test("closed by who asked, it takes no more votes", async () => {
    await poll(ana, "Lunch?").getByTestId("poll-close").click();
    for (const meeting of [ana, ben, cleo]) {
      await poll(meeting, "Lunch?").getByText("Closed").waitFor({ timeout: PATIENCE_MS });
      assert.ok(await option(meeting, "Lunch?", "Yes").isDisabled());
    }
    await looksGood("a closed poll");
  });

  test("over when who asked leaves", async () => {
    await ana.click("leave-button");
    await poll(ben, "of use")
      .getByText("Over: whoever asked has left")
      .waitFor({ timeout: 45_000 });
  });
});
