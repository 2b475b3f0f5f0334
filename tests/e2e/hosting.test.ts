/**
 * Who runs a meeting, in real browsers: the first who comes is host, gives roles and takes them back, is
 * host again after a reload; a viewer sees and hears and is neither. Hosts mute, ask, lock, remove, ban and
 * end. Each state is looked at by axe-core.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { assertAccessible } from "./lib/axe.ts";
import { type Client, type Engine, identityOf, openClient, type Person } from "./lib/browsers.ts";
import { Meeting } from "./lib/meeting.ts";
import { type Server, startServer } from "./lib/server.ts";

/** Browsers share two cores. */
const PATIENCE_MS = 30_000;

describe("who runs a meeting", { concurrency: 1 }, () => {
  let server: Server;
  let room: string;
  let ana: Meeting;
  let ben: Meeting;
  let cleo: Meeting;
  const clients: Client[] = [];

  const open = async (engine: Engine, person: Person): Promise<Meeting> => {
    const client = await openClient(engine, person, { frugal: true });
    clients.push(client);
    return new Meeting(client);
  };
  const row = ({ page }: Meeting, person: Person) =>
    page.getByTestId("participant-row").filter({ hasText: person });
  const hasRole = (who: Meeting, person: Person, role: string) =>
    row(who, person)
      .and(who.page.locator(`[data-role="${role}"]`))
      .waitFor({ timeout: PATIENCE_MS });
  /** The host opens what may be done about somebody, if it is not open, and chooses. */
  const giveRole = async (host: Meeting, person: Person, role: string): Promise<void> => {
    const select = row(host, person).getByTestId("role-select");
    if ((await select.count()) === 0) await row(host, person).getByTestId("person-more").click();
    await select.selectOption(role);
  };
  /** What may be done about somebody, opened first where it is not. */
  const act = async (host: Meeting, person: Person, testId: string): Promise<void> => {
    const button = row(host, person).getByTestId(testId);
    if ((await row(host, person).getByTestId("role-select").count()) === 0) {
      await row(host, person).getByTestId("person-more").click();
    }
    await button.click();
  };
  const isOff = ({ page }: Meeting, device: string) =>
    page.locator(`[data-device=${device}][data-on="false"]`).waitFor({ timeout: PATIENCE_MS });
  const says = ({ page }: Meeting, text: string) =>
    page.getByTestId("toast").filter({ hasText: text }).last().waitFor({ timeout: PATIENCE_MS });
  const endsWith = ({ page }: Meeting, text: string) =>
    page.getByTestId("end-screen").filter({ hasText: text }).waitFor({ timeout: PATIENCE_MS });
  const isSealed = ({ page }: Meeting) =>
    page.locator("[data-testid=lock-button][data-state=sealed]").waitFor({ timeout: PATIENCE_MS });
  const looksGood = async ({ page }: Meeting, state: string): Promise<void> => {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.waitForFunction(() => document.getAnimations().length === 0);
      await assertAccessible(page, `${state}, ${colorScheme},`);
    }
  };

  before(async () => {
    server = await startServer();
    room = `${server.url}/open/e2e-hosting`;
    ana = await open("chromium", "Ana");
    ben = await open("firefox", "Ben");
  });
  after(async () => {
    for (const client of clients) await client.close().catch(() => undefined);
    await server.stop();
  });

  test("the first is host, the second is not and is offered nothing", async () => {
    await ana.join(room);
    await ben.join(room);
    await ana.click("people-button");
    await ben.click("people-button");
    for (const meeting of [ana, ben]) {
      await hasRole(meeting, "Ana", "host");
      await hasRole(meeting, "Ben", "participant");
    }
    assert.equal(await ben.page.getByTestId("person-more").count(), 0);
    assert.equal(await row(ana, "Ana").getByTestId("person-more").count(), 0, "the last host");
  });

  test("a viewer is neither seen nor heard, until they may be again", async () => {
    await ana.seesMoving("Ben", identityOf("Ben"), PATIENCE_MS);
    await giveRole(ana, "Ben", "viewer");
    await hasRole(ben, "Ben", "viewer");
    await looksGood(ana, "the people with a menu open");
    for (const device of ["microphone", "camera"]) {
      await ben.page.locator(`[data-device=${device}][data-on="false"]`).waitFor();
    }
    await ana.tile("Ben").locator("video").waitFor({ state: "detached", timeout: PATIENCE_MS });
    // The button says why, and does nothing.
    await ben.click("mic-button");
    await ben.page.getByTestId("toast").filter({ hasText: "viewer" }).last().waitFor();
    await ben.page.locator('[data-device=microphone][data-on="false"]').waitFor();

    await giveRole(ana, "Ben", "participant");
    await hasRole(ben, "Ben", "participant");
    await ben.click("mic-button");
    await ben.click("camera-button");
    await ana.seesMoving("Ben", identityOf("Ben"), PATIENCE_MS);
    await ana.hearsOnly("Ben");
  });

  test("a host who reloads is host again, and a co-host has no say over them", async () => {
    await giveRole(ana, "Ben", "co-host");
    await hasRole(ben, "Ben", "co-host");
    assert.equal(await row(ben, "Ana").getByTestId("person-more").count(), 0);
    await ana.page.reload();
    await ana.join(room);
    await ana.click("people-button");
    for (const meeting of [ana, ben]) {
      await hasRole(meeting, "Ana", "host");
      await hasRole(meeting, "Ben", "co-host");
      assert.equal(await meeting.page.getByTestId("participant-row").count(), 2, "no ghost");
    }
  });

  test("there may be two hosts, and one of them may step down", async () => {
    await giveRole(ana, "Ben", "host");
    await hasRole(ben, "Ben", "host");
    await giveRole(ben, "Ana", "participant");
    await hasRole(ana, "Ana", "participant");
    await ana.page.getByTestId("toast").filter({ hasText: "participant" }).waitFor();
    assert.equal(await ana.page.getByTestId("person-more").count(), 0);
    await giveRole(ben, "Ana", "host");
    await hasRole(ana, "Ana", "host");
    await giveRole(ana, "Ana", "co-host");
    await hasRole(ben, "Ana", "co-host");
  });

  test("in an encrypted meeting the group says who moderates", async () => {
    await ana.page.goto(server.url);
    await ana.page.getByTestId("new-meeting").click();
    await ana.page.getByTestId("name-input").fill("Ana");
    const link = ana.page.url();
    await ana.page.getByTestId("join-button").click();
    await ana.page.getByTestId("leave-button").waitFor({ timeout: PATIENCE_MS });
    await ben.page.goto(link);
    await ben.join(link);
    for (const meeting of [ana, ben]) await isSealed(meeting);
    await ana.click("people-button");
    await ben.click("people-button");
    await hasRole(ben, "Ana", "host");
    await hasRole(ben, "Ben", "participant");
    await giveRole(ana, "Ben", "co-host");
    await hasRole(ben, "Ben", "co-host");
    await hasRole(ana, "Ben", "co-host");
    // A co-host may lock: that is a commit, which the others' clients check.
    await ben.click("lock-button");
    await ben.click("lock-switch");
    await ana.page.getByTestId("toast").filter({ hasText: "locked" }).waitFor();
    await ben.click("lock-switch");
    await ben.page.keyboard.press("Escape");
    await giveRole(ana, "Ben", "viewer");
    await hasRole(ben, "Ben", "viewer");
    await ben.page.locator('[data-device=camera][data-on="false"]').waitFor();
  });

  test("a host mutes somebody, who may speak again, and asks them to", async () => {
    room = `${server.url}/open/e2e-hosting-media`;
    await ana.join(room);
    await ben.join(room);
    await ben.unmute();
    if (await ben.page.locator('[data-device=camera][data-on="false"]').count()) {
      await ben.click("camera-button");
    }
    await ana.click("people-button");
    await act(ana, "Ben", "mute-person");
    await isOff(ben, "microphone");
    await says(ben, "Ana muted you");
    await act(ana, "Ben", "ask-microphone");
    await ben.page.getByTestId("asked-banner").waitFor();
    await looksGood(ana, "the people with what may be done about one");
    await isOff(ben, "microphone");
    await ben.click("asked-yes");
    await ana.hearsOnly("Ben");
    await act(ana, "Ben", "stop-camera");
    await isOff(ben, "camera");
  });

  test("rules hold for all: muted, and unmuted only when asked", async () => {
    await ana.click("host-button");
    await ana.page.getByTestId("host-sheet").waitFor();
    await looksGood(ana, "what a host sets for all");
    await ana.click("rule-unmute");
    await ana.click("mute-all");
    await isOff(ben, "microphone");
    await ben.click("mic-button");
    await says(ben, "a host has to ask you");
    await isOff(ben, "microphone");
    await ana.page.keyboard.press("Escape");
    await act(ana, "Ben", "ask-microphone");
    await ben.click("asked-yes");
    await ben.page.locator('[data-device=microphone][data-on="true"]').waitFor();
    await ana.hearsOnly("Ben");
  });

  test("a locked meeting takes nobody new; who was in may reload", async () => {
    await ana.click("host-button");
    await ana.click("rule-lock");
    await says(ben, "locked");
    cleo = await open("chromium", "Cleo");
    await cleo.open(room);
    await cleo.click("join-button");
    await endsWith(cleo, "is locked");
    await ben.page.reload();
    await ben.join(room);
    await ana.click("rule-lock");
    await says(ben, "open to its link");
    await ana.page.keyboard.press("Escape");
    await cleo.click("end-action");
    await cleo.page.getByTestId("leave-button").waitFor({ timeout: PATIENCE_MS });
  });

  test("who is removed may come back, who is banned may not, until the ban is lifted", async () => {
    await act(ana, "Cleo", "remove-button");
    await act(ana, "Cleo", "remove-confirm");
    await endsWith(cleo, "put out of the meeting");
    await cleo.click("end-action");
    await cleo.page.getByTestId("leave-button").waitFor({ timeout: PATIENCE_MS });
    await act(ana, "Cleo", "remove-button");
    await looksGood(ana, "the question before removing somebody");
    await act(ana, "Cleo", "ban-confirm");
    await endsWith(cleo, "cannot join");
    await cleo.page.goto(room);
    await cleo.open(room);
    await cleo.click("join-button");
    await endsWith(cleo, "cannot join");
    await looksGood(cleo, "the end for who is banned");
    await ana.click("host-button");
    await ana.click("lift-bans");
    await ana.page.getByTestId("bans").waitFor({ state: "detached" });
    await cleo.click("end-action");
    await cleo.page.getByTestId("leave-button").waitFor({ timeout: PATIENCE_MS });
  });

  test("a host ends it for everybody", async () => {
    await ana.click("end-all");
    await ana.click("end-all-confirm");
    for (const meeting of [ana, ben, cleo]) await endsWith(meeting, "is over");
  });

  test("in an encrypted meeting whoever asks has signed it, and who is removed has no keys", async () => {
    await ana.page.goto(server.url);
    await ana.page.getByTestId("new-meeting").click();
    await ana.page.getByTestId("name-input").fill("Ana");
    const link = ana.page.url();
    await ana.page.getByTestId("join-button").click();
    await ana.page.getByTestId("leave-button").waitFor({ timeout: PATIENCE_MS });
    await ben.page.goto("about:blank");
    await ben.join(link);
    for (const meeting of [ana, ben]) await isSealed(meeting);
    await ana.click("people-button");
    await hasRole(ana, "Ben", "participant");
    await ben.unmute();
    await act(ana, "Ben", "mute-person");
    await isOff(ben, "microphone");
    await act(ana, "Ben", "ask-microphone");
    await ben.click("asked-yes");
    await ana.hearsOnly("Ben");
    await act(ana, "Ben", "remove-button");
    await act(ana, "Ben", "ban-confirm");
    await endsWith(ben, "cannot join");
    await row(ana, "Ben").waitFor({ state: "detached", timeout: PATIENCE_MS });
    // The old link leads nowhere any more.
    await ana.page.waitForFunction((old) => location.href !== old, link, { timeout: PATIENCE_MS });
    await cleo.page.goto(link);
    await cleo.open(link);
    await cleo.click("join-button");
    await endsWith(cleo, "does not fit");
  });

  test("nothing on any console at error level", () => {
    for (const { person, errors } of clients) assert.deepEqual(errors, [], `${person}'s console`);
  });
});
