import { describe, expect, test } from "vitest";
import { MESSAGE_BYTES_MAX } from "../room/types.ts";
import {
  BOARD_PART_BYTES,
  BOARD_PIECE_BYTES_MAX,
  BOARD_POINTS_MAX,
  BOARD_TEXT_MAX,
  type BoardElement,
  type BoardThing,
  type BoardWord,
  decodeBoard,
  elementBytes,
  encodeBoard,
  normalizeThing,
  writtenThing,
} from "./board.ts";

const ID = "AAAAAAAAAAAAAAA1";
const IMAGE = "abcdefghijklmnopqrstuv";
const NOTE: BoardThing = {
  ...{ kind: "note", z: 3, x: 10, y: 20, width: 200, height: 120, color: 2, weight: 1 },
  ...{ points: [], text: "Ship it\n<b>on Friday</b>", image: "" },
};

function decoded(value: unknown): BoardWord | undefined {
  return decodeBoard(new TextEncoder().encode(JSON.stringify(value)));
}

function only(word: BoardWord | undefined): BoardElement | undefined {
  return word?.type === "put" ? word.elements[0] : undefined;
}

describe("words about the board", () => {
  const words: BoardWord[] = [
    { type: "open" },
    { type: "put", elements: [{ id: ID, revision: 2, thing: NOTE }] },
    { type: "put", elements: [{ id: ID, revision: 3, thing: undefined }] },
    {
      type: "put",
      elements: [
        { id: ID, revision: 1, thing: { ...NOTE, kind: "pen", text: "", points: [0, 0, 5, -7] } },
        { id: ID, revision: 1, thing: { ...NOTE, kind: "image", text: "", image: IMAGE } },
        { id: ID, revision: 1, thing: { ...NOTE, kind: "arrow", text: "", width: -40 } },
      ],
    },
    { type: "digest", elements: 4, hash: 0xfedcba98, answers: true },
    { type: "ask", images: undefined },
    { type: "ask", images: [IMAGE] },
    { type: "part", image: IMAGE, index: 1, count: 3, bytes: Uint8Array.of(0, 255, 7) },
  ];
  test.each(words)("$type comes back as it was said", (word) => {
    expect(decodeBoard(encodeBoard(word))).toEqual(word);
  });

  test("what is no word about a board is none", () => {
    const none = [
      ...[null, 7, [], {}, { k: "z" }, { k: "d", n: -1, h: 0 }, { k: "d", n: 1, h: 2 ** 32 }],
      ...[
        { k: "a", i: [] },
        { k: "a", i: ["short"] },
        { k: "p", h: IMAGE, i: 3, n: 3, d: "AA==" },
      ],
      ...[
        { k: "p", h: IMAGE, i: 0, n: 999, d: "AA==" },
        { k: "p", h: IMAGE, i: 0, n: 1, d: "?" },
      ],
      { k: "p", h: IMAGE, i: 0, n: 1, d: btoa("x".repeat(BOARD_PART_BYTES + 1)) },
    ];
    for (const each of none) expect(decoded(each), JSON.stringify(each)).toBeUndefined();
    expect(decodeBoard(new Uint8Array(MESSAGE_BYTES_MAX + 1))).toBeUndefined();
  });

  test("of many elements, those that are none are left out", () => {
    const look = [6, 0, 0, 0, 10, 10, 0, 0, "hello"];
    const word = decoded({
      k: "u",
      e: [
        ...[
          ["short", 1, look],
          [ID, 0, look],
          [ID, 1.5, look],
          [ID, 1, [99, ...look.slice(1)]],
        ],
        ...[
          [ID, 1, [6, 0, "0", 0, 10, 10, 0, 0, "x"]],
          [ID, 1, [0, 0, 0, 0, 1, 1, 0, 0, [1]]],
        ],
        ...[[ID, 1, [7, 0, 0, 0, 9, 9, 0, 0, "https://example.org/a.png"]], 5, [ID, 1, look]],
      ],
    });
    expect(word?.type === "put" && word.elements.length).toBe(1);
    expect(only(word)?.thing?.text).toBe("hello");
  });

  test("coordinates, sizes and colors are bounded, texts are cleaned", () => {
    const text = `a\u202eb${"x".repeat(5000)}`;
    const word = decoded({ k: "u", e: [[ID, 1, [5, 9e9, -9e9, 9e9, -5, 9e9, 77, -1, text]]] });
    const thing = only(word)?.thing;
    expect(thing).toMatchObject({ z: 1e6, x: -1600, y: 2500, width: 1, height: 1600 });
    expect(thing).toMatchObject({ color: 5, weight: 0 });
    expect(thing?.text.startsWith("abxx")).toBe(true);
    expect(thing?.text.length).toBe(BOARD_TEXT_MAX);
  });

  test("a stroke with too many points is none", () => {
    const points = Array.from({ length: BOARD_POINTS_MAX * 2 + 2 }, () => 1);
    expect(only(decoded({ k: "u", e: [[ID, 1, [0, 0, 0, 0, 1, 1, 0, 0, points]]] }))).toBe(
      undefined,
    );
  });
});

test("the largest element fits into a piece, and a piece into a message", () => {
  const text = "漢".repeat(BOARD_TEXT_MAX);
  const points = Array.from({ length: BOARD_POINTS_MAX * 2 }, () => -1600);
  const place = { x: -1600, y: -1600, width: 1600, height: 1600 };
  for (const kind of ["note", "pen"] as const) {
    const thing = normalizeThing({ ...NOTE, ...place, kind, text, points });
    const element = { id: ID, revision: 1e9, thing };
    expect(elementBytes(element)).toBeLessThan(BOARD_PIECE_BYTES_MAX);
    const one = encodeBoard({ type: "put", elements: [element] });
    expect(one.length).toBeLessThan(MESSAGE_BYTES_MAX);
  }
  const bytes = new Uint8Array(BOARD_PART_BYTES).fill(255);
  const part = encodeBoard({ type: "part", image: IMAGE, index: 0, count: 6, bytes });
  expect(part.length).toBeLessThan(MESSAGE_BYTES_MAX);
});

test("what is written of an element is the same however it was made", () => {
  const again = only(
    decodeBoard(encodeBoard({ type: "put", elements: [{ id: ID, revision: 1, thing: NOTE }] })),
  );
  expect(writtenThing(again?.thing)).toBe(writtenThing(normalizeThing(NOTE)));
  expect(writtenThing(undefined)).toBe("");
});
