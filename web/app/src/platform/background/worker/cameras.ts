import type { Backdrop, FromWorker, ToWorker } from "../protocol.ts";
import { type Frame, Painter } from "./painter.ts";
import type { Segmenter } from "./segmenter.ts";

/** Reports come a few times a second: each wakes the page. */
const REPORT_FRAMES = 10;

export interface CamerasPorts {
  post(message: FromWorker, transfer?: Transferable[]): void;
  nowMs(): number;
  createSegmenter(wasm: ArrayBuffer, model: ArrayBuffer): Promise<Segmenter>;
}

interface Camera {
  readonly painter: Painter;
  startedAtMs: number;
  tookMs: number[];
}

/** The worker's side: cameras by number, one model for all of them. */
export class Cameras {
  readonly #cameras = new Map<number, Camera>();
  #segmenter: Segmenter | undefined;
  #backdrop: Backdrop = { kind: "blur", strength: "light" };
  #everyMs = 0;
  #heightMax = Number.POSITIVE_INFINITY;
  /** The model runs once at a time, and frames of a camera keep their order. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly ports: CamerasPorts) {}

  onMessage(message: ToWorker): void {
    this.#on(message).catch((error: unknown) => this.#fail(error));
  }

  async #on(message: ToWorker): Promise<void> {
    switch (message.kind) {
      case "start":
        this.#segmenter = await this.ports.createSegmenter(message.wasm, message.model);
        this.ports.post({ kind: "ready" });
        break;
      case "backdrop":
        if (this.#backdrop.kind === "picture") this.#backdrop.bitmap.close();
        this.#backdrop = message.backdrop;
        break;
      case "pace":
        this.#everyMs = message.everyMs;
        this.#heightMax = message.heightMax;
        break;
      case "streams":
        await this.#pipe(message.camera, message.readable, message.writable);
        break;
      case "frame":
        await this.#onBitmap(message.camera, message.bitmap);
        break;
      case "forget":
        this.#cameras.delete(message.camera);
        break;
    }
  }

  /** Ends with the camera, or when nobody wants the frames any more. */
  async #pipe(
    id: number,
    readable: ReadableStream<VideoFrame>,
    writable: WritableStream<VideoFrame>,
  ): Promise<void> {
    const paint = new TransformStream<VideoFrame, VideoFrame>({
      transform: async (frame, controller) => {
        if (this.#isEarly(id)) {
          frame.close();
          return;
        }
        try {
          const painter = await this.#paint(id, sizeOf(frame));
          const { timestamp, duration } = frame;
          const times = duration === null ? { timestamp } : { timestamp, duration };
          controller.enqueue(new VideoFrame(painter.canvas, { ...times, alpha: "discard" }));
        } catch (error) {
          this.#fail(error);
        } finally {
          frame.close();
        }
      },
    });
    await readable
      .pipeThrough(paint)
      .pipeTo(writable)
      .catch(() => undefined);
    this.#cameras.delete(id);
  }

  async #onBitmap(id: number, bitmap: ImageBitmap): Promise<void> {
    const { width, height } = bitmap;
    const painter = await this.#paint(id, { image: bitmap, width, height });
    bitmap.close();
    const painted = painter.canvas.transferToImageBitmap();
    this.ports.post({ kind: "painted", camera: id, bitmap: painted }, [painted]);
  }

  #paint(id: number, frame: Frame): Promise<Painter> {
    const painted = this.#last.then(async () => {
      const camera = this.#camera(id);
      const startMs = this.ports.nowMs();
      camera.startedAtMs = startMs;
      await camera.painter.paint(this.#fitted(frame), this.#backdrop, startMs);
      this.#measure(id, camera, this.ports.nowMs() - startMs);
      return camera.painter;
    });
    this.#last = painted.catch(() => undefined);
    return painted;
  }

  #isEarly(id: number): boolean {
    const startedAtMs = this.#cameras.get(id)?.startedAtMs ?? Number.NEGATIVE_INFINITY;
    return this.ports.nowMs() - startedAtMs < this.#everyMs;
  }

  #fitted(frame: Frame): Frame {
    const scale = this.#heightMax / frame.height;
    if (scale >= 1) return frame;
    // Encoders want even sizes.
    const width = Math.round((frame.width * scale) / 2) * 2;
    return { image: frame.image, width, height: this.#heightMax };
  }

  #measure(id: number, camera: Camera, tookMs: number): void {
    camera.tookMs.push(tookMs);
    if (camera.tookMs.length < REPORT_FRAMES) return;
    this.ports.post({ kind: "measured", camera: id, tookMs: camera.tookMs });
    camera.tookMs = [];
  }

  #camera(id: number): Camera {
    const known = this.#cameras.get(id);
    if (known !== undefined) return known;
    if (this.#segmenter === undefined) throw new Error("not started");
    const camera = {
      painter: new Painter(this.#segmenter),
      tookMs: [],
      startedAtMs: Number.NEGATIVE_INFINITY,
    };
    this.#cameras.set(id, camera);
    return camera;
  }

  #fail(error: unknown): void {
    this.ports.post({ kind: "failed", why: String(error) });
  }
}

function sizeOf(frame: VideoFrame): Frame {
  return { image: frame, width: frame.displayWidth, height: frame.displayHeight };
}
