import { RnnoiseWorkletNode } from "@sapphi-red/web-noise-suppressor";
import wasm from "@sapphi-red/web-noise-suppressor/rnnoise.wasm?checked";
import simdWasm from "@sapphi-red/web-noise-suppressor/rnnoise_simd.wasm?checked";
import worklet from "@sapphi-red/web-noise-suppressor/rnnoiseWorklet.js?checked";
import type { TrackEffect } from "../../state/effects.ts";
import { fetchChecked } from "../checked.ts";

/** RNNoise knows sound of this rate only; the browser converts. */
const SAMPLE_RATE = 48_000;
/** A module of one function that returns a vector: valid where there is SIMD. */
const SIMD = new Uint8Array([
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123],
  ...[3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11],
]);

let wasmBinary: Promise<ArrayBuffer> | undefined;

/** Takes noise out of a microphone's track. Rejects where that does not start. */
export async function suppressNoise(
  track: MediaStreamTrack,
  onFailed: () => void,
): Promise<TrackEffect> {
  wasmBinary ??= fetchChecked(WebAssembly.validate(SIMD) ? simdWasm : wasm);
  const context = new AudioContext({ sampleRate: SAMPLE_RATE, latencyHint: "interactive" });
  try {
    // A worklet's script cannot be given a hash; looked at here, it then comes from the browser's cache.
    // It has no way out either: worklets have no network, and nothing listens to this one.
    await fetchChecked(worklet);
    await context.audioWorklet.addModule(worklet.url);
    return connect(context, track, await wasmBinary, onFailed);
  } catch (error) {
    wasmBinary = undefined;
    void context.close();
    throw error;
  }
}

function connect(
  context: AudioContext,
  track: MediaStreamTrack,
  wasmBinary: ArrayBuffer,
  onFailed: () => void,
): TrackEffect {
  const source = context.createMediaStreamSource(new MediaStream([track]));
  const node = new RnnoiseWorkletNode(context, { maxChannels: 1, wasmBinary });
  node.channelCount = 1;
  node.channelCountMode = "explicit";
  const sink = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
  source.connect(node).connect(sink);
  node.addEventListener("processorerror", onFailed);
  // A page without a click yet may not run audio.
  const wake = () => void context.resume();
  if (context.state !== "running") {
    addEventListener("pointerdown", wake);
    addEventListener("keydown", wake);
    context.addEventListener("statechange", () => {
      if (context.state === "running") stopWaking();
    });
  }
  const stopWaking = () => {
    removeEventListener("pointerdown", wake);
    removeEventListener("keydown", wake);
  };
  const [suppressed] = sink.stream.getAudioTracks();
  if (suppressed === undefined) throw new Error("no track");
  return {
    track: suppressed,
    stop() {
      stopWaking();
      suppressed.stop();
      node.destroy();
      void context.close();
    },
  };
}
