/** The key worker's entry: bundled into a string (see README.md), it runs in a worker of its own. */
import { KeyWorker } from "./key_worker.ts";
import type { ToKeyWorker } from "./worker_protocol.ts";

const scope = globalThis as unknown as DedicatedWorkerGlobalScope;

let timer: ReturnType<typeof setTimeout> | undefined;

const worker = new KeyWorker({
  post: (message) => scope.postMessage(message),
  nowMs: () => performance.now(),
  timeOfDay: () => Date.now() / 1000,
  schedule: (atMs) => {
    clearTimeout(timer);
    if (atMs === undefined) return;
    timer = setTimeout(() => void worker.onDeadline(), Math.max(0, atMs - performance.now()));
  },
});

scope.onmessage = ({ data }: MessageEvent<ToKeyWorker>) => void worker.onMessage(data);
