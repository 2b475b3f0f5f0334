/**
 * tiles: what an encrypted meeting of 25 and of 49 tiles costs the page that shows it. One page has all
 * the others, who send pictures of 90 lines, 15 a second; the app in another browser shows them all. CPU
 * time of the threads of its renderer, as a part of one core. Usage: node bench/tiles.ts [SECONDS [PPS]]
 */
import { loadavg } from "node:os";
import type { Page } from "playwright-core";
import { bundle, serveBarePage } from "../tests/e2e/lib/bare-page.ts";
import { type Client, openClient } from "../tests/e2e/lib/browsers.ts";
import { Meeting } from "../tests/e2e/lib/meeting.ts";
import { startServer } from "../tests/e2e/lib/server.ts";
import type { FleetPage } from "../web/sdk/src/testing/fleet_page.ts";
import { isWorker, pageThreads } from "./renderer_threads.ts";

declare const window: Window & { fleetPage: FleetPage };

const seconds = Number(process.argv[2] ?? 20);
const picturesPerSecond = Number(process.argv[3] ?? 15);
const TILES = [25, 49] as const;
/** Until all are in: what the cores have goes to the group first. */
const WAITING_PICTURES_PER_SECOND = 1;
const CAMERA = { width: 160, height: 90, framesPerSecond: WAITING_PICTURES_PER_SECOND };
/** They come in one commit or two, so that a room of 49 has a dozen epochs to follow and not 48. */
const ARRIVALS = 6;
const REST_MS = 2000;
const VIEWPORT = { width: 1920, height: 1080 };
const FRAGMENT = `#1.${"A".repeat(43)}`;
const ROOM = "r/bench-tiles-4820";
/** All others share the cores with whoever watches them. */
const PATIENCE_MS = 300_000;
/** The layout, and what came with the last newcomer, is done. */
const SETTLE_MS = 8000;

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

interface Shown {
  /** Pictures presented so far, by the order of the tiles on the screen; a tile without any has 0. */
  readonly pictures: readonly number[];
}

/** Of the tiles that lie on the screen. */
const shownOn = (page: Page): Promise<Shown> =>
  page.evaluate(() => {
    const tiles = [...document.querySelectorAll<HTMLElement>("[data-testid=tile]")];
    const visible = tiles.filter((tile) => {
      const { left, top, right, bottom, width } = tile.getBoundingClientRect();
      const isInside = left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
      return isInside && width > 0;
    });
    const pictures = visible.map((tile) => {
      const video = tile.querySelector("video");
      if (video === null || video.videoWidth === 0) return 0;
      const { totalVideoFrames, droppedVideoFrames } = video.getVideoPlaybackQuality();
      return totalVideoFrames - droppedVideoFrames;
    });
    return { pictures };
  });

const sum = (all: readonly number[]) => all.reduce((total, one) => total + one, 0);

/** What the page's busiest process used of a core, in percent, by kind of thread. */
async function measure(viewer: Page, others: ReadonlySet<number>) {
  const [from, shownFrom, startedAt] = [pageThreads(), await shownOn(viewer), performance.now()];
  await wait(seconds * 1000);
  const [to, shownTo] = [pageThreads(), await shownOn(viewer)];
  const elapsedNs = (performance.now() - startedAt) * 1e6;
  const usedBy = (pid: number, isOne: (tid: number, name: string) => boolean) => {
    const threads = [...(to.get(pid) ?? [])].filter(([tid, { name }]) => isOne(tid, name));
    const ns = threads.map(([tid, thread]) => thread.ns - (from.get(pid)?.get(tid)?.ns ?? 0));
    return (100 * sum(ns)) / elapsedNs;
  };
  // Browsers keep a spare one; the meeting's is the one at work.
  const own = [...to.keys()].filter((pid) => !others.has(pid));
  const used = own.map((pid) => [pid, usedBy(pid, () => true)] as const);
  const [pid, all] = used.reduce((most, one) => (one[1] > most[1] ? one : most));
  const moved = shownTo.pictures.map((count, i) => count - (shownFrom.pictures[i] ?? 0));
  return {
    main: usedBy(pid, (tid) => tid === pid),
    workers: usedBy(pid, (_tid, name) => isWorker(name)),
    all,
    moving: moved.filter((count) => count > 0).length,
    rate: sum(moved) / (elapsedNs / 1e9),
  };
}

