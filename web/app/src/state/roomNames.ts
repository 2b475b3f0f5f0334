/** Names of new meetings: words that can be said aloud, and that nobody can guess. */

const CONSONANTS = "bdfgklmnprstvwzh";
const VOWELS = "aeio";
const WORDS = 4;
const SYLLABLES_PER_WORD = 3;

/** Each of the 12 syllables is one of 16 x 4: 72 bits. */
export const ROOM_NAME_ENTROPY_BITS = WORDS * SYLLABLES_PER_WORD * 6;

/** `randomBytes` fills an array from the operating system's entropy. */
export function makeRoomName(randomBytes: (into: Uint8Array<ArrayBuffer>) => void): string {
  const bytes = new Uint8Array(WORDS * SYLLABLES_PER_WORD);
  randomBytes(bytes);
  const syllables = Array.from(bytes, syllable);
  const words: string[] = [];
  for (let i = 0; i < syllables.length; i += SYLLABLES_PER_WORD) {
    words.push(syllables.slice(i, i + SYLLABLES_PER_WORD).join(""));
  }
  return words.join("-");
}

function syllable(byte: number): string {
  return CONSONANTS.charAt(byte & 15) + VOWELS.charAt((byte >> 4) & 3);
}
