/**
 * Breakout rooms in real browsers, in an encrypted meeting and in an open one: who is elsewhere is neither
 * seen nor heard, on the same connections as before; a client that asks for what it may not gets nothing.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { assertAccessible } from "./lib/axe.ts";
import { type Client, type Engine, identityOf, openClient, type Person } from "./lib/browsers.ts";
import { eventually } from "./lib/eventually.ts";
import { Meeting } from "./lib/meeting.ts";
import { type Server, startServer } from "./lib/server.ts";

/** Browsers share two cores. */
const PATIENCE_MS = 45_000;

interface Opened {
  peerConnections: RTCPeerConnection[];
  sockets: WebSocket[];
}

/**
 * What no page of ours would send (protocol/conclave.proto): go to room 2, and to one that is not there;
 * close all, open three more, move participant 1, stay for ever; speak to all rooms.
 */
const HOSTILE: readonly (readonly number[])[] = [
  [0x72, 0x02, 0x08, 0x02],
  [0x72, 0x02, 0x08, 0x63],
  [0x5a, 0x02, 0x72, 0x00],
  [0x5a, 0x05, 0x5a, 0x03, 0x0a, 0x01, 0x41],
  [0x5a, 0x08, 0x62, 0x06, 0x0a, 0x04, 0x08, 0x01, 0x10, 0x01],
  [0x5a, 0x02, 0x6a, 0x00],
  [0x3a, 0x05, 0x08, 0x0b, 0x1a, 0x01, 0x41],
];