/** Resolves once so many tiles have shown a picture. */
async function untilShown(viewer: Page, tiles: number): Promise<void> {
  for (const deadline = performance.now() + PATIENCE_MS; ; await wait(1000)) {
    const { pictures } = await shownOn(viewer);
    const withPicture = pictures.filter((count) => count > 0).length;
    if (withPicture === tiles) return;
    if (performance.now() > deadline)
      throw new Error(`${withPicture} of ${tiles} tiles, ${pictures.length} on the screen`);
  }
}

const closing: (() => unknown)[] = [];

async function run(): Promise<string> {
  const bare = await serveBarePage(
    await bundle("web/sdk/src/testing/fleet_page.ts"),
    "'self' ws://localhost:*",
  );
  closing.push(bare.close);
  const server = await startServer(["--allowed-origin", bare.url]);
  closing.push(server.stop);
  const open = async (...choices: Parameters<typeof openClient>): Promise<Client> => {
    const client = await openClient(...choices);
    closing.push(client.close);
    return client;
  };
  const fleet = (await open("chromium", "Cleo")).page;
  await fleet.goto(bare.url);
  await fleet.waitForFunction(() => window.fleetPage !== undefined);
  const signalUrl = `${server.url.replace("http", "ws")}/signal`;
  const entry = { room: ROOM, fragment: FRAGMENT, signalUrl, ...CAMERA };
  const fill = async (others: number): Promise<void> => {
    for (let there = 0; there < others; await wait(REST_MS)) {
      const count = await fleet.evaluate(() => window.fleetPage.count());
      const next = Math.min(ARRIVALS, others - count);
      there = await fleet.evaluate(([one, n]) => window.fleetPage.add(one, n), [
        entry,
        next,
      ] as const);
      console.log(`  ${there} send, after ${performance.now().toFixed(0)} ms`);
    }
  };
  const pace = (rate: number) => fleet.evaluate((one) => window.fleetPage.pace(one), rate);

  const others = new Set(pageThreads().keys());
  const viewer = new Meeting(await open("chromium", "Ana", { viewport: VIEWPORT, frugal: true }));
  const figures: string[] = [];
  for (const tiles of TILES) {
    await fill(tiles - 1);
    if (tiles === TILES[0]) await viewer.join(`${server.url}/${ROOM}${FRAGMENT}`);
    await untilShown(viewer.page, tiles);
    await pace(picturesPerSecond);
    await wait(SETTLE_MS);
    const { main, workers, all, moving, rate } = await measure(viewer.page, others);
    await pace(WAITING_PICTURES_PER_SECOND);
    console.log(
      `${tiles} tiles (${moving} moving, load ${loadavg()[0]?.toFixed(1)}): ${rate.toFixed(0)} pictures a ` +
        `second shown; main thread ${main.toFixed(1)} %, workers ${workers.toFixed(1)} %, all threads of ` +
        `the renderer ${all.toFixed(1)} % of a core`,
    );
    if (moving < tiles) throw new Error(`${tiles - moving} of ${tiles} tiles stood still`);
    figures.push(`main_thread_${tiles}_pct=${main.toFixed(1)}`);
  }
  // Where the machine is too busy for all of them, members refuse what comes too late.
  const refused = await fleet.evaluate(() => window.fleetPage.troubles());
  if (refused.length > 0) console.log(`refused by members: ${[...new Set(refused)].join("; ")}`);
  return `tiles: ${figures.join(" ")}`;
}

try {
  console.log(await run());
} finally {
  for (const close of closing.reverse()) await close();
}
