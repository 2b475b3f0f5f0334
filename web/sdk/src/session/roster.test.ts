import { describe, expect, it } from "vitest";
import { type DeepPartial, Participant, RosterDelta, SourceKind } from "../protocol/index.ts";
import { encodeProfile } from "./profile.ts";
import { Roster } from "./roster.ts";

type Init = DeepPartial<Participant>;

function person(id: number, name: string, extra: Init = {}): Init {
  return { id, profile: encodeProfile({ displayName: name }), ...extra };
}

function delta(init: DeepPartial<RosterDelta>) {
  return RosterDelta.fromPartial(init);
}

function joined(...others: Init[]): Roster {
  const roster = new Roster();
  const page = others.map((other) => Participant.fromPartial(other));
  roster.join({ id: 1, profile: { displayName: "me" }, tracks: [], handRaisedAt: undefined }, page);
  return roster;
}

const camera = { id: 20, source: SourceKind.CAMERA, muted: false, mid: "1" };

describe("Roster", () => {
  it("begins with this client and the first page, and adds the later pages", () => {
    const roster = joined(person(2, "Ben"));
    const change = roster.apply(delta({ changed: [person(3, "Cleo", { tracks: [camera] })] }));
    expect(change).toEqual({ joined: [3], left: [], changed: [] });
    expect([...roster.participants.values()].map((one) => one.profile.displayName)).toEqual([
      "me",
      "Ben",
      "Cleo",
    ]);
    expect(roster.ownerOf(20)?.participant.id).toBe(3);
  });

  it("removes before it adds, so that a number may be used again", () => {
    const roster = joined(person(2, "Ben", { tracks: [camera] }));
    const change = roster.apply(delta({ left: [2], changed: [person(2, "Bea")] }));
    expect(change).toEqual({ joined: [], left: [], changed: [2] });
    expect(roster.participants.get(2)?.profile.displayName).toBe("Bea");
    expect(roster.ownerOf(20)).toBeUndefined();
  });

  it("tells the difference after a reset, not everybody anew", () => {
    const roster = joined(person(2, "Ben"), person(3, "Cleo"), person(4, "Dan"));
    const change = roster.apply(
      delta({ reset: true, changed: [person(2, "Ben"), person(3, "C."), person(5, "Eve")] }),
    );
    expect(change).toEqual({ joined: [5], left: [4], changed: [3] });
    expect(roster.participants.get(1)?.isLocal).toBe(true);
  });

  it("does not believe the server about this client, nor lets it be removed", () => {
    const roster = joined();
    const change = roster.apply(delta({ left: [1], changed: [person(1, "Mallory")] }));
    expect(change).toEqual({ joined: [], left: [], changed: [] });
    expect(roster.participants.get(1)?.profile.displayName).toBe("me");
  });

  it("says nothing about what stays as it was", () => {
    const roster = joined(person(2, "Ben", { tracks: [camera] }));
    const change = roster.apply(delta({ changed: [person(2, "Ben", { tracks: [camera] })] }));
    expect(change).toEqual({ joined: [], left: [], changed: [] });
  });

  it("leaves out tracks of a kind that it does not know", () => {
    const roster = joined(person(2, "Ben", { tracks: [{ ...camera, source: 99 as SourceKind }] }));
    expect(roster.participants.get(2)?.tracks).toEqual([]);
  });

  it("does not grow without end", () => {
    const roster = joined();
    const flood = Array.from({ length: 10_050 }, (_, index) => person(index + 2, ""));
    roster.apply(delta({ changed: flood }));
    expect(roster.participants.size).toBe(10_000);
  });
});
