import type { SourceKind } from "../room/types.ts";

/** What every encoded frame passes. Attached when a transceiver is made, and never taken off. */
export interface FrameTransforms {
  attachSender(sender: RTCRtpSender, source: SourceKind): void;
  attachReceiver(receiver: RTCRtpReceiver, kind: "audio" | "video"): void;
}
