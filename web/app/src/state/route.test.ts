import { describe, expect, test } from "vitest";
import { makeRoomName, ROOM_NAME_ENTROPY_BITS } from "./roomNames.ts";
import { destination, invitationPath, isNamed, parseRoute, roomName, withSecret } from "./route.ts";

const SECRET = `1.${"Ab-_".repeat(10)}AAA`;
const ORIGIN = "https://meet.example";
const route = (path: string) => parseRoute(new URL(path, ORIGIN));

describe("the link alone decides the mode", () => {
  test.each([
    ["/", "landing"],
    ["/open/weekly-standup", "open"],
    ["/open/", "invalid-name"],
    [`/open/${"x".repeat(200)}`, "invalid-name"],
    ["/open/%E0%A4%A", "invalid-name"],
    ["/open/a/b", "unknown"],
    [`/r/abc#${SECRET}`, "sealed"],
    [`/r/abc#config.x=1&${SECRET}`, "sealed"],
    [`/r/a/b#${SECRET}`, "unknown"],
    [`/r/a%20b#${SECRET}`, "invalid-name"],
    [`/r/${"x".repeat(200)}#${SECRET}`, "invalid-name"],
    ["/r/abc#1.cutshort", "incomplete"],
    [`/r/abc#${SECRET}A`, "incomplete"],
    ["/r/abc", "incomplete"],
    ["/r/abc#config.x=1", "incomplete"],
    ["/n/team", "sealed"],
    ["/n/", "invalid-name"],
    ["/n/a/b", "unknown"],
    ["/elsewhere", "unknown"],
  ])("%s is %s", (path, kind) => {
    expect(route(path).kind).toBe(kind);
  });

  test("an open room's address is what the server knows it by", () => {
    expect(route("/open/Weekly%20Standup")).toEqual({
      kind: "open",
      room: "open/weekly-standup",
      name: "weekly-standup",
    });
  });

  test("a named room's address is the same whoever typed it, in any script", () => {
    const named = { kind: "sealed", fragment: undefined };
    const room = "n/zo%C3%AB-s-caf%C3%A9";
    expect(route("/n/Zoë’s Café")).toEqual({ ...named, room, name: "zoë-s-café" });
    expect(route("/n/zo%c3%ab-s-caf%c3%a9")).toEqual({ ...named, room, name: "zoë-s-café" });
    expect(isNamed("/n/team")).toBe(true);
    expect(isNamed("/open/team")).toBe(false);
  });
});

test("an encrypted room's address is kept to the letter, and its secret apart", () => {
  expect(route(`/r/AbC.d#config.x=1&${SECRET}`)).toEqual({
    kind: "sealed",
    room: "r/AbC.d",
    name: "AbC.d",
    fragment: SECRET,
  });
});

test("another secret takes the place of the one before, and nothing else's", () => {
  const [old, next] = [`1.${"A".repeat(43)}`, `1.${"B".repeat(43)}`];
  expect(withSecret(`#config.x=1&${old}`, next)).toBe(`${next}&config.x=1`);
  expect(withSecret("", next)).toBe(next);
});

test("an invitation has the secret, and nothing else of the fragment", () => {
  const invited = (path: string) => invitationPath(new URL(path, ORIGIN));
  expect(invited(`/r/abc#config.x=1&${SECRET}`)).toBe(`/r/abc#${SECRET}`);
  expect(invited("/open/standup#config.x=1")).toBe("/open/standup");
});

test("names are written one way", () => {
  expect(roomName("  Weekly Standup! ")).toBe("weekly-standup");
  expect(roomName("Zoë’s Café")).toBe("zoë-s-café");
  expect(roomName("../..")).toBeUndefined();
  expect(roomName("???")).toBeUndefined();
});

describe("what is typed leads somewhere on this server", () => {
  test.each([
    ["Weekly Standup", "/n/weekly-standup"],
    ["会议", "/n/%E4%BC%9A%E8%AE%AE"],
    [" https://meet.example/open/x ", "/open/x"],
    ["meet.example/open/x", "/open/x"],
    ["open/x", "/open/x"],
    [`/r/abc#${SECRET}`, `/r/abc#${SECRET}`],
    [`https://meet.example/r/abc#${SECRET}`, `/r/abc#${SECRET}`],
    ["https://evil.example/open/x", undefined],
    ["javascript:alert(1)", undefined],
    ["https://meet.example/", undefined],
    ["", undefined],
  ])("%s leads to %s", (typed, path) => {
    expect(destination(typed, ORIGIN)).toBe(path);
  });
});

describe("a new meeting's name", () => {
  test("uses all the entropy that it promises", () => {
    expect(ROOM_NAME_ENTROPY_BITS).toBeGreaterThanOrEqual(64);
    // Each of the 64 values of a byte's low six bits gives another syllable.
    const syllables = new Set<string>();
    for (let value = 0; value < 64; value++) {
      syllables.add(makeRoomName((into) => into.fill(value)).slice(0, 2));
    }
    expect(syllables.size).toBe(64);
  });

  test("reads like words and is a valid address", () => {
    let next = 1;
    const name = makeRoomName((into) => {
      for (let i = 0; i < into.length; i++) into[i] = next = (next * 37 + 11) % 256;
    });
    expect(name).toMatch(/^([a-z]{6}-){3}[a-z]{6}$/);
    expect(route(`/open/${name}`).kind).toBe("open");
  });
});
