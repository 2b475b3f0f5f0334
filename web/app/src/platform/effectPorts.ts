import type { EffectPorts } from "../state/effects.ts";

/** Effects of this browser; all but what is asked here comes when one is switched on. */
export const effectPorts: EffectPorts = {
  canChangeBackground: canChangeBackground(),
  canSuppressNoise: typeof AudioWorkletNode !== "undefined" && typeof WebAssembly !== "undefined",
  loadBackground: async (events) => (await import("./background/maker.ts")).createMaker(events),
  loadSuppressor: async () => (await import("./suppression/suppressor.ts")).suppressNoise,
  keepOwnPicture: async (file) => (await import("./background/ownPicture.ts")).keep(file),
};

/** Frames have to be had, drawn off the page's thread, and made a track again. */
function canChangeBackground(): boolean {
  if (typeof OffscreenCanvas === "undefined" || typeof WebAssembly === "undefined") return false;
  if ("MediaStreamTrackProcessor" in globalThis && "MediaStreamTrackGenerator" in globalThis) {
    return true;
  }
  return (
    typeof HTMLCanvasElement.prototype.captureStream === "function" &&
    typeof HTMLVideoElement.prototype.requestVideoFrameCallback === "function"
  );
}
