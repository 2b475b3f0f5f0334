/**
 * A camera with a drawn person in front of a striped wall, whom the segmentation model takes for one
 * (it was looked at), and what a test wants to know of such a picture. What runs inside the pages is
 * self-contained: Playwright sends the source text.
 */
import type { Page } from "playwright-core";

/** Of the picture, 0 .. 1: wall without the person, and the person's eyes. */
export const WALL = { left: 0.02, top: 0.1, right: 0.2, bottom: 0.5 };
export const EYES = { left: 0.44, top: 0.33, right: 0.56, bottom: 0.42 };
export type Area = typeof WALL;

/** Runs in the page: in place of its cameras, of which there are two. */
export function personCamera(): void {
  const WIDTH = 640;
  const HEIGHT = 360;
  const draw = (c: CanvasRenderingContext2D, frame: number): void => {
    for (let x = 0; x < WIDTH; x += 16) {
      c.fillStyle = (x / 16) % 2 === 0 ? "#f0eee8" : "#33414d";
      c.fillRect(x, 0, 16, HEIGHT);
    }
    c.save();
    c.translate(WIDTH / 2 + Math.sin(frame / 15) * 6, 0);
    c.scale(0.5, 0.5);
    const shape = (color: string, path: (c: CanvasRenderingContext2D) => void) => {
      c.fillStyle = color;
      c.beginPath();
      path(c);
      c.fill();
    };
    const ellipse = (color: string, x: number, y: number, a: number, b: number) =>
      shape(color, () => c.ellipse(x, y, a, b, 0, 0, Math.PI * 2));
    shape("#2c437a", () => {
      c.moveTo(-330, 720);
      c.bezierCurveTo(-320, 520, -180, 500, -80, 470);
      c.lineTo(80, 470);
      c.bezierCurveTo(180, 500, 320, 520, 330, 720);
    });
    // Each frame another, so that the encoder never has nothing to do.
    ellipse(`hsl(${(frame * 12) % 360} 60% 50%)`, 0, 640, 40, 40);
    shape("#c9906f", () => c.rect(-60, 380, 120, 110));
    ellipse("#2d1d14", 0, 255, 150, 180);
    ellipse("#e2b08e", 0, 290, 122, 155);
    for (const side of [-48, 48]) {
      ellipse("#fff", side, 265, 24, 13);
      ellipse("#2b1d10", side, 265, 11, 11);
      shape("#2d1d14", () => c.rect(side - 26, 228, 52, 9));
    }
    shape("#a86f50", () => c.rect(-8, 280, 14, 56));
    ellipse("#a2473f", 0, 386, 42, 9);
    c.restore();
  };
  const camera = (fps: number): MediaStreamTrack => {
    const canvas = Object.assign(document.createElement("canvas"), {
      width: WIDTH,
      height: HEIGHT,
    });
    const context = canvas.getContext("2d");
    if (context === null) throw new Error("no canvas");
    let frame = 0;
    draw(context, frame);
    setInterval(() => draw(context, ++frame), 1000 / fps);
    const [track] = canvas.captureStream(fps).getVideoTracks();
    if (track === undefined) throw new Error("no track");
    return track;
  };
  // The blank first page is no secure context.
  if (navigator.mediaDevices === undefined) return;
  const original = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (constraints = {}) => {
    const { audio, video } = constraints;
    const tracks = audio ? (await original({ audio })).getTracks() : [];
    return new MediaStream(video ? [...tracks, camera(10)] : tracks);
  };
}

/**
 * Runs in the page: keeps what the effect's worker measures in `window.tookMs`, and says `told` to the
 * page in its place; a machine that runs tests may have too much to do for anything.
 */
export function tellFrameTimes(told: number): void {
  const page = window as unknown as { tookMs: number[] };
  page.tookMs = [];
  const listen = Worker.prototype.addEventListener;
  Worker.prototype.addEventListener = function (type: string, listener: unknown) {
    const hear = listener as (event: Event) => void;
    const changed = (event: Event) => {
      const { data } = event as MessageEvent;
      if (data?.kind !== "measured") return hear.call(this, event);
      page.tookMs.push(...data.tookMs);
      const tookMs = data.tookMs.map(() => told);
      hear.call(this, new MessageEvent("message", { data: { ...data, tookMs } }));
    };
    listen.call(this, type, type === "message" ? changed : hear);
  };
}

/** How much brightness varies within a part of what a video shows: its standard deviation, 0 .. 127. */
export async function contrast(page: Page, video: string, area: Area): Promise<number | undefined> {
  return page.evaluate(
    ({ selector, left, top, right, bottom }) => {
      const picture = document.querySelector<HTMLVideoElement>(selector);
      if (!picture?.videoWidth) return undefined;
      const canvas = document.createElement("canvas");
      canvas.width = 320;
      canvas.height = 180;
      const context = canvas.getContext("2d");
      context?.drawImage(picture, 0, 0, 320, 180);
      const size = [(right - left) * 320, (bottom - top) * 180] as const;
      const { data } = context?.getImageData(left * 320, top * 180, ...size) ?? {};
      if (data === undefined) return undefined;
      let sum = 0;
      let squares = 0;
      for (let at = 0; at < data.length; at += 4) {
        const luma = ((data[at] ?? 0) + (data[at + 1] ?? 0) + (data[at + 2] ?? 0)) / 3;
        sum += luma;
        squares += luma * luma;
      }
      const count = data.length / 4;
      return Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
    },
    { selector: video, ...area },
  );
}

/** From now on, how long a video shows the same frame; `stop` gives the longest time in milliseconds. */
export async function watchGaps(page: Page, video: string): Promise<() => Promise<number>> {
  await page.evaluate((selector) => {
    const picture = document.querySelector<HTMLVideoElement>(selector);
    const watched = window as unknown as { gapMs: number; gapsEnded: boolean };
    watched.gapMs = 0;
    watched.gapsEnded = false;
    let lastMs = performance.now();
    const onFrame = () => {
      const nowMs = performance.now();
      watched.gapMs = Math.max(watched.gapMs, nowMs - lastMs);
      lastMs = nowMs;
      if (!watched.gapsEnded) picture?.requestVideoFrameCallback(onFrame);
    };
    picture?.requestVideoFrameCallback(onFrame);
  }, video);
  return () =>
    page.evaluate(() => {
      const watched = window as unknown as { gapMs: number; gapsEnded: boolean };
      watched.gapsEnded = true;
      return Math.round(watched.gapMs);
    });
}
