/**
 * tiles: what an encrypted meeting of 25 and of 49 tiles costs the page that shows it. One page has all
 * the others, who send pictures of 90 lines, 15 a second; the app in another browser shows them all. CPU
 * time of the threads of its renderer, as a part of one core. Usage: node bench/tiles.ts [SECONDS]
 */
import { bundle, serveBarePage } from "../tests/e2e/lib/bare-page.ts";
import { openClient } from "../tests/e2e/lib/browsers.ts";
import { Meeting } from "../tests/e2e/lib/meeting.ts";
import { startServer } from "../tests/e2e/lib/server.ts";
import type { FleetPage } from "../web/sdk/src/testing/fleet_page.ts";
import { isWorker, pageThreads } from "./renderer_threads.ts";

declare const window: Window & { fleetPage: FleetPage };

const seconds = Number(process.argv[2] ?? 20);
const TILES = [25, 49] as const;
const CAMERA = { width: 160, height: 90, framesPerSecond: 15 };
const VIEWPORT = { width: 1920, height: 1080 };
const FRAGMENT = `#1.${"A".repeat(43)}`;
const ROOM = "r/bench-tiles-4820";
/** All others share the cores with whoever watches them. */
const PATIENCE_MS = 180_000;

const bare = await serveBarePage(
  await bundle("web/sdk/src/testing/fleet_page.ts"),
  "'self' ws://localhost:*",
);
const server = await startServer(["--allowed-origin", bare.url]);
const fleet = (await openClient("chromium", "Cleo")).page;
await fleet.goto(bare.url);
await fleet.waitForFunction(() => window.fleetPage !== undefined);
const signalUrl = `${server.url.replace("http", "ws")}/signal`;
const entry = { room: ROOM, fragment: FRAGMENT, signalUrl, ...CAMERA };

const before = new Set(pageThreads().keys());
const viewer = new Meeting(
  await openClient("chromium", "Ana", { viewport: VIEWPORT, frugal: true }),
);
const figures: string[] = [];
let others = 0;
for (const tiles of TILES) {
  while (others < tiles - 1)
    others = await fleet.evaluate((one) => window.fleetPage.add(one), entry);
  if (tiles === TILES[0]) await viewer.join(`${server.url}/${ROOM}${FRAGMENT}`);
  const { page } = viewer;
  const presented = () =>
    page.evaluate(() => {
      const videos = [...document.querySelectorAll<HTMLVideoElement>("[data-testid=tile] video")];
      const shown = videos.filter(({ videoWidth }) => videoWidth > 0);
      const counts = shown.map((video) => video.getVideoPlaybackQuality().totalVideoFrames);
      return { shown: shown.length, frames: counts.reduce((sum, count) => sum + count, 0) };
    });
  for (let waited = 0; (await presented()).shown < tiles; waited += 1000) {
    if (waited > PATIENCE_MS) throw new Error(`${(await presented()).shown} of ${tiles} tiles`);
    await page.waitForTimeout(1000);
  }
  // The layout, and what came with the last newcomer, is done.
  await page.waitForTimeout(5000);
  const [from, framesFrom, startedAt] = [pageThreads(), await presented(), performance.now()];
  await page.waitForTimeout(seconds * 1000);
  const [to, framesTo] = [pageThreads(), await presented()];
  const elapsedNs = (performance.now() - startedAt) * 1e6;
  const own = [...to].filter(([pid]) => !before.has(pid));
  const usedBy = (pid: number, isOne: (tid: number, name: string) => boolean) =>
    [...(to.get(pid) ?? [])].reduce((sum, [tid, { name, ns }]) => {
      const was = from.get(pid)?.get(tid)?.ns ?? 0;
      return isOne(tid, name) ? sum + (ns - was) : sum;
    }, 0) / elapsedNs;
  // Browsers keep a spare one; the meeting's is the one at work.
  const [pid] = own
    .map(([one]) => [one, usedBy(one, () => true)] as const)
    .reduce((most, one) => (one[1] > most[1] ? one : most));
  const percent = (isOne: (tid: number, name: string) => boolean) =>
    (100 * usedBy(pid, isOne)).toFixed(1);
  const main = percent((tid) => tid === pid);
  const workers = percent((_tid, name) => isWorker(name));
  const all = percent(() => true);
  const rate = (framesTo.frames - framesFrom.frames) / (elapsedNs / 1e9);
  console.log(
    `${tiles} tiles: ${rate.toFixed(0)} pictures a second; main thread ${main} %, workers ${workers} %, ` +
      `all threads of the renderer ${all} % of a core`,
  );
  figures.push(`main_thread_${tiles}_pct=${main} workers_${tiles}_pct=${workers}`);
}
await viewer.client.close();
await fleet.context().close();
bare.close();
await server.stop();
console.log(`tiles: ${figures.join(" ")}`);
