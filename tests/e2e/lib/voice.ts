/** Tells whose voice was heard: the rhythm of loudness is compared with each person's recording. */
import { readFileSync } from "node:fs";
import { mediaFile, type Person, people } from "./browsers.ts";

/** Loudness of 20 ms windows, in dB above a floor. */
export const WINDOW_MS = 20;

/** Mean square of samples to dB above a floor of -60 dB of full scale. */
export function loudness(meanSquare: number): number {
  return Math.max(0, 10 * Math.log10(meanSquare + 1e-9) + 60);
}

export function envelope(samples: Float32Array, sampleRate: number): number[] {
  const size = Math.round((sampleRate * WINDOW_MS) / 1000);
  const out: number[] = [];
  for (let start = 0; start + size <= samples.length; start += size) {
    let energy = 0;
    for (let i = start; i < start + size; i++) energy += (samples[i] ?? 0) ** 2;
    out.push(loudness(energy / size));
  }
  return out;
}

const recordings = new Map<Person, number[]>();

export function recordingOf(person: Person): number[] {
  const known = recordings.get(person);
  if (known !== undefined) return known;
  const file = readFileSync(mediaFile(person, "wav"));
  // RIFF: the samples follow the "data" chunk's eight-byte header.
  const start = file.indexOf("data") + 8;
  const samples = new Float32Array((file.length - start) >> 1);
  for (let i = 0; i < samples.length; i++) samples[i] = file.readInt16LE(start + 2 * i) / 32768;
  const recording = envelope(samples, 48000);
  recordings.set(person, recording);
  return recording;
}

/** Pearson correlation of `heard` with the looped `recording` at the best shift. */
function similarity(heard: readonly number[], recording: readonly number[]): number {
  let best = -1;
  for (let shift = 0; shift < recording.length; shift++) {
    let sumA = 0;
    let sumB = 0;
    let sumAA = 0;
    let sumBB = 0;
    let sumAB = 0;
    heard.forEach((a, i) => {
      const b = recording[(i + shift) % recording.length] ?? 0;
      sumA += a;
      sumB += b;
      sumAA += a * a;
      sumBB += b * b;
      sumAB += a * b;
    });
    const n = heard.length;
    const spread = Math.sqrt((n * sumAA - sumA ** 2) * (n * sumBB - sumB ** 2));
    if (spread > 0) best = Math.max(best, (n * sumAB - sumA * sumB) / spread);
  }
  return best;
}

/** Everybody's likeness to what was heard, most alike first. */
export function rankVoices(heard: readonly number[]): { person: Person; likeness: number }[] {
  return people
    .map((person) => ({ person, likeness: similarity(heard, recordingOf(person)) }))
    .sort((a, b) => b.likeness - a.likeness);
}

/** Two seconds: the rhythm of a few words, which nobody else's recording has. */
const SEGMENT_WINDOWS = 100;
const STEP_WINDOWS = 25;
/** A right recording correlates by 0.9 and more; a wrong one stays below 0.75 on two seconds. */
const CLEAR_LIKENESS = 0.85;
const CLEAR_MARGIN = 0.1;

/**
 * In how many segments of what was heard each person is clearly recognised. Short segments, since a
 * busy machine loses sound now and then, which puts everything after it out of step.
 */
export function countVoices(heard: readonly number[]): Map<Person, number> {
  const counts = new Map<Person, number>();
  for (let start = 0; start + SEGMENT_WINDOWS <= heard.length; start += STEP_WINDOWS) {
    const [first, second] = rankVoices(heard.slice(start, start + SEGMENT_WINDOWS));
    if (first === undefined || second === undefined) continue;
    const isClear =
      first.likeness >= CLEAR_LIKENESS && first.likeness - second.likeness >= CLEAR_MARGIN;
    if (isClear) counts.set(first.person, (counts.get(first.person) ?? 0) + 1);
  }
  return counts;
}
