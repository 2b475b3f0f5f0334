import type { ParticipantId } from "@conclave/sdk";
import { FakeRoom } from "@conclave/sdk/testing";
import { describe, expect, test } from "vitest";
import { createNotices } from "./notices.ts";
import { createPolls, type PollRow, type Polls } from "./polls.ts";
import { FakeClock } from "./testing/fakeClock.ts";

interface Seat {
  readonly room: FakeRoom;
  readonly polls: Polls;
  /** How this person's room numbers the others, by seat. */
  readonly ids: Map<number, ParticipantId>;
  place: number;
  sent: number;
}

/** People whose messages reach those of their breakout room, at once. */
class DividedMeeting {
  readonly clock = new FakeClock();
  readonly seats: Seat[];
  /** Messages since the last look. */
  said = 0;
  #ids = 0;

  constructor(people: number) {
    const newId = () => `poll${String(this.#ids++).padStart(12, "0")}`;
    const { clock } = this;
    this.seats = Array.from({ length: people }, (_, seat) => {
      const room = new FakeRoom({ displayName: `Person ${seat}`, wireId: `p${seat}` });
      const polls = createPolls({ room, clock, notices: createNotices(clock), newId });
      return { room, polls, ids: new Map(), place: 0, sent: 0 };
    });
    for (const [own, { room, ids }] of this.seats.entries()) {
      for (let other = 0; other < people; other++) {
        if (other === own) continue;
        ids.set(other, room.addParticipant(`Person ${other}`, [], undefined, `p${other}`).id);
      }
    }
  }

  divide(...places: readonly number[]): void {
    this.#carry();
    for (const [seat, one] of this.seats.entries()) {
      one.place = places[seat] ?? 0;
      const others = [...one.ids].map(([other, id]) => [id, places[other] ?? 0] as const);
      one.room.place([[one.room.localId, one.place], ...others]);
    }
  }

  settle(): void {
    for (let i = 0; i < 300; i++) {
      this.#carry();
      this.clock.advance(100);
    }
  }

  ask(seat: number, question: string, anonymous = false): void {
    const { draft } = this.#of(seat);
    draft.setQuestion(question);
    for (const [index, text] of ["yes", "no"].entries()) draft.setOption(index, text);
    draft.setAnonymous(anonymous);
    expect(this.#of(seat).ask()).toBe(true);
    this.#carry();
  }

  vote(seat: number, question: string, option: number): void {
    this.#of(seat).choose(this.row(seat, question)?.key ?? "", option);
    this.#carry();
  }

  close(seat: number, question: string): void {
    this.#of(seat).close(this.row(seat, question)?.key ?? "");
    this.#carry();
  }

  row(seat: number, question: string): PollRow | undefined {
    return this.#of(seat)
      .rows.peek()
      .find((row) => row.question === question);
  }

  /** What each person reads of a poll. */
  read(question: string): string[] {
    return this.seats.map((_, seat) => {
      const row = this.row(seat, question);
      const counts = row?.options.map(({ count }) => count).join(" ") ?? "none";
      return row?.over === undefined ? counts : `${counts} ${row.over}`;
    });
  }

  #of(seat: number): Polls {
    const one = this.seats[seat];
    if (one === undefined) throw new Error(`nobody on seat ${seat}`);
    return one.polls;
  }

  #carry(): void {
    for (const [from, seat] of this.seats.entries()) {
      for (const { kind, body, to } of seat.room.sent.slice(seat.sent)) {
        this.said++;
        for (const [other, receiver] of this.seats.entries()) {
          const isMeant = to === undefined || seat.ids.get(other) === to;
          const id = receiver.ids.get(from);
          if (id === undefined || !isMeant || receiver.place !== seat.place) continue;
          const isPrivate = to !== undefined;
          receiver.polls.onMessage({ from: id, kind, body, isPrivate, receivedAt: 0 });
        }
      }
      seat.sent = seat.room.sent.length;
    }
  }
}