for (const kind of ["encrypted", "open"] as const) {
  describe(`breakout rooms of an ${kind} meeting`, { concurrency: 1 }, () => {
    let server: Server;
    let ana: Meeting;
    let ben: Meeting;
    let cleo: Meeting;
    const clients: Client[] = [];
    const connections = new Map<Meeting, number>();

    const open = async (engine: Engine, person: Person): Promise<Meeting> => {
      const client = await openClient(engine, person, { frugal: true });
      clients.push(client);
      // The first two would meet directly, on a connection more, until the third comes.
      await client.page.addInitScript(() =>
        localStorage.setItem("conclave.preferences", JSON.stringify({ addressPrivate: true })),
      );
      return new Meeting(client);
    };
    /** How many there were ever, all of them alive. */
    const connectionsOf = ({ page }: Meeting) =>
      page.evaluate(() => {
        const { peerConnections } = window as unknown as Opened;
        const dead = peerConnections.filter((one) => one.connectionState !== "connected");
        return peerConnections.length - 1000 * dead.length;
      });
    const isIn = ({ page }: Meeting, breakout: number) =>
      page
        .locator(`[data-testid=breakout-banner][data-breakout="${breakout}"]`)
        .waitFor({ timeout: PATIENCE_MS });
    const sees = (who: Meeting, person: Person) =>
      who.seesMoving(person, identityOf(person), PATIENCE_MS);
    const seesNot = (who: Meeting, person: Person) =>
      who.tile(person).waitFor({ state: "detached", timeout: PATIENCE_MS });
    /** So many bytes of media came in. */
    const received = ({ page }: Meeting) =>
      page.evaluate(async () => {
        let bytes = 0;
        for (const connection of (window as unknown as Opened).peerConnections) {
          for (const report of (await connection.getStats()).values()) {
            if (report.type === "inbound-rtp") bytes += report.bytesReceived ?? 0;
          }
        }
        return bytes;
      });
    const openSheet = async ({ page }: Meeting): Promise<void> => {
      await page.getByTestId("more-button").click();
      await page.getByTestId("breakout-button").click();
      await page.getByTestId("breakout-sheet").waitFor();
    };
    const place = ({ page }: Meeting, person: Person, room: number) =>
      page
        .getByTestId("breakout-person")
        .filter({ hasText: person })
        .getByTestId("breakout-place")
        .selectOption(String(room));

    const openBoard = async ({ page }: Meeting): Promise<void> => {
      await page.getByTestId("more-button").click();
      await page.getByTestId("board-button").click();
      await page.getByTestId("board-canvas").waitFor({ timeout: PATIENCE_MS });
    };
    /** Puts a shape into the middle, by keyboard. */
    const draw = async ({ page }: Meeting, shape: "rectangle" | "ellipse"): Promise<void> => {
      await page.getByTestId(`board-${shape}`).press("Enter");
      await page.getByTestId("board-canvas").press("Enter");
    };
    const hasDrawings = ({ page }: Meeting, count: number) =>
      page
        .locator(`[data-testid=board-canvas][data-elements="${count}"]`)
        .waitFor({ timeout: PATIENCE_MS });
    const openPolls = async ({ page }: Meeting): Promise<void> => {
      await page.getByTestId("chat-button").click();
      await page.getByTestId("tab-polls").click();
    };
    const yes = ({ page }: Meeting) => page.getByTestId("poll-option").filter({ hasText: "Yes" });

    before(async () => {
      server = await startServer();
      ana = await open("chromium", "Ana");
      ben = await open("firefox", "Ben");
      cleo = await open("chromium", "Cleo");
      if (kind === "open") {
        await ana.join(`${server.url}/open/e2e-breakout`);
      } else {
        await ana.page.goto(server.url);
        await ana.click("new-meeting");
        await ana.page.getByTestId("name-input").fill("Ana");
        await ana.click("join-button");
        await ana.page.locator("[data-testid=lock-button][data-state=sealed]").waitFor();
      }
      await ben.join(ana.page.url());
      await cleo.join(ana.page.url());
      await sees(ana, "Ben");
      await sees(ana, "Cleo");
      await sees(cleo, "Ben");
      for (const who of [ana, ben, cleo]) connections.set(who, await connectionsOf(who));
    });
    after(async () => {
      for (const client of clients) await client.close().catch(() => undefined);
      await server.stop();
    });

    test("the host places people, and they see and hear those who are there only", async () => {
      await openSheet(ana);
      await assertAccessible(ana.page, "breakout rooms that are planned");
      await ana.page.getByTestId("breakout-name").first().fill("Blue");
      await place(ana, "Ben", 1);
      await place(ana, "Cleo", 1);
      await ana.click("breakout-open");
      await ana.page.getByTestId("breakout-close").waitFor();
      await assertAccessible(ana.page, "breakout rooms that are open");
      await ana.page.keyboard.press("Escape");
      await isIn(ana, 0);
      for (const who of [ben, cleo]) await isIn(who, 1);
      await ben.page.getByTestId("breakout-banner").filter({ hasText: "Blue" }).waitFor();
      await assertAccessible(cleo.page, "a breakout room");
      await sees(ben, "Cleo");
      await sees(cleo, "Ben");
      for (const person of ["Ben", "Cleo"] as const) await seesNot(ana, person);
      for (const who of [ben, cleo]) await seesNot(who, "Ana");
      await ben.hearsOnly("Cleo");
      await ana.hearsNobody();
      const before = await received(ana);
      await ana.page.waitForTimeout(2000);
      assert.equal(await received(ana), before, "media of another breakout room came");
    });

    test("a client that asks for what it may not changes nothing", async () => {
      for (const bytes of HOSTILE) {
        await ben.page.evaluate(
          (each) => (window as unknown as Opened).sockets.at(-1)?.send(new Uint8Array(each)),
          [...bytes],
        );
      }
      await ben.page.waitForTimeout(2000);
      await isIn(ana, 0);
      for (const who of [ben, cleo]) await isIn(who, 1);
      assert.equal(await cleo.page.getByTestId("breakout-word").count(), 0);
      assert.equal(await cleo.page.getByTestId("breakout-banner").innerText().then(isTimed), false);
    });

    test("the host reads that help is wanted, comes, and writes to all", async () => {
      await ben.click("breakout-help");
      await ana.page.getByTestId("breakout-help-banner").filter({ hasText: "Ben" }).waitFor();
      await ana.click("breakout-help-go");
      await isIn(ana, 1);
      await sees(ana, "Ben");
      await sees(ben, "Ana");
      await ana.page.getByTestId("breakout-help-banner").waitFor({ state: "detached" });
      await ana.page.getByTestId("breakout-go").selectOption("0");
      await isIn(ana, 0);
      await ana.click("breakout-manage");
      await ana.page.getByTestId("breakout-say").fill("five more minutes");
      await ana.click("breakout-say-send");
      for (const who of [ben, cleo]) {
        await who.page
          .getByTestId("breakout-word")
          .filter({ hasText: "five more minutes" })
          .waitFor();
      }
    });

    test("boards and polls go on in every room", async () => {
      await ana.page.keyboard.press("Escape");
      for (const who of [ana, ben]) await openBoard(who);
      await draw(ana, "rectangle");
      await draw(ben, "ellipse");
      await openBoard(cleo);
      await hasDrawings(cleo, 1);
      await openPolls(ben);
      await ben.page.getByTestId("poll-new").click();
      await ben.page.getByTestId("poll-question").fill("Tea?");
      for (const [index, text] of ["Yes", "No"].entries())
        await ben.page.getByTestId("poll-option-field").nth(index).fill(text);
      await ben.click("poll-ask");
      await openPolls(cleo);
      await yes(cleo).click({ timeout: PATIENCE_MS });
      await yes(ben).filter({ hasText: "1" }).waitFor({ timeout: PATIENCE_MS });
      await hasDrawings(ana, 1);
      await ana.click("breakout-manage");
    });

    test("everybody is brought back, on the connections that there were", async () => {
      await ana.click("breakout-close");
      await ana.page.getByTestId("breakout-sheet").waitFor({ state: "detached" });
      await sees(ana, "Ben");
      await sees(ana, "Cleo");
      await sees(ben, "Ana");
      for (const [who, count] of connections) {
        const name = who.client.person;
        await eventually(
          `the same for ${name}`,
          () => connectionsOf(who),
          (now) => now === count,
        );
      }
    });

    test("what was drawn and voted in breakout rooms is everybody's", async () => {
      for (const who of [ana, ben, cleo]) await hasDrawings(who, 2);
      await openPolls(ana);
      await yes(ana).filter({ hasText: "1" }).waitFor({ timeout: PATIENCE_MS });
      await yes(ana).click();
      for (const who of [ana, ben, cleo])
        await yes(who).filter({ hasText: "2" }).waitFor({ timeout: PATIENCE_MS });
    });
  });
}

/** Whether a banner tells how long it lasts. */
function isTimed(text: string): boolean {
  return /\d:\d\d/.test(text);
}
