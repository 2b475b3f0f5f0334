import { FakeRoom } from "@conclave/sdk/testing";
import { describe, expect, it } from "vitest";
import { createBreakouts } from "./breakouts.ts";
import { createNotices } from "./notices.ts";
import { FakeClock } from "./testing/fakeClock.ts";

function scene(role: "host" | "participant" = "participant") {
  const clock = new FakeClock();
  const room = new FakeRoom({ role, now: () => clock.now() });
  const notices = createNotices(clock);
  return { clock, room, notices, breakouts: createBreakouts(room, clock, notices) };
}

const OPEN = { names: ["Blue", ""], choose: false, mayReturn: false, endsAt: undefined };

describe("the breakout rooms as this person sees them", () => {
  it("say where one is, by the name that the host gave or a number", () => {
    const { room, notices, breakouts } = scene();
    room.setBreakouts(OPEN);
    room.update(room.localId, { breakout: 1 });
    expect(breakouts.own.value).toBe(1);
    expect(notices.toasts.value.at(-1)?.text).toContain("Blue");
    expect(breakouts.nameOf(2)).toContain("2");
    room.update(room.localId, { breakout: undefined });
    expect(breakouts.own.value).toBe(0);
  });

  it("count down to their end, and follow a later one", () => {
    const { clock, room, breakouts } = scene();
    room.setBreakouts({ ...OPEN, endsAt: clock.now() + 61_000 });
    expect(breakouts.timeLeft.value).toBe("1:01");
    clock.advance(2000);
    expect(breakouts.timeLeft.value).toBe("0:59");
    room.setBreakouts({ ...OPEN, endsAt: clock.now() + 600_000 });
    expect(breakouts.timeLeft.value).toBe("10:00");
    room.setBreakouts(undefined);
    expect(breakouts.timeLeft.value).toBeUndefined();
  });

  it("show who asks for help, and tell those who moderate", () => {
    const { clock, room, notices, breakouts } = scene("host");
    const ben = room.addParticipant("Ben");
    room.setBreakouts(OPEN);
    room.update(ben.id, { breakout: 1, wantsHelp: true });
    expect(breakouts.help.value).toEqual([{ id: ben.id, name: "Ben", breakout: 1 }]);
    clock.advance(10_000);
    expect(notices.spoken.value).toContain("Ben");
    room.update(ben.id, { wantsHelp: undefined });
    expect(breakouts.help.value).toEqual([]);
  });

  it("show what a host says to all of them until it is dismissed", () => {
    const { room, breakouts } = scene();
    const ada = room.addParticipant("Ada");
    room.receive(ada.id, "broadcast", new TextEncoder().encode("  five\u202e minutes "));
    expect(breakouts.word.value).toEqual({ name: "Ada", text: "five minutes" });
    breakouts.dismissWord();
    expect(breakouts.word.value).toBeUndefined();
    breakouts.sayToAll(" ");
    expect(room.sent).toEqual([]);
    breakouts.sayToAll("hello");
    expect(room.sent.map(({ kind }) => kind)).toEqual(["broadcast"]);
  });
});
