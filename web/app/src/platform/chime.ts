import type { Happening } from "../state/noticeChoices.ts";

/** Two short tones each, in hertz: told apart without looking, and unlike a voice. */
const TONES: Readonly<Record<Happening, readonly [number, number]>> = {
  arrivals: [523, 784],
  chat: [988, 1175],
  hands: [659, 659],
  poll: [784, 587],
};
const TONE_S = 0.11;
/** Well below people's voices. */
const LOUDNESS = 0.06;

/** Made here, so that no file is fetched. A browser that holds back sound plays none. */
export async function chime(what: Happening): Promise<void> {
  const context = new AudioContext();
  try {
    await context.resume();
    const gain = new GainNode(context, { gain: 0 });
    gain.connect(context.destination);
    for (const [index, frequency] of TONES[what].entries()) {
      const at = context.currentTime + 0.02 + index * TONE_S;
      const tone = new OscillatorNode(context, { frequency, type: "sine" });
      tone.connect(gain);
      tone.start(at);
      tone.stop(at + TONE_S);
      // Without a click at either end.
      gain.gain.setValueAtTime(0, at);
      gain.gain.linearRampToValueAtTime(LOUDNESS, at + 0.015);
      gain.gain.linearRampToValueAtTime(0, at + TONE_S);
    }
    await new Promise((resolve) => setTimeout(resolve, 1000 * (3 * TONE_S)));
  } finally {
    // An open one costs time on every device.
    await context.close();
  }
}
