import { FakeRoom } from "@conclave/sdk/testing";
import { expect, test } from "vitest";
import { createAttendance } from "./attendance.ts";
import { FakeClock } from "./testing/fakeClock.ts";

const HEAD = ["Name", "Came (UTC)", "Left (UTC)", "Minutes"] as const;

test("who was here, from when to when", () => {
  const room = new FakeRoom({ displayName: "Ben" });
  const clock = new FakeClock();
  const attendance = createAttendance(room, clock);
  clock.advance(60_000);
  const ana = room.addParticipant("");
  // A name comes a moment after its owner, and may have anything in it.
  room.update(ana.id, { profile: { displayName: '=HYPERLINK("x"), Ana' } });
  clock.advance(120_000);
  room.removeParticipant(ana.id);
  clock.advance(60_000);
  room.addParticipant("Cleo");
  clock.advance(60_000);
  expect(attendance.asCsv(HEAD).split("\r\n")).toEqual([
    "Name,Came (UTC),Left (UTC),Minutes",
    "Ben,1970-01-01T00:00:00Z,,5",
    '"\'=HYPERLINK(""x""), Ana",1970-01-01T00:01:00Z,1970-01-01T00:03:00Z,2',
    "Cleo,1970-01-01T00:04:00Z,,1",
    "",
  ]);
});

test("nobody fills it by coming and going", () => {
  const room = new FakeRoom();
  const attendance = createAttendance(room, new FakeClock());
  for (let i = 0; i < 6000; i++) room.removeParticipant(room.addParticipant("Ana").id);
  expect(attendance.asCsv(HEAD).split("\r\n").length).toBeLessThan(5010);
});