describe("polls of a meeting that was divided", () => {
  test("what was voted elsewhere counts for all who meet again, and is said once", () => {
    const meeting = new DividedMeeting(5);
    meeting.ask(0, "Lunch?");
    meeting.vote(1, "Lunch?", 0);
    meeting.settle();
    meeting.divide(0, 1, 1, 2, 2);
    meeting.vote(1, "Lunch?", 1);
    meeting.vote(2, "Lunch?", 0);
    meeting.vote(3, "Lunch?", 1);
    meeting.settle();
    expect(meeting.read("Lunch?")).toEqual(["1 0", "1 1", "1 1", "1 1", "1 1"]);
    meeting.said = 0;
    meeting.divide();
    meeting.settle();
    expect(meeting.read("Lunch?")).toEqual(Array(5).fill("1 2"));
    expect(meeting.said).toBe(3);
    meeting.said = 0;
    meeting.divide(0, 1, 1, 2, 2);
    meeting.divide();
    meeting.settle();
    expect(meeting.said).toBe(0);
  });

  test("a poll that was asked in a breakout room is everybody's after, with its votes", () => {
    const meeting = new DividedMeeting(4);
    meeting.divide(0, 1, 1, 2);
    meeting.ask(1, "Tea?");
    meeting.vote(1, "Tea?", 0);
    meeting.vote(2, "Tea?", 0);
    meeting.ask(2, "Done?");
    meeting.vote(1, "Done?", 1);
    meeting.close(2, "Done?");
    meeting.settle();
    expect(meeting.read("Tea?")).toEqual(["none", "2 0", "2 0", "none"]);
    meeting.divide();
    meeting.settle();
    expect(meeting.read("Tea?")).toEqual(Array(4).fill("2 0"));
    expect(meeting.read("Done?")).toEqual(Array(4).fill("0 1 closed"));
    meeting.vote(0, "Tea?", 1);
    meeting.settle();
    expect(meeting.read("Tea?")).toEqual(Array(4).fill("2 1"));
  });

  test("whoever could not know that a poll was closed has a vote, and nobody else", () => {
    const meeting = new DividedMeeting(4);
    meeting.ask(0, "Lunch?");
    meeting.divide(0, 0, 1, 2);
    meeting.close(0, "Lunch?");
    meeting.vote(1, "Lunch?", 0);
    meeting.vote(2, "Lunch?", 1);
    meeting.settle();
    meeting.divide();
    meeting.settle();
    expect(meeting.read("Lunch?")).toEqual(Array(4).fill("0 1 closed"));
    meeting.vote(3, "Lunch?", 1);
    meeting.settle();
    expect(meeting.read("Lunch?")).toEqual(Array(4).fill("0 1 closed"));
  });

  test("secret ballots wait for the author, who counts them", () => {
    const meeting = new DividedMeeting(4);
    meeting.ask(0, "Secret?", true);
    meeting.divide(0, 1, 1, 2);
    meeting.vote(1, "Secret?", 1);
    meeting.vote(0, "Secret?", 0);
    meeting.settle();
    // To somebody elsewhere the server carries nothing.
    expect(meeting.seats[1]?.room.sent.filter(({ kind }) => kind === "vote")).toEqual([]);
    meeting.close(0, "Secret?");
    meeting.divide();
    meeting.settle();
    expect(meeting.read("Secret?")).toEqual(Array(4).fill("1 1 closed"));
  });

  test("a visitor hears of polls, and takes along what was voted", () => {
    const meeting = new DividedMeeting(3);
    meeting.divide(0, 1, 1);
    meeting.ask(0, "Ready?");
    meeting.divide(1, 1, 1);
    meeting.settle();
    meeting.vote(1, "Ready?", 0);
    expect(meeting.read("Ready?")).toEqual(Array(3).fill("1 0"));
    meeting.divide(0, 1, 1);
    meeting.vote(2, "Ready?", 1);
    meeting.settle();
    meeting.divide();
    meeting.settle();
    expect(meeting.read("Ready?")).toEqual(Array(3).fill("1 1"));
  });
});
