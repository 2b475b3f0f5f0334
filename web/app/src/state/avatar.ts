/** What stands for a person without a picture. */
export interface Avatar {
  /** One or two letters; empty where there is no name. */
  readonly initials: string;
  /** Degrees on the colour wheel: the same for the same person in a meeting. */
  readonly hue: number;
}

/** Neighbouring numbers get colours far apart. */
const GOLDEN_ANGLE = 137.508;

export function avatarOf(participantId: number, name: string): Avatar {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  const initials = letters.map((word) => firstLetter(word ?? "")).join("");
  return { initials, hue: Math.round((participantId * GOLDEN_ANGLE + 150) % 360) };
}

function firstLetter(word: string): string {
  const first = new Intl.Segmenter().segment(word)[Symbol.iterator]().next();
  return first.done ? "" : first.value.segment.toUpperCase();
}
