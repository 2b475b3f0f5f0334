/** The frame worker's first line: it becomes text (tools/worker_text.ts), since only blobs are checked. */
import { FrameWorker, type Transformer } from "./frame_worker.ts";
import type { FromFrameWorker, ToFrameWorker } from "./worker_protocol.ts";

interface FrameWorkerScope {
  onmessage: ((event: MessageEvent<ToFrameWorker>) => void) | null;
  onrtctransform: ((event: { readonly transformer: Transformer }) => void) | null;
  postMessage(message: FromFrameWorker): void;
}

const scope = globalThis as unknown as FrameWorkerScope;
const worker = new FrameWorker({
  post: (message) => scope.postMessage(message),
  nowMs: () => performance.now(),
});
let ticking: ReturnType<typeof setInterval> | undefined;

function tick(everyMs: number | undefined): void {
  clearInterval(ticking);
  ticking =
    everyMs === undefined
      ? undefined
      : setInterval(() => scope.postMessage({ type: "tick" }), everyMs);
}

scope.onmessage = ({ data }) => {
  if (data.type === "tick") tick(data.everyMs);
  else worker.onMessage(data);
};
scope.onrtctransform = ({ transformer }) => worker.onTransform(transformer);
