import type { Source } from "./contexts.ts";

/** Whose media a frame is, as its authenticated key id says. */
export interface FrameLabel {
  readonly leaf: number;
  readonly source: Source;
  /** The leaf is somebody else's in another epoch. */
  readonly epoch: number;
}

/** From this timestamp on the frames are this label's. */
export interface LabelStep {
  readonly rtpTimestamp: number;
  readonly label: FrameLabel;
}

/** More than a jitter buffer holds of changes. */
export const STEPS_MAX = 64;

/**
 * Whose frames a slot carries, from which RTP timestamp on. Frames are opened before they wait in
 * the jitter buffer, some of them out of order; what is presented is looked up here.
 */
export class LabelTrail {
  /** By timestamp, ascending; neighbours differ. */
  readonly #steps: LabelStep[] = [];

  /** By timestamp, ascending. */
  get steps(): readonly LabelStep[] {
    return this.#steps;
  }

  /** True where this changes who is seen from `rtpTimestamp` on. */
  add(rtpTimestamp: number, label: FrameLabel): boolean {
    const behind = this.#stepsUpTo(rtpTimestamp);
    const before = this.#steps[behind - 1];
    if (before !== undefined && isSame(before.label, label)) return false;
    this.#steps.splice(behind, 0, { rtpTimestamp, label });
    const after = this.#steps[behind + 1];
    // The one that was first of its author has come late.
    if (after !== undefined && isSame(after.label, label)) this.#steps.splice(behind + 1, 1);
    if (this.#steps.length > STEPS_MAX) this.#steps.shift();
    return true;
  }

  /** Undefined: nothing so early was opened. */
  at(rtpTimestamp: number): FrameLabel | undefined {
    return this.#steps[this.#stepsUpTo(rtpTimestamp) - 1]?.label;
  }

  #stepsUpTo(rtpTimestamp: number): number {
    let count = this.#steps.length;
    while (count > 0 && isLater(this.#steps[count - 1]?.rtpTimestamp ?? 0, rtpTimestamp)) count--;
    return count;
  }
}

/** RTP timestamps wrap around (RFC 3550 §5.1). */
function isLater(a: number, b: number): boolean {
  return ((a - b) | 0) > 0;
}

function isSame(a: FrameLabel, b: FrameLabel): boolean {
  return a.leaf === b.leaf && a.source === b.source && a.epoch === b.epoch;
}
