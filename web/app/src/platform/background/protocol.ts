/** Between the page and the background worker. Everything large is handed over, never copied. */

/** How far a blurred background is smeared. */
export type BlurStrength = "light" | "strong";

export type Backdrop =
  | { readonly kind: "blur"; readonly strength: BlurStrength }
  | { readonly kind: "picture"; readonly bitmap: ImageBitmap };

export type ToWorker =
  /** Once, first: the runtime's WebAssembly and the model, as they were checked. */
  | { readonly kind: "start"; readonly wasm: ArrayBuffer; readonly model: ArrayBuffer }
  | { readonly kind: "backdrop"; readonly backdrop: Backdrop }
  /** Of every camera, from the next frame on; those of `frame` come as rarely as they are wanted. */
  | { readonly kind: "pace"; readonly everyMs: number; readonly heightMax: number }
  /** One camera: frames come and go by streams, until the readable one ends. */
  | {
      readonly kind: "streams";
      readonly camera: number;
      readonly readable: ReadableStream<VideoFrame>;
      readonly writable: WritableStream<VideoFrame>;
    }
  /** One frame of a camera, where there are no streams; answered by `painted`. */
  | { readonly kind: "frame"; readonly camera: number; readonly bitmap: ImageBitmap }
  /** That camera sends no more frames. */
  | { readonly kind: "forget"; readonly camera: number };

export type FromWorker =
  | { readonly kind: "ready" }
  /** Nothing works any more; why, for the console. */
  | { readonly kind: "failed"; readonly why: string }
  /** How long the last frames took, in milliseconds. */
  | { readonly kind: "measured"; readonly camera: number; readonly tookMs: readonly number[] }
  | { readonly kind: "painted"; readonly camera: number; readonly bitmap: ImageBitmap };
