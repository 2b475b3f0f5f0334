/**
 * sealedstorm: 200 join an encrypted room of four real browsers within ten seconds. Everybody speaks a
 * tone: how long the gaps are that the four hear of each other, before and during the storm, and what it
 * costs their workers. The others are simulated members (sealed_crowd.ts). Usage:
 * node bench/sealed_storm.ts [JOINS [SECONDS]]
 */
import { readdirSync, readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { bundle, serveBarePage } from "../tests/e2e/lib/bare-page.ts";
import { type Client, openClient, people } from "../tests/e2e/lib/browsers.ts";
import { startServer } from "../tests/e2e/lib/server.ts";
import { secretOfFragment } from "../web/e2ee/src/keys/link_secrets.ts";
import type { Heard, StormPage } from "../web/sdk/src/testing/storm_page.ts";
import { isWorker, pageThreads } from "./renderer_threads.ts";
import { Crowd } from "./sealed_crowd.ts";

declare const window: Window & { stormPage: StormPage };

const joins = Number(process.argv[2] ?? 200);
const seconds = Number(process.argv[3] ?? 10);
const ENGINES = ["chromium", "firefox", "chromium", "firefox"] as const;
const ROOM = "r/bench-sealed-storm-2206";
const FRAGMENT = `#1.${"A".repeat(43)}`;
const TONES_HZ = [330, 440, 550, 660];
/** Of what the simulated members have (sealed_crowd.ts). */
const PATIENCE_MS = 15_000;
/** What began during the storm is over: epochs are up to 2.5 s apart. */
const REST_MS = 5000;

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Seconds of CPU of each page's workers, of what was there at `from`. */
function workerSeconds(from: ReturnType<typeof pageThreads>): number[] {
  const to = pageThreads();
  return [...from].map(([pid, threads]) => {
    const used = [...(to.get(pid) ?? [])].map(([tid, { name, ns }]) =>
      isWorker(name) ? ns - (threads.get(tid)?.ns ?? 0) : 0,
    );
    return used.reduce((sum, ns) => sum + ns, 0) / 1e9;
  });
}

/** Of all the server's threads. */
function serverSeconds(): number {
  const tasks = `/proc/${server.pid}/task`;
  const ns = readdirSync(tasks).map((task) =>
    Number(readFileSync(`${tasks}/${task}/schedstat`, "latin1").split(" ")[0]),
  );
  return ns.reduce((sum, one) => sum + one, 0) / 1e9;
}

function inWords(client: Client, heard: readonly Heard[]): string {
  const [silent, made] = [
    heard.map((one) => one.silenceMs),
    heard.map((one) => one.concealedMs),
  ].map((all) => all.map((ms) => ms.toFixed(0)).join(" "));
  const least = Math.min(...heard.map((one) => one.heardMs)) / 1000;
  return (
    `  ${client.engine} ${client.person}: ${least.toFixed(1)} s heard, longest silences ${silent} ms, ` +
    `made up at most ${made} ms`
  );
}

const bare = await serveBarePage(
  await bundle("web/sdk/src/testing/storm_page.ts"),
  "'self' ws://localhost:*",
);
const server = await startServer(["--allowed-origin", bare.url]);
const signalUrl = `${server.url.replace("http", "ws")}/signal`;
const others = new Set(pageThreads().keys());
const clients: Client[] = [];
for (const [i, engine] of ENGINES.entries()) {
  const client = await openClient(engine, people[i] ?? "Ana");
  clients.push(client);
  const { page } = client;
  await page.goto(bare.url);
  await page.mouse.click(10, 10);
  const entry = { room: ROOM, fragment: FRAGMENT, signalUrl, displayName: client.person };
  await page.evaluate((one) => window.stormPage.join(one), {
    ...entry,
    toneHz: TONES_HZ[i] ?? 440,
  });
}
const [ana] = clients;
const secret = secretOfFragment(FRAGMENT);
if (ana === undefined || secret === undefined) throw new Error("nobody");
const offer = await ana.page.evaluate(() => window.stormPage.idleOffer());
const crowd = await Crowd.prepare({ signalUrl, room: ROOM, secret, offer }, joins);
const waitFor = (count: number) =>
  Promise.all(
    clients.map(({ page }) =>
      page.waitForFunction((n) => window.stormPage.people() === n, count, {
        timeout: PATIENCE_MS,
        polling: 100,
      }),
    ),
  );
await waitFor(clients.length);
await Promise.all(
  clients.map(({ page }) => page.evaluate((n) => window.stormPage.hear(n), clients.length - 1)),
);

/** Takes, and says, what each heard. */
async function take(what: string): Promise<Heard[]> {
  const load = loadavg()[0]?.toFixed(1);
  console.log(`${what} (load ${load}):`);
  const all: Heard[] = [];
  for (const client of clients) {
    const heard = await client.page.evaluate(() => window.stormPage.take());
    console.log(inWords(client, heard));
    all.push(...heard);
  }
  return all;
}

await wait(REST_MS);
for (const { page } of clients) await page.evaluate(() => window.stormPage.take());
await wait((seconds + REST_MS / 1000) * 1000);
const before = await take("four alone");

await crowd.begin();
await waitFor(clients.length + 1);
for (const { page } of clients) await page.evaluate(() => window.stormPage.take());
const epochFrom = await ana.page.evaluate(() => window.stormPage.epoch());
const threads = new Map([...pageThreads()].filter(([pid]) => !others.has(pid)));
const startedAt = performance.now();
const [crowdFrom, serverFrom] = [process.cpuUsage(), serverSeconds()];
const failures: unknown[] = [];
const joining: Promise<void>[] = [];
for (let i = 0; i < joins; i++) {
  await wait(startedAt + (i * 1000 * seconds) / joins - performance.now());
  joining.push(crowd.add().catch((error) => void failures.push(error)));
}
await Promise.all(joining);
const joinedMs = performance.now() - startedAt;
const everybody = clients.length + 1 + joins - failures.length;
// What else this machine does may leave no time for it: the figure says so.
const isWhole = await waitFor(everybody).then(
  () => true,
  () => false,
);
const inGroupMs = performance.now() - startedAt;
await wait(1000);
const during = await take("the storm");
const cpu = workerSeconds(threads);
const { user, system } = process.cpuUsage(crowdFrom);
const serverCpu = serverSeconds() - serverFrom;
console.log(
  `CPU meanwhile: the server ${serverCpu.toFixed(1)} s, all simulated members ` +
    `${((user + system) / 1e6).toFixed(1)} s, pages' workers ${cpu
      .filter((s) => s > 0.05)
      .map((s) => s.toFixed(1))
      .join(" ")} s`,
);
const epochs = (await ana.page.evaluate(() => window.stormPage.epoch())) - epochFrom;
const troubles = [...failures.map(String), ...crowd.refusals];
if (!isWhole) {
  const inside = await ana.page.evaluate(() => window.stormPage.people());
  troubles.push(`${inside} of ${everybody} in the group when the simulated ones' time was over`);
}
for (const { page } of clients) {
  troubles.push(...(await page.evaluate(() => window.stormPage.troubles())));
}
if (troubles.length > 0) console.log("troubles:", troubles.slice(0, 10).join("; "));
console.log(
  `${joins} joined the server in ${(joinedMs / 1000).toFixed(1)} s and the group in ` +
    `${(inGroupMs / 1000).toFixed(1)} s, by ${epochs} epochs, ${crowd.commits} of them simulated members'`,
);
crowd.close();
for (const { close } of clients) await close();
bare.close();
await server.stop();

const most = (all: readonly Heard[], of: "silenceMs" | "concealedMs") =>
  Math.max(...all.map((one) => one[of])).toFixed(0);
console.log(
  `sealedstorm: gap_ms=${most(during, "silenceMs")} usual_gap_ms=${most(before, "silenceMs")} ` +
    `concealed_ms=${most(during, "concealedMs")} usual_concealed_ms=${most(before, "concealedMs")} ` +
    `workers_cpu_s=${Math.max(...cpu).toFixed(2)} late_ms=${(inGroupMs - 1000 * seconds).toFixed(0)} ` +
    `troubles=${troubles.length}`,
);
process.exit(troubles.length > 0 ? 1 : 0);
