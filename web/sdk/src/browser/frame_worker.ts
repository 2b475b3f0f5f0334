import type { SourceKind } from "../room/types.ts";
import { mediaKindOf } from "../session/sources.ts";
import type { FrameTransforms } from "./frame_transforms.ts";
import { trustedScriptUrl } from "./trusted_types.ts";

/**
 * The worker of meetings that are not end-to-end encrypted: it passes frames on as they are. Sealed
 * ones have SealedFrames in its place. Self-contained text: a worker from a blob cannot import by
 * path, and a worker from a file runs unchecked by Integrity-Policy (decisions 13).
 */
const WORKER_TEXT = `"use strict";
onrtctransform = ({ transformer }) => {
  // A pipe ends with its transceiver; there is nobody to tell.
  transformer.readable.pipeTo(transformer.writable).catch(() => {});
};`;

interface ScriptTransformConstructor {
  new (worker: Worker, options: object): RTCRtpScriptTransform;
}

/** Undefined where the browser has no encoded transforms. */
export function scriptTransform(): ScriptTransformConstructor | undefined {
  return (globalThis as { RTCRtpScriptTransform?: ScriptTransformConstructor })
    .RTCRtpScriptTransform;
}

/** `text` becomes the worker's script. */
export function workerFromText(text: string, name: string): Worker {
  const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const worker = new Worker(trustedScriptUrl(url), { name });
  URL.revokeObjectURL(url);
  return worker;
}

/** One worker for all transforms of one connection. */
export class FrameWorker implements FrameTransforms {
  readonly #worker: Worker;
  readonly #Transform: ScriptTransformConstructor;

  private constructor(Transform: ScriptTransformConstructor) {
    this.#Transform = Transform;
    this.#worker = workerFromText(WORKER_TEXT, "conclave-frames");
  }

  /** Undefined where the browser has no encoded transforms: calls work, encryption will refuse. */
  static create(): FrameWorker | undefined {
    const Transform = scriptTransform();
    return Transform === undefined ? undefined : new FrameWorker(Transform);
  }

  attachSender(sender: RTCRtpSender, source: SourceKind): void {
    const kind = mediaKindOf(source);
    sender.transform = new this.#Transform(this.#worker, { side: "send", kind });
  }

  attachReceiver(receiver: RTCRtpReceiver, kind: "audio" | "video"): void {
    receiver.transform = new this.#Transform(this.#worker, { side: "receive", kind });
  }

  /** Frames stop: only after the connection is closed. */
  close(): void {
    this.#worker.terminate();
  }
}
