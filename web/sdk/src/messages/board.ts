import { ConclaveError, MESSAGE_BYTES_MAX } from "../room/types.ts";
import { decodeObject, encodeText } from "../session/text.ts";
import { messageId } from "./ids.ts";
import { normalizeChatText } from "./text.ts";

/** The board's page, in its own units; whatever reaches beyond is cut off. */
export const BOARD_WIDTH = 1600;
export const BOARD_HEIGHT = 900;
export const BOARD_COLORS = 6;
/** Thickness of lines and size of letters: 0, 1, 2. */
export const BOARD_WEIGHTS = 3;
/** Of one stroke; a longer one goes on as another element. */
export const BOARD_POINTS_MAX = 400;
export const BOARD_TEXT_MAX = 500;
/** Of a picture, made small before it is sent. */
export const BOARD_IMAGE_BYTES_MAX = 48 * 1024;
/** Of a picture, in each direction. */
export const BOARD_IMAGE_SIDE_MAX = 800;
/** Of a message's elements: with what is around them it stays below what is carried. */
export const BOARD_PIECE_BYTES_MAX = 12 * 1024;
/** Bytes of a picture in one message; base64 makes a third more of them. */
export const BOARD_PART_BYTES = 8 * 1024;
export const BOARD_REVISION_MAX = 1_000_000_000;

export const BOARD_KINDS = [
  ...["pen", "line", "arrow", "rectangle", "ellipse", "text", "note", "image"],
] as readonly BoardKind[];
export type BoardKind =
  | "pen"
  | "line"
  | "arrow"
  | "rectangle"
  | "ellipse"
  | "text"
  | "note"
  | "image";

/** What an element looks like. All numbers are whole and bounded. */
export interface BoardThing {
  readonly kind: BoardKind;
  /** What is higher covers what is lower; of equal ones the id decides. */
  readonly z: number;
  readonly x: number;
  readonly y: number;
  /** To the other end; negative for lines that go left or up only. */
  readonly width: number;
  readonly height: number;
  /** Index of a color: what it looks like is the theme's. */
  readonly color: number;
  readonly weight: number;
  /** Of "pen": x and y in turn, from the element's own x and y. Empty for others. */
  readonly points: readonly number[];
  /** Of "text" and "note". */
  readonly text: string;
  /** Of "image": what `imageName` makes of its bytes. */
  readonly image: string;
}

/** An element as it was left by its `revision`-th change. */
export interface BoardElement {
  readonly id: string;
  /** 1, 2, ... */
  readonly revision: number;
  /** Undefined: taken away. */
  readonly thing: BoardThing | undefined;
}

/** How one board compares with another: equal ones have equal digests. */
export interface BoardDigest {
  readonly elements: number;
  readonly hash: number;
}

/** One thing that is said about the board. Who says it, the room tells. */
export type BoardWord =
  /** Somebody has it on the stage. */
  | { readonly type: "open" }
  | { readonly type: "put"; readonly elements: readonly BoardElement[] }
  /** `answers`: all elements have been told, to whoever asked. */
  | ({ readonly type: "digest"; readonly answers: boolean } & BoardDigest)
  /** For all elements, or for these pictures. */
  | { readonly type: "ask"; readonly images: readonly string[] | undefined }
  /** Of a picture: part `index` of `count`. */
  | {
      readonly type: "part";
      readonly image: string;
      readonly index: number;
      readonly count: number;
      readonly bytes: Uint8Array<ArrayBuffer>;
    };

const PARTS_MAX = Math.ceil(BOARD_IMAGE_BYTES_MAX / BOARD_PART_BYTES);
const ELEMENTS_MAX = 1000;
const ASKED_IMAGES_MAX = 32;
const IMAGE_NAME = /^[\w-]{22}$/;
const Z_MAX = 1_000_000;
/** Elements may hang over the page's edges, but not be anywhere. */
const MARGIN = BOARD_WIDTH;

/** Throws `too-large` where it would not be carried: never for pieces within the limits above. */
export function encodeBoard(word: BoardWord): Uint8Array<ArrayBuffer> {
  const bytes = encodeText(JSON.stringify(toWire(word)));
  if (bytes.length <= MESSAGE_BYTES_MAX) return bytes;
  throw new ConclaveError("too-large", `board: ${bytes.length} of ${MESSAGE_BYTES_MAX} bytes`);
}

/** Never throws: undefined for what is no word about a board. Elements that are none are left out. */
export function decodeBoard(bytes: Uint8Array): BoardWord | undefined {
  const read = bytes.length <= MESSAGE_BYTES_MAX ? decodeObject(bytes) : undefined;
  switch (read?.["k"]) {
    case "o":
      return { type: "open" };
    case "u":
      return { type: "put", elements: list(read["e"], ELEMENTS_MAX).flatMap(toElement) };
    case "d": {
      const [elements, hash] = [within(read["n"], 0, 1e6), within(read["h"], 0, 0xffffffff)];
      if (elements === undefined || hash === undefined) return undefined;
      return { type: "digest", elements, hash, answers: read["a"] === 1 };
    }
    case "a": {
      if (read["i"] === undefined) return { type: "ask", images: undefined };
      const images = list(read["i"], ASKED_IMAGES_MAX).filter(isImageName);
      return images.length > 0 ? { type: "ask", images } : undefined;
    }
    case "p":
      return toPart(read);
    default:
      return undefined;
  }
}

/**
 * The element's look as text: the same for all clients, so that it decides which of two is newer and
 * what the digests are made of. Empty for what is taken away.
 */
