/**
 * The lobby and the passcode, in real browsers: who knocks sees and hears nothing, talks with the hosts
 * at the door, and is let in or turned away; in encrypted rooms the server reads neither names nor words.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { assertAccessible } from "./lib/axe.ts";
import { type Client, type Engine, identityOf, openClient, type Person } from "./lib/browsers.ts";
import { Meeting } from "./lib/meeting.ts";
import { type Server, startServer } from "./lib/server.ts";

/** Browsers share two cores. */
const PATIENCE_MS = 30_000;
/** Of "tea at five", by conclave --hash-passcode. */
const FIXED =
  "$argon2id$v=19$m=19456,t=2,p=1$KP1yt6tvcizHtxDhQcV6Xw$8LWn/NzSGGefQJM9OGsPTrvIViqJeMG1icVJS2fItmE";

describe("the door of a meeting", { concurrency: 1 }, () => {
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
  const waitingRow = ({ page }: Meeting, person: Person) =>
    page.getByTestId("waiting-row").filter({ hasText: person });
  const isIn = ({ page }: Meeting) =>
    page.getByTestId("leave-button").waitFor({ timeout: PATIENCE_MS });
  const inLobby = ({ page }: Meeting) =>
    page.getByTestId("lobby").waitFor({ timeout: PATIENCE_MS });
  const endsWith = ({ page }: Meeting, text: string) =>
    page.getByTestId("end-screen").filter({ hasText: text }).waitFor({ timeout: PATIENCE_MS });
  const knock = async (who: Meeting, url: string): Promise<void> => {
    // A change of the fragment alone would not load the page again.
    await who.page.goto("about:blank");
    await who.open(url);
    await who.page
      .getByTestId("prejoin-sight")
      .filter({ hasText: "Somebody will have to let you in." })
      .waitFor({ timeout: PATIENCE_MS });
    await who.click("join-button");
    await inLobby(who);
  };
  const looksGood = async ({ page }: Meeting, state: string): Promise<void> => {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      // Whoever waits sees something turn for as long as they do.
      await page.waitForFunction(() =>
        document
          .getAnimations()
          .every(
            ({ effect }) => effect?.getComputedTiming().iterations === Number.POSITIVE_INFINITY,
          ),
      );
      await assertAccessible(page, `${state}, ${colorScheme},`);
    }
  };
  const setLobby = async (host: Meeting): Promise<void> => {
    await host.click("people-button");
    await host.click("host-button");
    await host.click("rule-lobby");
    await host.page.locator("[data-testid=rule-lobby][aria-checked=true]").waitFor();
    await host.page.keyboard.press("Escape");
  };

  before(async () => {
    server = await startServer(["--passcode", `open/e2e-fixed-* ${FIXED}`]);
    room = `${server.url}/open/e2e-lobby`;
    ana = await open("chromium", "Ana");
    ben = await open("firefox", "Ben");
    cleo = await open("chromium", "Cleo");
  });
  after(async () => {
    for (const client of clients) await client.close().catch(() => undefined);
    await server.stop();
  });

  test("who knocks waits, is seen by the host, and is let in", async () => {
    await ana.join(room);
    await setLobby(ana);
    await knock(ben, room);
    await looksGood(ben, "the lobby");
    await waitingRow(ana, "Ben").waitFor({ timeout: PATIENCE_MS });
    await looksGood(ana, "the list of who waits");
    assert.equal(await ana.page.getByTestId("participant-row").count(), 1);
    await waitingRow(ana, "Ben").getByTestId("admit").click();
    await isIn(ben);
    await waitingRow(ana, "Ben").waitFor({ state: "detached" });
    await ana.seesMoving("Ben", identityOf("Ben"), PATIENCE_MS);
  });

  test("who waits and who runs the meeting talk at the door", async () => {
    await knock(cleo, room);
    await cleo.page.getByTestId("lobby-input").fill("It is me, Cleo.");
    await cleo.page.keyboard.press("Enter");
    await waitingRow(ana, "Cleo").getByText("It is me, Cleo.").waitFor({ timeout: PATIENCE_MS });
    await waitingRow(ana, "Cleo").getByTestId("waiting-input").fill("One moment.");
    await ana.page.keyboard.press("Enter");
    await cleo.page.getByTestId("lobby-talk").getByText("One moment.").waitFor();
    assert.equal(
      await ben.page.getByText("It is me, Cleo.").count(),
      0,
      "not everybody's business",
    );
  });

  test("who is turned away is told so, may knock again, and may stop waiting", async () => {
    await waitingRow(ana, "Cleo").getByTestId("deny").click();
    await endsWith(cleo, "You were not let in");
    await looksGood(cleo, "the end for who is turned away");
    await cleo.click("end-action");
    await inLobby(cleo);
    await waitingRow(ana, "Cleo").waitFor({ timeout: PATIENCE_MS });
    await cleo.click("lobby-leave");
    await cleo.page.getByTestId("join-button").waitFor();
    await waitingRow(ana, "Cleo").waitFor({ state: "detached", timeout: PATIENCE_MS });
  });

  test("with the list closed a banner says who waits, and lets them in by keyboard", async () => {
    await ana.click("people-button");
    await cleo.click("join-button");
    const admit = ana.page.getByTestId("lobby-banner-admit");
    await admit.waitFor({ timeout: PATIENCE_MS });
    await looksGood(ana, "the banner of who waits");
    await admit.focus();
    await ana.page.keyboard.press("Enter");
    await isIn(cleo);
    await ana.page.getByTestId("lobby-banner").waitFor({ state: "detached" });
  });

  test("who has been in comes back without waiting", async () => {
    await ben.page.reload();
    await ben.join(room);
    await isIn(ben);
  });

  test("a passcode is asked of strangers, and only the right one opens", async () => {
    room = `${server.url}/open/e2e-passcode`;
    await ana.join(room);
    await ana.click("people-button");
    await ana.click("host-button");
    await ana.page.getByTestId("set-passcode-input").fill("tea at five");
    await ana.click("set-passcode");
    await ana.page.getByTestId("remove-passcode").waitFor({ timeout: PATIENCE_MS });
    await looksGood(ana, "what a host sets for all, with a passcode");
    await ana.page.keyboard.press("Escape");
    await ben.page.goto("about:blank");
    await ben.open(room);
    const field = ben.page.getByTestId("passcode-input");
    await field.waitFor({ timeout: PATIENCE_MS });
    await looksGood(ben, "a passcode that is asked for");
    await field.fill("tea at six");
    await ben.page.keyboard.press("Enter");
    await ben.page.getByText("That is not this meeting’s passcode").waitFor();
    await field.fill("tea at five");
    await ben.page.keyboard.press("Enter");
    await isIn(ben);
    // And it may be taken away again.
    await ana.click("host-button");
    await ana.click("remove-passcode");
    await ana.page.getByTestId("remove-passcode").waitFor({ state: "detached" });
    await ana.page.keyboard.press("Escape");
    await cleo.page.goto("about:blank");
    await cleo.join(room);
  });

  test("a passcode by the configuration is asked of the first, too, and nobody removes it", async () => {
    room = `${server.url}/open/e2e-fixed-monday`;
    await ana.page.goto("about:blank");
    await ana.open(room);
    const field = ana.page.getByTestId("passcode-input");
    await field.waitFor({ timeout: PATIENCE_MS });
    await field.fill("tea at six");
    await ana.page.keyboard.press("Enter");
    await ana.page.getByText("That is not this meeting’s passcode").waitFor();
    await field.fill("tea at five");
    await ana.page.keyboard.press("Enter");
    await isIn(ana);
    await ana.click("people-button");
    await ana.click("host-button");
    await ana.page.getByTestId("fixed-passcode").waitFor();
    await looksGood(ana, "what a host sets for all, where the passcode is the configuration’s");
    assert.equal(await ana.page.getByTestId("set-passcode").count(), 0);
    await ana.page.keyboard.press("Escape");
    await ben.page.goto("about:blank");
    await ben.open(room);
    await ben.page.getByTestId("passcode-input").waitFor({ timeout: PATIENCE_MS });
  });

  test("an encrypted meeting has a lobby, whose names and words the server cannot read", async () => {
    await ana.page.goto(server.url);
    await ana.page.getByTestId("new-meeting").click();
    await ana.page.getByTestId("name-input").fill("Ana");
    const link = ana.page.url();
    await ana.page.getByTestId("join-button").click();
    await isIn(ana);
    await setLobby(ana);
    await knock(ben, link);
    await ben.page.getByTestId("lobby-input").fill("Only for you");
    await ben.page.keyboard.press("Enter");
    await waitingRow(ana, "Ben").getByText("Only for you").waitFor({ timeout: PATIENCE_MS });
    // Another secret does not open what is said there, nor is it understood.
    await knock(cleo, link.replace(/#1\..*/, `#1.${"A".repeat(43)}`));
    await ana.page
      .getByTestId("waiting-row")
      .filter({ hasText: "Somebody with an old link" })
      .waitFor({ timeout: PATIENCE_MS });
    await waitingRow(ana, "Ben").getByTestId("admit").click();
    await isIn(ben);
    await ana.seesMoving("Ben", identityOf("Ben"), PATIENCE_MS);
    await ana.hearsOnly("Ben");
  });

  test("nothing on any console at error level", () => {
    for (const { person, errors } of clients) assert.deepEqual(errors, [], `${person}'s console`);
  });
});
