/**
 * sealedjoin: what end-to-end encryption adds to a join, from the click to the first presented remote
 * frame. A third person joins two who are in, in an open and an encrypted meeting by turns, so that
 * whatever else the machine does hits both. Usage: node bench/sealed_join.ts [JOINS OF EACH]
 */
import { openClient } from "../tests/e2e/lib/browsers.ts";
import { Meeting } from "../tests/e2e/lib/meeting.ts";
import { startServer } from "../tests/e2e/lib/server.ts";
import { joinOnce, percentile } from "./click_to_picture.ts";

const joins = Number(process.argv[2] ?? 20);
/** Between two turns, the two others change rooms. */
const TURN = 5;
const kinds = ["open", "sealed"] as const;

const server = await startServer();
const urls = {
  open: `${server.url}/open/bench-join-7391`,
  sealed: `${server.url}/r/bench-join-7391#1.${"A".repeat(43)}`,
};
const others = await Promise.all(
  (["Ana", "Cleo"] as const).map(
    async (person) => new Meeting(await openClient("chromium", person, { frugal: true })),
  ),
);
const client = await openClient("chromium", "Ben", { frugal: true });
const ben = new Meeting(client);
const samples = { open: [] as number[], sealed: [] as number[] };

for (let done = 0; done < joins; done += TURN) {
  for (const kind of kinds) {
    for (const other of others) {
      await other.page.goto("about:blank");
      await other.join(urls[kind]);
    }
    // One that does not count: code compiled, caches filled.
    await joinOnce(ben, urls[kind]);
    for (let i = 0; i < Math.min(TURN, joins - done); i++) {
      samples[kind].push(await joinOnce(ben, urls[kind]));
    }
  }
}
for (const meeting of [ben, ...others]) await meeting.client.close();
await server.stop();

for (const kind of kinds) {
  console.log(`${kind}, ms: ${samples[kind].map((s) => s.toFixed(0)).join(" ")}`);
}
const p50 = { open: percentile(samples.open, 0.5), sealed: percentile(samples.sealed, 0.5) };
console.log(
  `sealedjoin: open_p50_ms=${p50.open.toFixed(0)} sealed_p50_ms=${p50.sealed.toFixed(0)} ` +
    `join_added_p50_ms=${(p50.sealed - p50.open).toFixed(0)}`,
);
