export type { Source } from "./contexts.ts";
export {
  DATA_BYTES_MAX,
  type DataEnvelope,
  type DataFailure,
  type DataMessage,
  DataMessages,
  type LeafSignatures,
} from "./data_messages.ts";
export { FRAME_WORKER_TEXT } from "./frame_worker_text.ts";
export { type FrameLabel, type LabelStep, LabelTrail } from "./label_trail.ts";
export type { ReceiveCounters } from "./receive_pipe.ts";
export type { SendCounters } from "./send_pipe.ts";
export type {
  FrameCounts,
  FromFrameWorker,
  ToFrameWorker,
  TransformOptions,
} from "./worker_protocol.ts";
