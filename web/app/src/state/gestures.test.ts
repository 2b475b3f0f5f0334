import { FakeRoom } from "@conclave/sdk/testing";
import { expect, test } from "vitest";
import { createGestures } from "./gestures.ts";
import { createNotices } from "./notices.ts";
import { FakeClock } from "./testing/fakeClock.ts";

function setUp() {
  const room = new FakeRoom({ now: () => 1000 });
  const clock = new FakeClock();
  const notices = createNotices(clock);
  return { room, clock, notices, gestures: createGestures(room, clock, notices) };
}

test("a raised hand is told once and stays until it goes down", () => {
  const { room, notices, gestures } = setUp();
  const { id } = room.addParticipant("Ben");
  room.update(id, { handRaisedAt: 5 });
  room.update(id, { away: true });
  expect(notices.toasts.value.map(({ text }) => text)).toEqual(["Ben raised a hand."]);
  expect(gestures.hands.value.has(id)).toBe(true);
  room.update(id, { handRaisedAt: undefined });
  expect(gestures.hands.value.size).toBe(0);
});

test("one's own hand is no news to oneself", () => {
  const { notices, gestures } = setUp();
  gestures.setHand(true);
  expect(gestures.handRaised.value).toBe(true);
  expect(notices.toasts.value).toEqual([]);
  expect(notices.spoken.value).toBe("Hand raised");
  gestures.setHand(false);
  expect(gestures.handRaised.value).toBe(false);
});

test("a reaction passes, and the next one of the same person has its whole time", () => {
  const { room, clock, gestures } = setUp();
  const { id } = room.addParticipant("Ben");
  room.receiveReaction(id, "👍");
  clock.advance(3000);
  room.receiveReaction(id, "🎉");
  clock.advance(3000);
  expect(gestures.reactions.value.get(id)).toBe("🎉");
  clock.advance(1000);
  expect(gestures.reactions.value.size).toBe(0);
});
