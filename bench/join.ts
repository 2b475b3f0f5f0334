/**
 * join: from the click on "Join" to the first presented remote frame, on localhost. Prints every sample;
 * usage: node bench/join.ts [JOINS]
 */
import { type Engine, openClient } from "../tests/e2e/lib/browsers.ts";
import { Meeting } from "../tests/e2e/lib/meeting.ts";
import { startServer } from "../tests/e2e/lib/server.ts";
import { joinOnce, percentile } from "./click_to_picture.ts";

const joins = Number(process.argv[2] ?? 20);

async function measure(engine: Engine, url: string): Promise<number[]> {
  const samples: number[] = [];
  const client = await openClient(engine, "Ben");
  const meeting = new Meeting(client);
  // One join that does not count: code compiled, caches filled.
  for (let i = 0; i <= joins; i++) {
    const took = await joinOnce(meeting, url);
    if (i > 0) samples.push(took);
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
