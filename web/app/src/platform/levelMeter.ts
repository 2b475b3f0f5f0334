import type { MeterLevel } from "../state/ports.ts";

/** Each change costs the page a frame, and the eye follows no more. */
const PERIOD_MS = 100;
/** Below this a microphone counts as silent; speech peaks near 0 dB full scale. */
const FLOOR_DB = -60;

let context: AudioContext | undefined;

/**
 * Measures a local track by its root mean square, on a decibel scale. Sends nothing anywhere. A
 * disabled track is silent, so a copy of its own is listened to.
 */
export const meterLevel: MeterLevel = (track, listener) => {
  context ??= new AudioContext();
  const audio = context;
  // A page without a click yet may not run audio: the meter stays at zero until the first one.
  const wake = () => void audio.resume();
  if (audio.state === "suspended") addEventListener("pointerdown", wake, { once: true });
  const heard = track.clone();
  heard.enabled = true;
  const source = audio.createMediaStreamSource(new MediaStream([heard]));
  const analyser = audio.createAnalyser();
  analyser.fftSize = 1024;
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    listener(loudness(samples));
  }, PERIOD_MS);
  return () => {
    clearInterval(timer);
    source.disconnect();
    heard.stop();
    removeEventListener("pointerdown", wake);
  };
};

function loudness(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const rms = Math.sqrt(sum / samples.length);
  const db = 20 * Math.log10(Math.max(rms, 1e-6));
  return Math.min(1, Math.max(0, 1 - (db + 12) / (FLOOR_DB + 12)));
}
