import type { Painted } from "./engine.ts";
import type { ToWorker } from "./protocol.ts";

/** As often as a hidden page's timers are called at best; nobody draws it, so no frame is announced. */
const HIDDEN_EVERY_MS = 66;
const FPS_MAX = 30;

/**
 * For browsers that give no access to a track's frames: a video shows the camera, its frames go to the
 * worker as bitmaps, and what comes back is shown by a canvas that is captured. One frame at a time is
 * on its way.
 */
export async function paintedByBitmaps(
  track: MediaStreamTrack,
  camera: number,
  post: (message: ToWorker, transfer: Transferable[]) => void,
): Promise<Painted> {
  const canvas = document.createElement("canvas");
  const shown = canvas.getContext("bitmaprenderer");
  if (shown === null) throw new Error("no canvas");
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream([track]);
  await video.play();
  const [painted] = canvas.captureStream(FPS_MAX).getVideoTracks();
  if (painted === undefined) throw new Error("no captured track");

  let isStopped = false;
  let everyMs = 0;
  let sentAtMs = Number.NEGATIVE_INFINITY;
  let onStarted = () => {};
  const started = new Promise<void>((resolve) => {
    onStarted = resolve;
  });
  const wait = () => {
    if (isStopped) return;
    const restMs = sentAtMs + everyMs - performance.now();
    if (restMs > 0) setTimeout(wait, restMs);
    else if (document.hidden) setTimeout(() => void send(), HIDDEN_EVERY_MS);
    else afterFrame(video, () => void send());
  };
  const send = async () => {
    if (isStopped) return;
    try {
      const bitmap = await createImageBitmap(video);
      sentAtMs = performance.now();
      post({ kind: "frame", camera, bitmap }, [bitmap]);
    } catch {
      // No frame yet, or none between two cameras.
      wait();
    }
  };
  wait();
  return {
    track: painted,
    started,
    onFrame(bitmap) {
      if (canvas.width !== bitmap.width || canvas.height !== bitmap.height) {
        canvas.width = bitmap.width;
        canvas.height = bitmap.height;
      }
      shown.transferFromImageBitmap(bitmap);
      onStarted();
      wait();
    },
    setEvery(ms) {
      everyMs = ms;
    },
    stop() {
      isStopped = true;
      video.srcObject = null;
      painted.stop();
    },
  };
}

/** With the next frame, or when the page is hidden meanwhile: then none would be announced. */
function afterFrame(video: HTMLVideoElement, run: () => void): void {
  const onHidden = () => finish();
  const handle = video.requestVideoFrameCallback(() => finish());
  const finish = () => {
    video.cancelVideoFrameCallback(handle);
    document.removeEventListener("visibilitychange", onHidden);
    run();
  };
  document.addEventListener("visibilitychange", onHidden);
}
