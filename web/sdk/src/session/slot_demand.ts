/** Audio slots of every client: who is not among the loudest four is not heard. */
export const AUDIO_SLOTS = 4;
/**
 * Video slots grow in these steps, so that a growing meeting costs at most three more offers. The last
 * is a page of 49 tiles, of which one is the own picture.
 */
export const VIDEO_SLOT_STEPS = [8, 16, 32, 48] as const;

/** How many video slots a layout of `wanted` visible videos needs; never fewer than there are. */
export function videoSlotsFor(wanted: number, present: number): number {
  const step = VIDEO_SLOT_STEPS.find((slots) => slots >= wanted) ?? VIDEO_SLOT_STEPS.at(-1) ?? 0;
  return Math.max(step, present);
}
