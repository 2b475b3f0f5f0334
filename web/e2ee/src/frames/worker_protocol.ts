/** What the page and the frame worker say to each other. No key passes through the page's thread. */
import type { Source } from "./contexts.ts";
import type { FrameLabel } from "./label_trail.ts";
import type { ReceiveCounters } from "./receive_pipe.ts";
import type { SendCounters } from "./send_pipe.ts";

/** The options of an RTCRtpScriptTransform. `id` is one's own among all of a worker. */
export type TransformOptions =
  | { readonly id: number; readonly side: "send"; readonly source: Source }
  | { readonly id: number; readonly side: "receive"; readonly kind: "audio" | "video" };

export type ToFrameWorker =
  /** With a MessagePort on which FrameKeyMessages arrive. Once. */
  | { readonly type: "keys"; readonly port: MessagePort }
  /** The page knows of the label of this number. */
  | { readonly type: "labelled"; readonly number: number }
  | { readonly type: "count"; readonly request: number }
  /** Says "tick" that often: a hidden page's own timers are held up. Undefined: no more. */
  | { readonly type: "tick"; readonly everyMs: number | undefined };

export type FromFrameWorker =
  /** What is sent from now on is sealed in this epoch; undefined: nothing is sent. */
  | { readonly type: "sealing"; readonly epoch: number | undefined }
  /** Frames of a slot from a timestamp on, to be answered with "labelled". */
  | {
      readonly type: "label";
      readonly number: number;
      readonly id: number;
      readonly rtpTimestamp: number;
      readonly label: FrameLabel;
    }
  | { readonly type: "counted"; readonly request: number; readonly counts: FrameCounts }
  | { readonly type: "tick" };

/** By the ids of the transforms. */
export interface FrameCounts {
  readonly sent: ReadonlyMap<number, SendCounters>;
  readonly received: ReadonlyMap<number, ReceiveCounters>;
}
