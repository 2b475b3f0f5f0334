import { describe, expect, it } from "vitest";
import { LobbyDelta } from "../protocol/index.ts";
import { applyLobby } from "./waiting_list.ts";

const one = (number: number) => ({ number, knock: new Uint8Array() });
const delta = (init: Parameters<typeof LobbyDelta.fromPartial>[0]) => LobbyDelta.fromPartial(init);

describe("who waits", () => {
  it("is who came and has not left, in order", () => {
    const first = applyLobby([], delta({ came: [one(4), one(2)] }));
    expect(first.map(({ number }) => number)).toEqual([4, 2]);
    const next = applyLobby(first, delta({ left: [4], came: [one(7)] }));
    expect(next.map(({ number }) => number)).toEqual([2, 7]);
    expect(applyLobby(next, delta({ reset: true, came: [one(9)] }))).toEqual([one(9)]);
  });

  it("counts nobody twice", () => {
    expect(applyLobby([one(4)], delta({ came: [one(4)] }))).toHaveLength(1);
  });
});