export function writtenThing(thing: BoardThing | undefined): string {
  return thing === undefined ? "" : JSON.stringify(wireThing(thing));
}

/** How many bytes an element takes in a piece. */
export function elementBytes({ id, revision, thing }: BoardElement): number {
  return encodeText(JSON.stringify([id, revision, thing ? wireThing(thing) : 0])).length + 1;
}

/** Within all limits, as it is sent and shown. */
export function normalizeThing(thing: BoardThing): BoardThing {
  const fit = (value: number, min: number, max: number) =>
    Math.min(Math.max(Math.round(value) || 0, min), max);
  const isLine = thing.kind === "line" || thing.kind === "arrow";
  const side = (value: number, max: number) => fit(value, isLine ? -max : 1, max);
  return {
    kind: thing.kind,
    z: fit(thing.z, 0, Z_MAX),
    x: fit(thing.x, -MARGIN, BOARD_WIDTH + MARGIN),
    y: fit(thing.y, -MARGIN, BOARD_HEIGHT + MARGIN),
    width: side(thing.width, BOARD_WIDTH),
    height: side(thing.height, BOARD_WIDTH),
    color: fit(thing.color, 0, BOARD_COLORS - 1),
    weight: fit(thing.weight, 0, BOARD_WEIGHTS - 1),
    points:
      thing.kind === "pen"
        ? thing.points.slice(0, BOARD_POINTS_MAX * 2).map((each) => fit(each, -MARGIN, MARGIN))
        : [],
    text: thing.kind === "text" || thing.kind === "note" ? boardText(thing.text) : "",
    image: thing.kind === "image" ? thing.image : "",
  };
}

function boardText(text: string): string {
  return normalizeChatText(text.slice(0, BOARD_TEXT_MAX * 2))
    .slice(0, BOARD_TEXT_MAX)
    .replace(/[\ud800-\udbff]$/, "");
}

function toWire(word: BoardWord) {
  switch (word.type) {
    case "open":
      return { k: "o" };
    case "put":
      return {
        k: "u",
        e: word.elements.map(({ id, revision, thing }) => [
          ...[id, revision],
          thing ? wireThing(thing) : 0,
        ]),
      };
    case "digest":
      return { k: "d", n: word.elements, h: word.hash, a: Number(word.answers) };
    case "ask":
      return { k: "a", i: word.images };
    case "part": {
      const d = btoa(String.fromCharCode(...word.bytes));
      return { k: "p", h: word.image, i: word.index, n: word.count, d };
    }
  }
}

function wireThing({ kind, points, text, image, ...place }: BoardThing) {
  const { z, x, y, width, height, color, weight } = place;
  const more = kind === "pen" ? points : kind === "image" ? image : text;
  return [BOARD_KINDS.indexOf(kind), z, x, y, width, height, color, weight, more];
}

function toElement(value: unknown): BoardElement[] {
  const [readId, readRevision, look] = list(value, 3);
  const id = messageId(readId);
  const revision = within(readRevision, 1, BOARD_REVISION_MAX);
  if (id === undefined || revision === undefined) return [];
  if (look === 0) return [{ id, revision, thing: undefined }];
  const thing = toThing(list(look, 9));
  return thing === undefined ? [] : [{ id, revision, thing }];
}

function toThing(read: readonly unknown[]): BoardThing | undefined {
  const numbers = read.slice(0, 8);
  if (!numbers.every((each) => Number.isInteger(each))) return undefined;
  const [code, z, x, y, width, height, color, weight] = numbers as number[];
  const kind = BOARD_KINDS[code ?? -1];
  const more = read[8];
  if (kind === undefined) return undefined;
  const points = kind === "pen" ? toPoints(more) : [];
  const words = kind === "pen" ? "" : more;
  if (points === undefined || typeof words !== "string") return undefined;
  if (kind === "image" && !IMAGE_NAME.test(words)) return undefined;
  const place = { z: z ?? 0, x: x ?? 0, y: y ?? 0, width: width ?? 0, height: height ?? 0 };
  const look = { color: color ?? 0, weight: weight ?? 0, points, text: words, image: words };
  return normalizeThing({ kind, ...place, ...look });
}

function toPoints(value: unknown): readonly number[] | undefined {
  const points = list(value, BOARD_POINTS_MAX * 2);
  const isWhole = points.length >= 2 && points.length % 2 === 0;
  return isWhole && points.every((each) => Number.isInteger(each))
    ? (points as number[])
    : undefined;
}

function toPart(read: Readonly<Record<string, unknown>>): BoardWord | undefined {
  const image = read["h"];
  const count = within(read["n"], 1, PARTS_MAX);
  const index = count === undefined ? undefined : within(read["i"], 0, count - 1);
  const text = read["d"];
  if (!isImageName(image) || count === undefined || index === undefined) return undefined;
  if (typeof text !== "string") return undefined;
  try {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const fits = bytes.length > 0 && bytes.length <= BOARD_PART_BYTES;
    return fits ? { type: "part", image, index, count, bytes } : undefined;
  } catch {
    return undefined;
  }
}

function isImageName(value: unknown): value is string {
  return typeof value === "string" && IMAGE_NAME.test(value);
}

function within(value: unknown, min: number, max: number): number | undefined {
  const fits = Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
  return fits ? Number(value) : undefined;
}

/** Empty for what is none, or too long. */
function list(value: unknown, lengthMax: number): readonly unknown[] {
  return Array.isArray(value) && value.length <= lengthMax ? value : [];
}
