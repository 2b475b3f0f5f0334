import type { Backdrop, BlurStrength } from "../protocol.ts";
import { BackgroundBlur, BLUR_HEIGHT, BLUR_WIDTH } from "./blur.ts";
import { follow, MASK_HEIGHT, MASK_PIXELS, MASK_WIDTH, writeAlpha, writeInput } from "./mask.ts";
import type { Segmenter } from "./segmenter.ts";

/** In pixels of the blur's size, a tenth of 1280 x 720: the room is guessed, or it is not. */
const RADII: Readonly<Record<BlurStrength, number>> = { light: 1, strong: 4 };
/** Masks need not be as frequent as frames; a little less than 1/15 s, since frames come at 1/30 s. */
const MASK_EVERY_MS = 60;

type Context = OffscreenCanvasRenderingContext2D;
/** What both kinds of frames can be drawn from, and their size in pixels. */
export interface Frame {
  readonly image: CanvasImageSource;
  readonly width: number;
  readonly height: number;
}

/**
 * Puts another background behind one camera's people: over each frame it draws that background, which
 * has a hole where they are. So a frame costs two drawings of its size; all else is small, and done with
 * each mask only. 2D canvases rather than WebGL: browsers draw them on a GPU where there is one, and
 * without one faster than WebGL in software.
 */
export class Painter {
  readonly canvas = new OffscreenCanvas(1, 1);
  readonly #out = contextOf(this.canvas, { alpha: false });
  readonly #small = contextOf(new OffscreenCanvas(MASK_WIDTH, MASK_HEIGHT), {
    willReadFrequently: true,
  });
  readonly #mask = new Float32Array(MASK_PIXELS);
  readonly #found = new Float32Array(MASK_PIXELS);
  readonly #input = new Float32Array(MASK_PIXELS * 3);
  readonly #people = new ImageData(MASK_WIDTH, MASK_HEIGHT);
  readonly #hole = contextOf(new OffscreenCanvas(MASK_WIDTH, MASK_HEIGHT));
  readonly #blur = new BackgroundBlur();
  readonly #blurred = new ImageData(BLUR_WIDTH, BLUR_HEIGHT);
  readonly #room = contextOf(new OffscreenCanvas(BLUR_WIDTH, BLUR_HEIGHT));
  /** What is drawn over each frame. */
  readonly #behind = contextOf(new OffscreenCanvas(1, 1));
  #maskedAtMs = Number.NEGATIVE_INFINITY;
  #backdrop: Backdrop | undefined;

  constructor(private readonly segmenter: Segmenter) {}

  /** Draws `frame` with that background into `canvas`. */
  async paint(frame: Frame, backdrop: Backdrop, nowMs: number): Promise<void> {
    const isDue = nowMs - this.#maskedAtMs >= MASK_EVERY_MS || backdrop !== this.#backdrop;
    if (isDue) await this.#update(frame, backdrop, nowMs);
    this.#compose(frame);
  }

  async #update(frame: Frame, backdrop: Backdrop, nowMs: number): Promise<void> {
    this.#small.drawImage(frame.image, 0, 0, MASK_WIDTH, MASK_HEIGHT);
    const { data } = this.#small.getImageData(0, 0, MASK_WIDTH, MASK_HEIGHT);
    writeInput(data, this.#input);
    await this.segmenter.run(this.#input, this.#found);
    // The first mask of a camera is taken as it is.
    if (this.#maskedAtMs === Number.NEGATIVE_INFINITY) this.#mask.set(this.#found);
    else follow(this.#mask, this.#found);
    writeAlpha(this.#mask, this.#people.data);
    this.#hole.putImageData(this.#people, 0, 0);
    if (backdrop.kind === "blur") {
      this.#blur.run(data, this.#mask, RADII[backdrop.strength], this.#blurred.data);
      this.#room.putImageData(this.#blurred, 0, 0);
      // Nothing in it is sharp but the hole, which is of the mask's size.
      this.#cut(MASK_WIDTH, MASK_HEIGHT, this.#room.canvas);
    } else {
      this.#cut(frame.width, frame.height, backdrop.bitmap);
    }
    this.#maskedAtMs = nowMs;
    this.#backdrop = backdrop;
  }

  /** The background in that size, with a hole where people are. */
  #cut(width: number, height: number, background: ImageBitmap | OffscreenCanvas): void {
    const behind = this.#behind;
    fit(behind.canvas, width, height);
    behind.globalCompositeOperation = "copy";
    drawCovering(behind, background);
    behind.globalCompositeOperation = "destination-out";
    behind.drawImage(this.#hole.canvas, 0, 0, width, height);
  }

  #compose({ image, width, height }: Frame): void {
    fit(this.canvas, width, height);
    this.#out.drawImage(image, 0, 0, width, height);
    this.#out.drawImage(this.#behind.canvas, 0, 0, width, height);
  }
}

/** The whole place, without distortion: what does not fit is cut off on both sides. */
function drawCovering(out: Context, picture: ImageBitmap | OffscreenCanvas): void {
  const { width, height } = out.canvas;
  const scale = Math.min(picture.width / width, picture.height / height);
  const w = width * scale;
  const h = height * scale;
  const x = (picture.width - w) / 2;
  const y = (picture.height - h) / 2;
  out.drawImage(picture, x, y, w, h, 0, 0, width, height);
}

/** A camera may change its size at any frame; setting it clears the canvas. */
function fit(canvas: OffscreenCanvas, width: number, height: number): void {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
}

function contextOf(
  canvas: OffscreenCanvas,
  settings: CanvasRenderingContext2DSettings = {},
): Context {
  const context = canvas.getContext("2d", settings);
  if (context === null) throw new Error("no canvas");
  return context;
}
