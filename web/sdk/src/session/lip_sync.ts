/**
 * Lip sync between two slots of one participant (decisions 20). Browsers do not synchronize slots,
 * since each has its own msid; the slot map tells which RTP timestamp was captured when, on one clock
 * for all of a publisher's tracks.
 */
import type { CaptureAnchor } from "./slot_map.ts";

/** What the browser says was presented last (getSynchronizationSources). */
export interface Presented {
  readonly rtpTimestamp: number;
  /** When it was presented, in milliseconds on a clock that audio and video share. */
  readonly atMs: number;
}

/** Of each slot in milliseconds: the jitterBufferTarget (0: the browser's choice), or the delay. */
export interface BufferTargets {
  readonly audioMs: number;
  readonly videoMs: number;
}

export const AUDIO_CLOCK_HZ = 48_000;
export const VIDEO_CLOCK_HZ = 90_000;
/**
 * From being handed over to being heard: mixing, resampling and the device's buffers. Measured with a
 * flash and a beep in both browsers (28 to 90 ms, busy machine); pictures have no such way to go.
 */
export const AUDIO_OUTPUT_MS = 40;
/** Nobody sees less (ITU-R BT.1359: 45 ms early, 125 ms late), and each correction is a disturbance. */
const TOLERANCE_MS = 20;
/** A skew beyond this is a wrong clock rather than a slow network. */
const SKEW_MS_MAX = 2_000;
/** Both browsers refuse jitterBufferTarget above 4 s; longer than this is no conversation. */
const TARGET_MS_MAX = 1_500;
/** Less than the whole, as the measurement swings with the frame interval. */
const GAIN = 0.7;
/**
 * Both browsers' audio buffer (NetEq) grows by stretching sound, 50 ms a second or so, and stops at
 * three quarters of its target; from there to the target it leaves itself alone.
 */
const AUDIO_FILL = 0.75;

/** How old what was presented is, plus an offset that is the same for all of a publisher's tracks. */
export function latencyMs(presented: Presented, anchor: CaptureAnchor, clockHz: number): number {
  const ticks = (presented.rtpTimestamp - anchor.rtpTimestamp) | 0;
  const capturedMs = Number(anchor.captureTimeUs) / 1000 + (ticks / clockHz) * 1000;
  return presented.atMs - capturedMs;
}

/** Positive: the picture is later than the sound. */
export function skewMs(
  audio: Presented,
  audioAnchor: CaptureAnchor,
  video: Presented,
  videoAnchor: CaptureAnchor,
): number {
  const heard = latencyMs(audio, audioAnchor, AUDIO_CLOCK_HZ) + AUDIO_OUTPUT_MS;
  return latencyMs(video, videoAnchor, VIDEO_CLOCK_HZ) - heard;
}

/**
 * The next targets: first what was held back too long is let go, then the earlier one waits. A
 * target is a whole delay, not an addition, and a buffer needs seconds to follow it; so each step
 * starts from what the buffers hold now, or a slow buffer would be pushed too far.
 */
export function nextTargets(
  present: BufferTargets,
  skew: number,
  buffers: BufferTargets,
): BufferTargets {
  const size = Math.abs(skew);
  // Written so that a skew that is not a number changes nothing either.
  if (!(size > TOLERANCE_MS && size <= SKEW_MS_MAX)) return present;
  const step = size * GAIN;
  if (skew > 0) {
    if (present.videoMs > 0) {
      return { ...present, videoMs: lowered(present.videoMs, buffers.videoMs, step) };
    }
    return { ...present, audioMs: raised(0, (buffers.audioMs + size) / AUDIO_FILL) };
  }
  if (present.audioMs > 0) {
    return { ...present, audioMs: lowered(present.audioMs, buffers.audioMs, step) };
  }
  return { ...present, videoMs: raised(buffers.videoMs, step) };
}

function lowered(target: number, buffer: number, step: number): number {
  return Math.max(0, Math.round(Math.min(target, buffer) - step));
}

function raised(buffer: number, step: number): number {
  return Math.round(Math.min(buffer + step, TARGET_MS_MAX));
}
