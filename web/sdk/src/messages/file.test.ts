import { describe, expect, test } from "vitest";
import {
  decodeFile,
  encodeFile,
  FILE_NAME_MAX,
  FILE_PART_BYTES,
  type FileWord,
  normalizeFileName,
} from "./file.ts";

const ID = "abcdefghijklmnop";
const DIGEST = "A".repeat(43);
const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

test("every word comes back as it was said", () => {
  const words: FileWord[] = [
    { type: "offer", id: ID, name: "план 2026.pdf", size: 1, digest: DIGEST },
    { type: "ask", id: ID, from: 7, count: 4 },
    { type: "withdraw", id: ID },
    { type: "part", id: ID, index: 70_000, bytes: new Uint8Array(FILE_PART_BYTES).fill(7) },
    { type: "part", id: ID, index: 0, bytes: Uint8Array.of(123) },
  ];
  for (const word of words) expect(decodeFile(encodeFile(word))).toEqual(word);
});

test("the longest word stays far below what the server takes for a part", () => {
  const name = "\u{1f600}".repeat(FILE_NAME_MAX);
  const word = { type: "offer", id: ID, name, size: 5_000_000, digest: DIGEST } as const;
  expect(encodeFile(word).length).toBeLessThan(700);
});

describe("what is no word about a file is none", () => {
  const offer = { k: "o", i: ID, n: "a", s: 1, d: DIGEST };
  test.each([
    ["an empty file", { ...offer, s: 0 }],
    ["a size that is no number", { ...offer, s: "1" }],
    ["half a byte", { ...offer, s: 1.5 }],
    ["more than anybody carries", { ...offer, s: 2 ** 40 }],
    ["no digest", { ...offer, d: "" }],
    ["a digest of something else", { ...offer, d: `${DIGEST}A` }],
    ["no name", { ...offer, n: 7 }],
    ["no id", { ...offer, i: "../../../etc/pass" }],
    ["a question for too many parts", { k: "a", i: ID, f: 0, n: 5 }],
    ["a question for none", { k: "a", i: ID, f: 0, n: 0 }],
    ["a question before the beginning", { k: "a", i: ID, f: -1, n: 1 }],
    ["another word", { k: "z", i: ID }],
    ["a word that is too long", { ...offer, x: "x".repeat(2000) }],
  ])("%s", (_, value) => expect(decodeFile(bytesOf(value))).toBeUndefined());

  test("parts that are too long, too short or unnamed", () => {
    const part = encodeFile({ type: "part", id: ID, index: 0, bytes: new Uint8Array(5) });
    expect(decodeFile(part.subarray(0, 21))).toBeUndefined();
    expect(decodeFile(part.subarray(0, 9))).toBeUndefined();
    const long = new Uint8Array(21 + FILE_PART_BYTES + 1);
    long.set(part);
    expect(decodeFile(long)).toBeUndefined();
    part[3] = 0;
    expect(decodeFile(part)).toBeUndefined();
    expect(decodeFile(new Uint8Array())).toBeUndefined();
  });
});

describe("a name", () => {
  test.each([
    ["/etc/passwd", "passwd"],
    ["..\\..\\Windows\\x.dll", "x.dll"],
    ["..", "file"],
    [".htaccess", "htaccess"],
    ["", "file"],
    ["\u202egnp.exe", "gnp.exe"],
    ["a\u200b\u2066b\u0000c\nd.txt", "ab cd.txt".replace(" ", "")],
    ["what? <me>:*|.txt", "what_ _me____.txt"],
    ["CON", "_CON"],
    ["nul.txt", "_nul.txt"],
    ["console.log", "console.log"],
    ["report.pdf. . ", "report.pdf"],
    ["Zeugnis 1.pdf", "Zeugnis 1.pdf"],
  ])("%j is %j", (given, made) => {
    expect(normalizeFileName(given)).toBe(made);
    expect(normalizeFileName(made)).toBe(made);
  });

  test("that is long keeps its ending", () => {
    const made = normalizeFileName(`${"x".repeat(300)}.tar.gz`);
    expect([...made].length).toBeLessThanOrEqual(FILE_NAME_MAX);
    expect(made.endsWith("….gz")).toBe(true);
  });
});
