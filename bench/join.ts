/**
 * join: from the click on "Join" to the first decoded remote frame, on localhost, with the page loaded
 * and the preview running. Prints every sample; usage: node bench/join.ts [JOINS]
 */
import { type Engine, openClient } from "../tests/e2e/lib/browsers.ts";
import { Meeting } from "../tests/e2e/lib/meeting.ts";
import { startServer } from "../tests/e2e/lib/server.ts";

const joins = Number(process.argv[2] ?? 20);

function percentile(samples: readonly number[], part: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
}

/** In the page: clicks, and waits for the first video that presents a remote frame. */
async function clickAndWait(): Promise<number> {
  const presented = new Promise<number>((resolve) => {
    const watched = new WeakSet<HTMLVideoElement>();
    const look = (): void => {
      for (const video of document.querySelectorAll<HTMLVideoElement>("[data-testid=tile] video")) {
        const tile = video.closest("[data-testid=tile]");
        if (watched.has(video) || tile?.getAttribute("data-local") === "true") continue;
        watched.add(video);
        video.requestVideoFrameCallback((now) => resolve(now));
      }
    };
    new MutationObserver(look).observe(document, {
      childList: true,
      subtree: true,
      attributes: true,
    });
  });
  const start = performance.now();
  document.querySelector<HTMLButtonElement>("[data-testid=join-button]")?.click();
  return (await presented) - start;
}

async function measure(engine: Engine, url: string): Promise<number[]> {
  const samples: number[] = [];
  const client = await openClient(engine, "Ben");
  const meeting = new Meeting(client);
  // One join that does not count: code compiled, caches filled.
  for (let i = 0; i <= joins; i++) {
    await meeting.open(url);
    await meeting.page.getByTestId("join-button").waitFor();
    // The preview and the chunk of the call are there: that is what a person's click finds.
    await meeting.page.waitForTimeout(700);
    const took = await meeting.page.evaluate(clickAndWait);
    if (i > 0) samples.push(took);
    await meeting.click("leave-button");
    await meeting.page.getByTestId("end-screen").waitFor();
  }
  await client.close();
  return samples;
}

const server = await startServer();
const publisher = await openClient("chromium", "Ana");
const url = `${server.url}/open/bench-join-7391`;
await new Meeting(publisher).join(url);

const chromium = await measure("chromium", url);
const firefox = await measure("firefox", url);
await publisher.close();
await server.stop();

const show = (samples: readonly number[]): string => samples.map((s) => s.toFixed(0)).join(" ");
console.log(`Chromium, ms: ${show(chromium)}`);
console.log(`Firefox, ms: ${show(firefox)}`);
console.log(
  `join: p50_ms=${percentile(chromium, 0.5).toFixed(0)} p95_ms=${percentile(chromium, 0.95).toFixed(0)} ` +
    `firefox_p50_ms=${percentile(firefox, 0.5).toFixed(0)} firefox_p95_ms=${percentile(firefox, 0.95).toFixed(0)}`,
);
