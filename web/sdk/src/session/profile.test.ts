import { describe, expect, it } from "vitest";
import {
  DISPLAY_NAME_CHARACTERS_MAX,
  decodeProfile,
  decodeUpload,
  encodeProfile,
  normalizeDisplayName,
  PROFILE_BYTES_MAX,
} from "./profile.ts";
import { encodeText } from "./text.ts";

describe("a display name", () => {
  it("loses what cannot be seen or turns the text around", () => {
    expect(normalizeDisplayName("Ann\u202Eedoc.exe\u200B\u2066")).toBe("Annedoc.exe");
    expect(normalizeDisplayName("\u0000Bob\u0007\u2028")).toBe("Bob");
  });

  it("is composed and compatible, so that one name is written one way", () => {
    expect(normalizeDisplayName("Zoe\u0308")).toBe("Zoë");
    expect(normalizeDisplayName("Ｂｏｂ ﬁne")).toBe("Bob fine");
  });

  it("has single spaces and none around it", () => {
    expect(normalizeDisplayName("  Grace \t\n Hopper\u00a0 ")).toBe("Grace Hopper");
  });

  it("is cut between characters, not inside one", () => {
    const cut = normalizeDisplayName("😀".repeat(DISPLAY_NAME_CHARACTERS_MAX + 1));
    expect(cut).toBe("😀".repeat(DISPLAY_NAME_CHARACTERS_MAX));
  });

  it("stays what it is when normalized again", () => {
    for (const name of ["Ｂｏｂ\u200B  x", "\u202Ea b", " 田中\u3000さん "]) {
      const once = normalizeDisplayName(name);
      expect(normalizeDisplayName(once)).toBe(once);
    }
  });
});

describe("a profile", () => {
  it("says what the upload is like, and is good where it says nothing that is known", () => {
    for (const level of ["good", "fair", "poor"] as const) {
      const bytes = encodeProfile({ displayName: "Ana" }, level);
      expect(decodeUpload(bytes)).toBe(level);
      expect(decodeProfile(bytes)).toEqual({ displayName: "Ana" });
    }
    expect(decodeUpload(encodeText('{"u":"excellent"}'))).toBe("good");
    expect(decodeUpload(encodeText("not json"))).toBe("good");
  });

  it("survives the wire", () => {
    expect(decodeProfile(encodeProfile({ displayName: " 田中 さん 👋" }))).toEqual({
      displayName: "田中 さん 👋",
    });
  });

  it("fits its limit, whatever the name", () => {
    const profile = encodeProfile({ displayName: '"\\😀'.repeat(500) });
    expect(profile.length).toBeLessThanOrEqual(PROFILE_BYTES_MAX);
  });

  it.each([
    ["nothing", new Uint8Array()],
    ["no JSON", encodeText("hello")],
    ["broken UTF-8", Uint8Array.of(0x7b, 0xff, 0xfe)],
    ["an array", encodeText('["n"]')],
    ["null", encodeText("null")],
    ["a name of another type", encodeText('{"n":{"toString":1}}')],
    ["too much", encodeText(JSON.stringify({ n: "a".repeat(PROFILE_BYTES_MAX) }))],
  ])("of %s is somebody without a name", (_, bytes) => {
    expect(decodeProfile(bytes)).toEqual({ displayName: "" });
  });

  it("is normalized by the reader too, and ignores what it does not know", () => {
    const bytes = encodeText('{"n":"Eve\\u202E","avatar":"x","v":2}');
    expect(decodeProfile(bytes)).toEqual({ displayName: "Eve" });
  });
});
