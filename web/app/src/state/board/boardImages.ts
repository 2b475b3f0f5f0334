import type { ParticipantId } from "@conclave/sdk";
import { BOARD_IMAGE_BYTES_MAX, BOARD_PART_BYTES, type BoardWord } from "@conclave/sdk/messages";

type Part = Extract<BoardWord, { type: "part" }>;

/** What pictures on the board are made of, by name. Their names are digests: nobody gives false bytes. */
export interface BoardImages {
  has(image: string): boolean;
  get(image: string): Uint8Array<ArrayBuffer> | undefined;
  /** Returns the picture's name; undefined where it is too large, or there are too many. */
  add(bytes: Uint8Array<ArrayBuffer>): Promise<string | undefined>;
  partsOf(image: string): readonly Part[];
  /** True: the picture is whole now. */
  onPart(from: ParticipantId, part: Part): Promise<boolean>;
  forget(person: ParticipantId): void;
}

/** 1.5 MiB on a board, and as much that is still coming. */
export const BOARD_IMAGES_MAX = 32;
const COMING_MAX = 32;

export function createBoardImages(): BoardImages {
  const whole = new Map<string, Uint8Array<ArrayBuffer>>();
  const coming = new Map<string, Part[]>();

  const keep = (image: string, bytes: Uint8Array<ArrayBuffer>) => {
    if (whole.size < BOARD_IMAGES_MAX) whole.set(image, bytes);
  };
  return {
    has: (image) => whole.has(image),
    get: (image) => whole.get(image),
    async add(bytes) {
      if (bytes.length > BOARD_IMAGE_BYTES_MAX || whole.size >= BOARD_IMAGES_MAX) return undefined;
      const image = await imageName(bytes);
      keep(image, bytes);
      return image;
    },
    partsOf(image) {
      const bytes = whole.get(image);
      if (bytes === undefined) return [];
      const count = Math.ceil(bytes.length / BOARD_PART_BYTES);
      return Array.from({ length: count }, (_, index) => ({
        ...({ type: "part", image, index, count } as const),
        bytes: bytes.slice(index * BOARD_PART_BYTES, (index + 1) * BOARD_PART_BYTES),
      }));
    },
    async onPart(from, part) {
      if (whole.has(part.image) || whole.size >= BOARD_IMAGES_MAX) return false;
      // By who tells them: others' false parts spoil nothing.
      const key = `${from} ${part.image}`;
      const known = coming.get(key) ?? [];
      const parts = known.filter(({ index, count }) => {
        return index !== part.index && count === part.count;
      });
      parts.push(part);
      if (parts.length < part.count) {
        const [oldest] = coming.keys();
        if (!coming.has(key) && coming.size >= COMING_MAX && oldest) coming.delete(oldest);
        coming.set(key, parts);
        return false;
      }
      coming.delete(key);
      const bytes = joined(parts);
      const isTrue = (await imageName(bytes)) === part.image;
      if (isTrue) keep(part.image, bytes);
      return isTrue;
    },
    forget(person) {
      for (const key of coming.keys()) if (key.startsWith(`${person} `)) coming.delete(key);
    },
  };
}

/** The first half of its SHA-256, base64url. */
async function imageName(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).subarray(0, 16);
  return btoa(String.fromCharCode(...digest))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

function joined(parts: readonly Part[]): Uint8Array<ArrayBuffer> {
  const inOrder = [...parts].sort((a, b) => a.index - b.index);
  const bytes = new Uint8Array(inOrder.reduce((sum, part) => sum + part.bytes.length, 0));
  let at = 0;
  for (const part of inOrder) {
    bytes.set(part.bytes, at);
    at += part.bytes.length;
  }
  return bytes;
}
