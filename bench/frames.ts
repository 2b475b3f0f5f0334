/**
 * frames: what it costs to seal and to open one encoded frame in the frame worker's own code, in a
 * worker of each browser. p50 and p99 are over batches of 50 frames, one after the other. Then a meeting's
 * load for ten seconds: 9 and 25 pictures of 30 frames per second and 4 voices, opened as they come.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { bundle } from "../tests/e2e/lib/bare-page.ts";
import { type Engine, openClient } from "../tests/e2e/lib/browsers.ts";
import type {
  FrameCase,
  FrameCost,
  StreamsCase,
  StreamsCost,
} from "../web/e2ee/src/testing/frame_bench_worker.ts";

const CASES: readonly FrameCase[] = [
  { mimeType: "audio/opus", bytes: 80 },
  { mimeType: "video/vp8", bytes: 1000 },
  { mimeType: "video/av1", bytes: 5000 },
  { mimeType: "video/h264", bytes: 5000 },
  { mimeType: "video/vp8", bytes: 50000 },
];

const worker = await bundle("web/e2ee/src/testing/frame_bench_worker.ts");
const server = createServer((request, response) => {
  const isWorker = request.url === "/worker.js";
  response.setHeader("content-type", isWorker ? "text/javascript" : "text/html");
  response.end(isWorker ? worker : "<!doctype html>");
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const url = `http://localhost:${(server.address() as AddressInfo).port}`;

/** In the page. */
function costOf<Cost>(one: FrameCase | StreamsCase): Promise<Cost> {
  return new Promise((resolve, reject) => {
    const bench = new Worker("/worker.js", { type: "module" });
    bench.onmessage = ({ data }) => {
      resolve(data);
      bench.terminate();
    };
    bench.onerror = (event) => reject(new Error(event.message));
    bench.postMessage(one);
  });
}

const at = (sorted: readonly number[], part: number) =>
  (sorted[Math.floor(part * sorted.length)] ?? Number.NaN).toFixed(0);

async function measure(engine: Engine): Promise<string> {
  const client = await openClient(engine, "Ana");
  await client.page.goto(url);
  const words: string[] = [];
  for (const one of CASES) {
    const { seal, open, overheadBytes } = await client.page.evaluate(costOf<FrameCost>, one);
    const name = one.mimeType.split("/")[1];
    console.log(
      `${engine} ${name} ${one.bytes} bytes: seal p50 ${at(seal, 0.5)} p99 ${at(seal, 0.99)} us, ` +
        `open p50 ${at(open, 0.5)} p99 ${at(open, 0.99)} us, ${overheadBytes} bytes more`,
    );
    if (one.bytes <= 1000) {
      words.push(`${engine}_${name}_overhead_bytes=${overheadBytes}`);
      words.push(`${engine}_${name}_seal_p50_us=${at(seal, 0.5)}`);
      words.push(`${engine}_${name}_open_p50_us=${at(open, 0.5)}`);
    }
  }
  for (const streams of [9, 25]) {
    const { busy, latency } = await client.page.evaluate(costOf<StreamsCost>, { streams });
    const percent = (busy * 100).toFixed(1);
    const [p50, p99] = [0.5, 0.99].map((part) =>
      (latency[Math.floor(part * latency.length)] ?? Number.NaN).toFixed(1),
    );
    console.log(
      `${engine} ${streams} pictures and 4 voices: at work ${percent} % of the time, ` +
        `a frame is open after p50 ${p50} p99 ${p99} ms`,
    );
    words.push(`${engine}_streams${streams}_busy_percent=${percent}`);
  }
  await client.close();
  return words.join(" ");
}

const figures = [await measure("chromium"), await measure("firefox")];
server.close();
console.log(`frames: ${figures.join(" ")}`);
