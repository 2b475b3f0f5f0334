import { FakeRoom } from "@conclave/sdk/testing";
import { expect, test } from "vitest";
import { announceArrivals } from "./arrivals.ts";
import { createNotices } from "./notices.ts";
import { FakeClock } from "./testing/fakeClock.ts";

function setUp() {
  const clock = new FakeClock();
  const notices = createNotices(clock);
  const texts = () => notices.toasts.value.map(({ text }) => text);
  return { clock, notices, texts };
}

test("a toast goes by itself, and three are the most", () => {
  const { clock, notices, texts } = setUp();
  for (const text of ["a", "b", "c", "d"]) notices.show(text);
  expect(texts()).toEqual(["b", "c", "d"]);
  clock.advance(4500);
  expect(texts()).toEqual([]);
});

test("a new toast takes the place of the last one of its topic", () => {
  const { notices, texts } = setUp();
  notices.show("Ana: one", { topic: "chat" });
  notices.show("Ben joined.", { topic: "arrivals" });
  notices.show("Ana: two", { topic: "chat" });
  expect(texts()).toEqual(["Ben joined.", "Ana: two"]);
  notices.dismissTopic("chat");
  expect(texts()).toEqual(["Ben joined."]);
});

test("announcements wait for each other, and a flood drops the oldest", () => {
  const { clock, notices } = setUp();
  const spoken: string[] = [];
  notices.spoken.subscribe((text) => spoken.push(text));
  for (const text of ["1", "2", "3", "4", "5", "6", "7"]) notices.say(text);
  expect(spoken).toEqual(["", "1"]);
  clock.advance(1500);
  expect(spoken.at(-1)).toBe("3");
  clock.advance(60000);
  expect(spoken).toEqual(["", "1", "3", "4", "5", "6", "7"]);
});

test("who comes and goes together is told in one notice", () => {
  const { clock, notices, texts } = setUp();
  const room = new FakeRoom();
  const ana = room.addParticipant("Ana");
  announceArrivals(room, clock, notices, () => false);
  room.addParticipant("Ben");
  room.addParticipant("Cleo");
  room.removeParticipant(ana.id);
  expect(texts()).toEqual([]);
  clock.advance(800);
  expect(texts()).toEqual(["2 people joined. Ana left."]);
});

test("one newcomer is told by name, a nameless one as a guest", () => {
  const { clock, notices, texts } = setUp();
  const room = new FakeRoom();
  announceArrivals(room, clock, notices, () => false);
  room.addParticipant("");
  clock.advance(800);
  expect(texts()).toEqual(["Guest joined."]);
});

test("in a large meeting coming and going is no news", () => {
  const { clock, notices, texts } = setUp();
  const room = new FakeRoom();
  for (let i = 0; i < 20; i++) room.addParticipant(`P${i}`);
  announceArrivals(room, clock, notices, () => false);
  room.addParticipant("Ana");
  clock.advance(5000);
  expect(texts()).toEqual([]);
});

test("who comes again with the same key is back; the same name alone is not", () => {
  const { clock, notices, texts } = setUp();
  const room = new FakeRoom();
  const ben = room.addParticipant("Ben", [], "bens key");
  const cleo = room.addParticipant("Cleo");
  announceArrivals(room, clock, notices, () => false);
  room.removeParticipant(ben.id);
  room.removeParticipant(cleo.id);
  clock.advance(800);
  expect(texts()).toEqual(["2 people left."]);
  for (const [name, key, told] of [
    ["Ben", "another key", "Ben joined."],
    ["Cleo", undefined, "Cleo joined."],
    ["Benjamin", "bens key", "Benjamin is back."],
  ] as const) {
    room.addParticipant(name, [], key);
    clock.advance(800);
    expect(texts()).toEqual([told]);
  }
});

test("who reloads, or crashed and comes before they count as gone, is back and has not left", () => {
  const { clock, notices, texts } = setUp();
  const room = new FakeRoom();
  const [ana, ben] = ["ana", "ben"].map((name) => room.addParticipant(name, [], `${name}s key`));
  if (ana === undefined || ben === undefined) throw new Error("nobody");
  announceArrivals(room, clock, notices, () => false);
  room.removeParticipant(ana.id);
  room.addParticipant("ana", [], "anas key");
  clock.advance(800);
  expect(texts()).toEqual(["ana is back."]);
  room.update(ben.id, { away: true });
  room.addParticipant("ben", [], "bens key");
  clock.advance(800);
  expect(texts()).toEqual(["ben is back."]);
  clock.advance(5000);
  room.removeParticipant(ben.id);
  clock.advance(800);
  expect(texts()).toEqual([]);
});

test("a second window of somebody who is here is no return", () => {
  const { clock, notices, texts } = setUp();
  const room = new FakeRoom();
  room.addParticipant("Ana", [], "anas key");
  announceArrivals(room, clock, notices, () => false);
  room.addParticipant("Ana", [], "anas key");
  clock.advance(800);
  expect(texts()).toEqual(["Ana joined."]);
});

test("who was verified is told as verified", () => {
  const { clock, notices, texts } = setUp();
  const room = new FakeRoom();
  const verified = new Set<number>();
  announceArrivals(room, clock, notices, (id) => verified.has(id));
  verified.add(room.addParticipant("Ana", [], "anas key").id);
  clock.advance(800);
  expect(texts()).toEqual(["Ana joined (verified)."]);
});
