import { ConclaveError, type ScreenCapture, type ScreenCaptureOptions } from "../room/types.ts";

/** More pixels than this are scaled down again on almost every screen that shows them. */
const WIDTH_MAX = 2560;
const HEIGHT_MAX = 1440;

interface CaptureControllerLike {
  setFocusBehavior?(behavior: "no-focus-change"): void;
}

/**
 * Asks the person for a screen, window or tab. Call in a click. Rejects with `share-cancelled` or
 * `share-unsupported`.
 */
export async function captureScreen(options: ScreenCaptureOptions = {}): Promise<ScreenCapture> {
  const { mediaDevices } = navigator as { mediaDevices?: MediaDevices };
  if (mediaDevices === undefined || !("getDisplayMedia" in mediaDevices)) {
    throw new ConclaveError("share-unsupported", "this browser cannot share a screen");
  }
  const stream = await ask(mediaDevices, options);
  const video = stream.getVideoTracks()[0];
  if (video === undefined) throw new ConclaveError("share-cancelled", "nothing was shared");
  video.contentHint = options.motion === true ? "motion" : "detail";
  return { video, audio: stream.getAudioTracks()[0] };
}

async function ask(devices: MediaDevices, options: ScreenCaptureOptions): Promise<MediaStream> {
  try {
    return await devices.getDisplayMedia(request(options));
  } catch (error) {
    const name = error instanceof Error ? error.name : "";
    // Whether the person or the system said no cannot be told apart in all browsers.
    if (name === "NotAllowedError" || name === "AbortError") {
      throw new ConclaveError("share-cancelled", "the share was not granted", true);
    }
    throw new ConclaveError("share-unsupported", name);
  }
}

function request({ motion }: ScreenCaptureOptions): DisplayMediaStreamOptions {
  return {
    video: {
      frameRate: { ideal: motion === true ? 30 : 15, max: 30 },
      width: { max: WIDTH_MAX },
      height: { max: HEIGHT_MAX },
    },
    // The meeting's own voices must not come back as the screen's sound.
    audio: { restrictOwnAudio: true, suppressLocalAudioPlayback: false } as MediaTrackConstraints,
    selfBrowserSurface: "exclude",
    surfaceSwitching: "include",
    systemAudio: "include",
    monitorTypeSurfaces: "include",
    ...focusKept(),
  } as DisplayMediaStreamOptions;
}

/** The meeting stays in front when a tab is chosen (Chromium). */
function focusKept(): object {
  const { CaptureController: Controller } = globalThis as {
    CaptureController?: new () => CaptureControllerLike;
  };
  if (Controller === undefined) return {};
  const controller = new Controller();
  controller.setFocusBehavior?.("no-focus-change");
  return { controller };
}
