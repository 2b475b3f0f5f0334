/**
 * A frame worker that dies in the middle of an encrypted meeting, in Chromium and then in Firefox: it is
 * replaced, its successor seals in a later epoch only, and both people see and hear each other again.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Page } from "playwright-core";
import { type Client, type Engine, identityOf, openClient, type Person } from "./lib/browsers.ts";
import { Meeting } from "./lib/meeting.ts";
import { type Server, startServer } from "./lib/server.ts";

/** Browsers share two cores. */
const PATIENCE_MS = 40_000;
/** Four and a half seconds until it is missed, an epoch, a key frame; and a machine that is busy. */
const GAP_MS_MAX = 15_000;

/** What each frame worker of the page said that it seals in, in the order of their making. */
type Epochs = (number | undefined)[][];

declare const window: Window & {
  frameWorkers: Worker[];
  sealedIn: Epochs;
};

/** Runs in the page before everything else. */
function keepFrameWorkers(): void {
  window.frameWorkers = [];
  window.sealedIn = [];
  const Original = globalThis.Worker;
  globalThis.Worker = class extends Original {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      if (options?.name !== "conclave-sealed-frames") return;
      const epochs: (number | undefined)[] = [];
      window.frameWorkers.push(this);
      window.sealedIn.push(epochs);
      this.addEventListener(
        "message",
        ({ data }: MessageEvent<{ type: string; epoch?: number }>) => {
          if (data.type === "sealing") epochs.push(data.epoch);
        },
      );
    }
  };
}

const sealedIn = (page: Page): Promise<Epochs> => page.evaluate(() => window.sealedIn);

/** Undefined is what a worker says that has no key. */
function epochsOf(workers: Epochs): number[][] {
  return workers.map((epochs) => epochs.filter((epoch) => epoch !== undefined));
}

describe("a frame worker that dies", { concurrency: 1 }, () => {
  let server: Server;
  let ana: Meeting;
  let ben: Meeting;
  const clients: Client[] = [];

  const open = async (engine: Engine, person: Person): Promise<Meeting> => {
    const client = await openClient(engine, person, { frugal: true });
    clients.push(client);
    await client.page.addInitScript(keepFrameWorkers);
    return new Meeting(client);
  };
  const enter = async ({ page, client }: Meeting): Promise<void> => {
    await page.getByTestId("name-input").fill(client.person);
    await page.getByTestId("join-button").click();
    await page.getByTestId("leave-button").waitFor({ timeout: PATIENCE_MS });
  };

  before(async () => {
    server = await startServer();
    ana = await open("chromium", "Ana");
    await ana.page.goto(server.url);
    await ana.page.getByTestId("new-meeting").click();
    await ana.page.getByTestId("name-input").waitFor();
    const link = ana.page.url();
    await enter(ana);
    ben = await open("firefox", "Ben");
    await ben.page.goto(link);
    await enter(ben);
    await ana.seesMoving("Ben", identityOf("Ben"), PATIENCE_MS);
    await ben.seesMoving("Ana", identityOf("Ana"), PATIENCE_MS);
  });
  after(async () => {
    for (const client of clients) await client.close().catch(() => undefined);
    await server.stop();
  });

  const seeEachOther = async (): Promise<void> => {
    await ben.seesMoving("Ana", identityOf("Ana"), PATIENCE_MS);
    await ana.seesMoving("Ben", identityOf("Ben"), PATIENCE_MS);
  };

  for (const name of ["Ana", "Ben"] as const) {
    test(`${name}'s is replaced, and seals nothing that it could have sealed before`, async () => {
      const { page, client } = name === "Ana" ? ana : ben;
      const workers = epochsOf(await sealedIn(page)).length;
      const killedAt = Date.now();
      await page.evaluate(() => window.frameWorkers.at(-1)?.terminate());
      await page.waitForFunction(
        (count) => window.sealedIn[count]?.some((epoch) => epoch !== undefined),
        workers,
        { timeout: PATIENCE_MS, polling: 50 },
      );
      const sealsAfterMs = Date.now() - killedAt;
      await seeEachOther();
      const before = epochsOf(await sealedIn(page)).slice(0, workers);
      const [after = []] = epochsOf(await sealedIn(page)).slice(workers);
      assert.ok(Math.min(...after) > Math.max(...before.flat()), "keys of an epoch of its own");
      console.log(`${client.engine}: another frame worker seals after ${sealsAfterMs} ms`);
      assert.ok(sealsAfterMs < GAP_MS_MAX, `${sealsAfterMs} ms without a frame worker`);
    });
  }

  test("they hear each other, and nothing was reported", async () => {
    await ben.mute();
    await ben.hearsOnly("Ana");
    await ben.unmute();
    await ana.mute();
    await ana.hearsOnly("Ben");
    for (const { page } of [ana, ben]) {
      await page.locator("[data-testid=lock-button][data-state=sealed]").waitFor();
    }
    assert.deepEqual(
      clients.flatMap(({ errors }) => errors),
      [],
    );
  });
});
