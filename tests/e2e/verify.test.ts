/**
 * Two people in an encrypted meeting compare pictures, and their browsers know each other from then on:
 * Ana in Chromium asks, Ben in Firefox accepts; in the next meeting, under another link, both are
 * recognised, and a third is not. Who leaves it and comes again is back.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { assertAccessible } from "./lib/axe.ts";
import { type Client, type Engine, openClient, type Person } from "./lib/browsers.ts";
import { Meeting } from "./lib/meeting.ts";
import { type Server, startServer } from "./lib/server.ts";

/** Browsers share two cores. */
const PATIENCE_MS = 30_000;

describe("knowing who somebody is", { concurrency: 1 }, () => {
  let server: Server;
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
    await page.getByTestId("join-without").click();
    await page
      .locator("[data-testid=lock-button][data-state=sealed]")
      .waitFor({ timeout: PATIENCE_MS });
  };
  /** A new meeting of both. */
  const meet = async (): Promise<void> => {
    await ana.page.goto(server.url);
    await ana.page.getByTestId("new-meeting").click();
    await ana.page.getByTestId("name-input").waitFor();
    const link = ana.page.url();
    await enter(ana);
    await ben.page.goto("about:blank");
    await ben.page.goto(link);
    await enter(ben);
  };
  /** The other person's line behind the lock. */
  const knownTo = ({ page }: Meeting, person: Person) =>
    page.getByTestId("known-people").locator("li").filter({ hasText: person });
  const opened = async (meeting: Meeting, person: Person, standing: string) => {
    const line = knownTo(meeting, person);
    await meeting.page.getByTestId("lock-button").click();
    await line.and(meeting.page.locator(`[data-standing=${standing}]`)).waitFor({
      timeout: PATIENCE_MS,
    });
    return line;
  };
  const pictures = async ({ page }: Meeting): Promise<string[]> => {
    const shown = page.getByTestId("compare-emoji").locator("li");
    await shown.nth(6).waitFor({ timeout: PATIENCE_MS });
    return shown.allTextContents();
  };

  before(async () => {
    server = await startServer();
    [ana, ben] = [await open("chromium", "Ana"), await open("firefox", "Ben")];
  });
  after(async () => {
    for (const client of clients) await client.close().catch(() => undefined);
    await server.stop();
  });

  test("both see the same pictures, once both want to", async () => {
    await meet();
    const line = await opened(ana, "Ben", "new");
    await line.getByTestId("compare").click();
    await ben.page.getByTestId("compare-accept").click({ timeout: PATIENCE_MS });
    const [anas, bens] = [await pictures(ana), await pictures(ben)];
    assert.equal(anas.length, 7);
    assert.deepEqual(anas, bens);
    const digits = await Promise.all(
      [ana, ben].map(({ page }) => page.locator(".compare-digits").textContent()),
    );
    assert.match(digits[0] ?? "", /^\d{4} \d{4} \d{4}$/);
    assert.equal(digits[0], digits[1]);
    await assertAccessible(ana.page, "comparing");
  });

  test("who says that they are the same has the other one verified", async () => {
    await ana.page.getByTestId("compare-same").click();
    await ben.page.getByTestId("compare-same").click();
    await opened(ana, "Ben", "verified");
    await opened(ben, "Ana", "verified");
    await assertAccessible(ana.page, "the lock, with somebody verified");
  });

  test("in the next meeting they are recognised, and a stranger is not", async () => {
    await meet();
    await opened(ana, "Ben", "verified");
    await opened(ben, "Ana", "verified");
    await ana.page.keyboard.press("Escape");
    const cleo = await open("chromium", "Cleo");
    await cleo.page.goto(ana.page.url());
    await enter(cleo);
    const badge = ana.page.getByTestId("lock-button").filter({ hasText: "not verified: 1" });
    await badge.waitFor({ timeout: PATIENCE_MS });
    await opened(ana, "Cleo", "new");
  });

  test("who leaves and comes again by the same link is back, and is told so", async () => {
    const link = ana.page.url();
    await ana.page.keyboard.press("Escape");
    await ben.page.getByTestId("leave-button").click();
    await ana.page.getByText("Ben left.").first().waitFor({ timeout: PATIENCE_MS });
    // It is there for a few seconds only.
    const told = ana.page
      .getByText("Ben is back.")
      .first()
      .waitFor({ timeout: 2 * PATIENCE_MS });
    await ben.page.goto("about:blank");
    await ben.page.goto(link);
    await enter(ben);
    await told;
    const line = await opened(ana, "Ben", "verified");
    await line.getByText("same browser as before").waitFor({ timeout: PATIENCE_MS });
  });

  test("pictures that differ verify nobody; a comparison that is not wanted is not made", async () => {
    const line = knownTo(ana, "Cleo");
    await line.getByTestId("compare").click();
    const cleo = new Meeting(clients[2] as Client);
    await cleo.page.getByTestId("compare-decline").click({ timeout: PATIENCE_MS });
    await ana.page
      .getByTestId("compare-sheet")
      .filter({ hasText: "not comparing any more" })
      .waitFor({ timeout: PATIENCE_MS });
    await ana.page.keyboard.press("Escape");
    await ana.page.getByTestId("lock-button").click();
    await line.getByTestId("compare").click();
    await cleo.page.getByTestId("compare-accept").click({ timeout: PATIENCE_MS });
    await pictures(ana);
    await ana.page.getByTestId("compare-differ").click();
    await ana.page.getByTestId("compare-sheet").getByRole("alert").waitFor();
    await ana.page.keyboard.press("Escape");
    await opened(ana, "Cleo", "new");
  });

  test("nothing on any console at error level", () => {
    for (const { person, errors } of clients) assert.deepEqual(errors, [], `${person}'s console`);
  });
});
