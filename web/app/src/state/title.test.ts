import { FakeRoom } from "@conclave/sdk/testing";
import { expect, test } from "vitest";
import { cell } from "./cells.ts";
import { createMeeting } from "./meeting.ts";
import { problem } from "./problems.ts";
import { FakeClock } from "./testing/fakeClock.ts";
import { FakePage, fakeMedia } from "./testing/fakePorts.ts";
import { titleOf } from "./title.ts";

test("the tab names the meeting and counts what is unread", () => {
  const room = new FakeRoom();
  const { local, devices, preferences } = fakeMedia();
  const meeting = createMeeting({
    room,
    roomName: "standup",
    local,
    joinedWith: { microphone: undefined, camera: undefined },
    devices,
    clock: new FakeClock(),
    page: new FakePage(),
    preferences,
    randomBytes: (into) => into.fill(7),
    onEnded: () => {},
    onRejoin: () => {},
  });
  const title = () => titleOf({ kind: "meeting", meeting });
  expect(title()).toBe("standup · Conclave");
  const ana = room.addParticipant("Ana");
  room.receiveChat(ana.id, "hello");
  expect(title()).toBe("(1) standup · Conclave");
  meeting.panels.toggle("chat");
  expect(title()).toBe("standup · Conclave");
});

test("the tab says what happened", () => {
  const screen = { kind: "problem", problem: problem("room-full"), busy: cell(false) } as const;
  expect(titleOf(screen)).toBe("The meeting is full · Conclave");
});
