/** The background worker's first line: it becomes text (tools/background_worker.ts), as all workers do. */
import type { FromWorker, ToWorker } from "../protocol.ts";
import { Cameras } from "./cameras.ts";
import { createSegmenter } from "./segmenter.ts";

interface WorkerScope {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;
const cameras = new Cameras({
  post: (message, transfer = []) => scope.postMessage(message, transfer),
  nowMs: () => performance.now(),
  createSegmenter,
});
scope.onmessage = ({ data }) => cameras.onMessage(data);
