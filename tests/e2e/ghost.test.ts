/**
 * A participant whom the server brings into an encrypted room: it is routed as everybody is, and neither
 * hears nor appears. The people in the room use the app.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { type BarePage, bundle, serveBarePage } from "./lib/bare-page.ts";
import { type Client, identityOf, openClient, type Person } from "./lib/browsers.ts";
import { toneMicrophone } from "./lib/direct.ts";
import { Meeting } from "./lib/meeting.ts";
import { type Server, startServer } from "./lib/server.ts";

/** Of web/sdk/src/testing/ghost_page.ts. */
interface GhostReport {
  readonly people: number;
  readonly videoBytes: number;
  readonly audioBytes: number;
  readonly framesDecoded: number;
  readonly sent: number;
}
declare const window: Window & {
  ghostPage: {
    join: (entry: object) => Promise<void>;
    watchAll: () => void;
    report: () => Promise<GhostReport>;
  };
};

const PATIENCE_MS = 30_000;
/** Of lib/direct.ts: what the members say. */
const TONE_HZ = 440;

let server: Server;
let bare: BarePage;
const clients: Client[] = [];

before(async () => {
  const script = await bundle("web/sdk/src/testing/ghost_page.ts");
  bare = await serveBarePage(script, "'self' ws://localhost:*");
  server = await startServer(["--allowed-origin", bare.url]);
});
after(async () => {
  for (const client of clients) await client.close().catch(() => undefined);
  bare.close();
  await server.stop();
});

async function open(person: Person): Promise<Client> {
  const client = await openClient("chromium", person, { frugal: true });
  clients.push(client);
  return client;
}

async function enter(person: Person, address: string): Promise<Meeting> {
  const meeting = new Meeting(await open(person));
  const { page } = meeting;
  await page.addInitScript(toneMicrophone);
  await page.goto(address);
  if (address === server.url) await page.getByTestId("new-meeting").click();
  await page.getByTestId("name-input").fill(person);
  // What the server sends to whom is what this is about.
  await page.getByTestId("private-address-switch").check();
  await page.getByTestId("join-button").click();
  await page.getByTestId("leave-button").waitFor({ timeout: PATIENCE_MS });
  return meeting;
}

interface Heard {
  readonly loudest: number;
  /** The part of all energy that is at the members' tone, 0 .. 1. */
  readonly toneShare: number;
}

/** Of all that the page could play for three seconds, whoever it is from. */
function hear(page: Page): Promise<Heard> {
  return page.evaluate(async (toneHz) => {
    const context = new AudioContext();
    await context.resume();
    const tap = context.createScriptProcessor(4096, 1, 1);
    for (const { srcObject } of document.querySelectorAll("audio")) {
      if (srcObject instanceof MediaStream) context.createMediaStreamSource(srcObject).connect(tap);
    }
    let [loudest, energy, atTone] = [0, 0, 0];
    const turn = (2 * Math.PI * toneHz) / context.sampleRate;
    tap.onaudioprocess = ({ inputBuffer }) => {
      const samples = inputBuffer.getChannelData(0);
      let [real, imaginary] = [0, 0];
      for (const [i, sample] of samples.entries()) {
        loudest = Math.max(loudest, Math.abs(sample));
        energy += sample * sample;
        real += sample * Math.cos(turn * i);
        imaginary += sample * Math.sin(turn * i);
      }
      atTone += (2 * (real * real + imaginary * imaginary)) / samples.length;
    };
    tap.connect(context.destination);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    await context.close();
    return { loudest, toneShare: energy > 0 ? atTone / energy : 0 };
  }, TONE_HZ);
}

test("whom the server invents neither hears nor appears", async () => {
  const ana = await enter("Ana", server.url);
  const ben = await enter("Ben", ana.page.url());
  await ana.seesMoving("Ben", identityOf("Ben"), PATIENCE_MS);
  await ben.seesMoving("Ana", identityOf("Ana"), PATIENCE_MS);

  const { page: ghost } = await open("Dan");
  await ghost.goto(bare.url);
  await ghost.waitForFunction(() => window.ghostPage !== undefined);
  const room = new URL(ana.page.url()).pathname.slice(1);
  const signalUrl = `${server.url.replace("http", "ws")}/signal`;
  const entry = { room, signalUrl, identity: identityOf("Dan"), toneHz: 880 };
  await ghost.evaluate((value) => window.ghostPage.join(value), entry);
  const flows = async (): Promise<GhostReport> => {
    await ghost.evaluate(() => window.ghostPage.watchAll());
    return ghost.evaluate(() => window.ghostPage.report());
  };
  let report = await flows();
  const isRouted = () =>
    report.videoBytes > 20_000 && report.audioBytes > 5000 && report.sent > 300;
  for (let i = 0; i < 30 && !isRouted(); i++) {
    await ghost.waitForTimeout(1000);
    report = await flows();
  }
  console.log("the ghost:", JSON.stringify(report));
  assert.equal(report.people, 3, "the server has it among the three");
  assert.ok(isRouted(), "the server sends it the members' media, and takes its own");
  assert.equal(report.framesDecoded, 0, "nothing of it can be seen");

  for (const meeting of [ana, ben]) {
    const tiles = await meeting.page.getByTestId("tile").count();
    assert.equal(tiles, 2, `${meeting.client.person} sees two people`);
    assert.ok(!(await meeting.page.locator("body").innerText()).includes("Mallory"));
  }
  await ana.seesMoving("Ben", identityOf("Ben"), PATIENCE_MS);
  await ben.seesMoving("Ana", identityOf("Ana"), PATIENCE_MS);
  const [anas, ghosts] = [await hear(ana.page), await hear(ghost)];
  console.log(
    "of Ben's tone, Ana hears",
    JSON.stringify(anas),
    "the ghost",
    JSON.stringify(ghosts),
  );
  assert.ok(anas.toneShare > 0.5, "members hear each other");
  assert.ok(ghosts.toneShare < 0.05, "the ghost hears noise");
  // With the members muted, all that could be heard is the ghost.
  for (const meeting of [ana, ben]) await meeting.mute();
  await ana.page.waitForTimeout(1500);
  for (const { page, client } of [ana, ben]) {
    const { loudest } = await hear(page);
    console.log(`${client.person} hears at most ${loudest.toFixed(4)}`);
    assert.ok(loudest < 0.01, `${client.person} hears the ghost`);
  }
  await ana.click("people-button");
  await ana.page.getByTestId("participant-row").first().waitFor();
  assert.equal(await ana.page.getByTestId("participant-row").count(), 2);
});
