import { trustedScriptUrl } from "./trusted_types.ts";

/**
 * The worker that every encoded frame passes, in both directions. It passes frames on as they are;
 * end-to-end encryption takes its place. Self-contained text: a worker from a blob cannot import by
 * path, and a worker from a file runs unchecked by Integrity-Policy (decisions 13).
 */
const WORKER_TEXT = `"use strict";
onrtctransform = ({ transformer }) => {
  // A pipe ends with its transceiver; there is nobody to tell.
  transformer.readable.pipeTo(transformer.writable).catch(() => {});
};`;

interface ScriptTransformConstructor {
  new (worker: Worker, options: FrameTransformOptions): RTCRtpScriptTransform;
}

export interface FrameTransformOptions {
  readonly side: "send" | "receive";
  readonly kind: "audio" | "video";
}

/** One worker for all transforms of one connection. */
export class FrameWorker {
  readonly #worker: Worker;
  readonly #Transform: ScriptTransformConstructor;

  private constructor(Transform: ScriptTransformConstructor) {
    this.#Transform = Transform;
    const url = URL.createObjectURL(new Blob([WORKER_TEXT], { type: "text/javascript" }));
    this.#worker = new Worker(trustedScriptUrl(url), { name: "conclave-frames" });
    URL.revokeObjectURL(url);
  }

  /** Undefined where the browser has no encoded transforms: calls work, encryption will refuse. */
  static create(): FrameWorker | undefined {
    const { RTCRtpScriptTransform: Transform } = globalThis as {
      RTCRtpScriptTransform?: ScriptTransformConstructor;
    };
    return Transform === undefined ? undefined : new FrameWorker(Transform);
  }

  transform(options: FrameTransformOptions): RTCRtpScriptTransform {
    return new this.#Transform(this.#worker, options);
  }

  /** Frames stop: only after the connection is closed. */
  close(): void {
    this.#worker.terminate();
  }
}
