/**
 * lighthouse: what Lighthouse says of the landing page and of pre-join, as the release server gives them:
 * its mobile preset (a phone four times slower than this machine, on slow 4G, both simulated), in the
 * Chromium of the machine. Runs without network: the pages ask nobody else, and nothing is reported.
 * Usage: node bench/lighthouse.ts [RUNS OF EACH]. The performance is the median run's.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import lighthouse, { type Flags } from "lighthouse";
import { chromium } from "playwright-core";
import { startServer } from "../tests/e2e/lib/server.ts";

const runs = Number(process.argv[2] ?? 3);
const CATEGORIES = ["performance", "accessibility", "best-practices"];
const PAGES = { landing: "/", prejoin: "/open/bench-lighthouse-7391" } as const;

type Page = keyof typeof PAGES;
interface Look {
  readonly performance: number;
  readonly accessibility: number;
  readonly practices: number;
  /** What lost points, and how many of a hundred its page gets for it. */
  readonly faults: readonly string[];
}

/** Lighthouse wants a port by which to drive the browser. */
async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}

async function look(url: string, port: number): Promise<Look> {
  const flags: Flags = { port, logLevel: "error", output: "json", onlyCategories: CATEGORIES };
  const result = await lighthouse(url, flags);
  if (result === undefined || result.lhr.runtimeError) {
    throw new Error(`${url}: ${result?.lhr.runtimeError?.message ?? "no result"}`);
  }
  const { categories, audits } = result.lhr;
  const score = (category: string) => Math.round((categories[category]?.score ?? 0) * 100);
  const refs = CATEGORIES.flatMap((category) => categories[category]?.auditRefs ?? []);
  const lost = refs.filter(({ id, weight }) => weight > 0 && (audits[id]?.score ?? 1) < 0.9);
  return {
    performance: score("performance"),
    accessibility: score("accessibility"),
    practices: score("best-practices"),
    faults: lost.map(({ id }) => {
      const audit = audits[id];
      return `${audit?.title}: ${audit?.displayValue ?? "failed"} (${id}, ${audit?.score})`;
    }),
  };
}

const server = await startServer();
const profile = await mkdtemp(join(tmpdir(), "conclave-lighthouse-"));
const port = await freePort();
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: "/usr/bin/chromium",
  headless: true,
  args: [
    `--remote-debugging-port=${port}`,
    ...["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
    ...["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"],
  ],
});

const median = (looks: readonly Look[]): Look => {
  const sorted = [...looks].sort((a, b) => a.performance - b.performance);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error("no run");
  return middle;
};

const found: string[] = [];
try {
  for (const page of Object.keys(PAGES) as Page[]) {
    const looks: Look[] = [];
    for (let i = 0; i < runs; i++) looks.push(await look(server.url + PAGES[page], port));
    const { performance, accessibility, practices, faults } = median(looks);
    const all = looks.map((each) => each.performance).join(" ");
    console.log(`${page}: performance of each run ${all}; best practices ${practices}`);
    for (const fault of faults) console.log(`  ${fault}`);
    found.push(`${page}_performance=${performance} ${page}_accessibility=${accessibility}`);
  }
} finally {
  await browser.close();
  await server.stop();
  await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
console.log(`lighthouse: ${found.join(" ")}`);
