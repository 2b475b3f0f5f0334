import { trustedScriptUrl } from "@conclave/sdk";
import wasm from "@litertjs/core/wasm/litert_wasm_compat_internal.wasm?checked";
import model from "@mediapipe/selfie_segmentation/selfie_segmentation_landscape.tflite?checked";
import type { TrackEffect } from "../../state/effects.ts";
import type { Pace } from "../../state/effectWatch.ts";
import { fetchChecked } from "../checked.ts";
import { BACKGROUND_WORKER_TEXT } from "./background_worker_text.ts";
import { paintedByBitmaps } from "./bitmaps.ts";
import type { Backdrop, FromWorker, ToWorker } from "./protocol.ts";
import { hasStreams, paintedByStreams } from "./streams.ts";

/** A camera that gives no frame for so long gives none. */
const FIRST_FRAME_MS = 10_000;

export interface EngineEvents {
  /** How long frames took, in milliseconds. */
  onMeasured(tookMs: readonly number[]): void;
  /** It stopped working. */
  onFailed(): void;
}

/** One camera's way through the worker. */
export interface Painted {
  readonly track: MediaStreamTrack;
  /** Resolves with the first painted frame. */
  readonly started: Promise<void>;
  onFrame?(bitmap: ImageBitmap): void;
  /** Frames are to be at least so far apart. */
  setEvery?(ms: number): void;
  stop(): void;
}

/** Puts another background behind people: a worker with the model in it, for one camera after the other. */
export class BackgroundEngine {
  readonly #painted = new Map<number, Painted>();
  #next = 1;
  #newest = 0;
  #everyMs = 0;

  private constructor(
    private readonly worker: Worker,
    private readonly events: EngineEvents,
  ) {
    worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => this.#on(data));
    worker.addEventListener("error", () => events.onFailed());
  }

  /** Fetches and starts the model. Rejects where that does not work. */
  static async create(events: EngineEvents): Promise<BackgroundEngine> {
    const files = await Promise.all([fetchChecked(wasm), fetchChecked(model)]);
    const url = URL.createObjectURL(
      new Blob([BACKGROUND_WORKER_TEXT], { type: "text/javascript" }),
    );
    const worker = new Worker(trustedScriptUrl(url), { name: "conclave-background" });
    URL.revokeObjectURL(url);
    await started(worker, files).catch((error: unknown) => {
      worker.terminate();
      throw error;
    });
    return new BackgroundEngine(worker, events);
  }

  setBackdrop(backdrop: Backdrop): void {
    this.#post(
      { kind: "backdrop", backdrop },
      backdrop.kind === "picture" ? [backdrop.bitmap] : [],
    );
  }

  setPace({ everyMs, heightMax }: Pace): void {
    this.#everyMs = everyMs;
    this.#post({ kind: "pace", everyMs, heightMax }, []);
    for (const painted of this.#painted.values()) painted.setEvery?.(everyMs);
  }

  /** Resolves when its first frame is there; rejects where none comes. */
  async apply(track: MediaStreamTrack): Promise<TrackEffect> {
    const camera = this.#next++;
    const post = (message: ToWorker, transfer: Transferable[]) => this.#post(message, transfer);
    const painted = hasStreams()
      ? paintedByStreams(track, camera, post)
      : await paintedByBitmaps(track, camera, post);
    painted.setEvery?.(this.#everyMs);
    this.#painted.set(camera, painted);
    this.#newest = camera;
    const stop = () => {
      this.#painted.delete(camera);
      painted.stop();
      this.#post({ kind: "forget", camera }, []);
    };
    try {
      await within(FIRST_FRAME_MS, painted.started);
    } catch (error) {
      stop();
      throw error;
    }
    return { track: painted.track, stop };
  }

  /** Tracks that it painted end. */
  close(): void {
    for (const painted of this.#painted.values()) painted.stop();
    this.#painted.clear();
    this.worker.terminate();
  }

  #on(message: FromWorker): void {
    if (message.kind === "failed") {
      console.warn(`background: ${message.why}`);
      this.events.onFailed();
    } else if (message.kind === "measured") {
      // A camera that is being replaced is nobody's measure.
      if (message.camera === this.#newest) this.events.onMeasured(message.tookMs);
    } else if (message.kind === "painted") {
      const painted = this.#painted.get(message.camera);
      if (painted?.onFrame) painted.onFrame(message.bitmap);
      else message.bitmap.close();
    }
  }

  #post(message: ToWorker, transfer: Transferable[]): void {
    this.worker.postMessage(message, transfer);
  }
}

function started(worker: Worker, [wasm, model]: ArrayBuffer[]): Promise<void> {
  if (wasm === undefined || model === undefined) throw new Error("no model");
  return new Promise((resolve, reject) => {
    const onMessage = ({ data }: MessageEvent<FromWorker>) => {
      worker.removeEventListener("message", onMessage);
      if (data.kind === "ready") resolve();
      else reject(new Error(data.kind === "failed" ? data.why : data.kind));
    };
    worker.addEventListener("message", onMessage);
    worker.addEventListener("error", ({ message }) => reject(new Error(message)));
    const start: ToWorker = { kind: "start", wasm, model };
    worker.postMessage(start, [wasm, model]);
  });
}

function within(ms: number, promise: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`nothing within ${ms} ms`)), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
