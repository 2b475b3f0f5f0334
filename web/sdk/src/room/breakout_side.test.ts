import { describe, expect, it } from "vitest";
import type { ClientBody } from "../protocol/index.ts";
import { encodeText } from "../session/text.ts";
import { BREAKOUT_NAME_MAX, BreakoutSide } from "./breakout_side.ts";
import { type LobbySeal, PLAIN } from "./lobby_seal.ts";
import type { Breakouts } from "./types.ts";

class Scene {
  readonly sent: ClientBody[] = [];
  readonly told: (Breakouts | undefined)[] = [];
  readonly side: BreakoutSide;

  constructor(seal: LobbySeal = PLAIN) {
    this.side = new BreakoutSide(seal, {
      now: () => 1_000_000,
      send: (body) => this.sent.push(body),
      onChanged: (breakouts) => this.told.push(breakouts),
    });
  }
}

const wire = (names: readonly string[], change: object = {}) => ({
  ...{ open: true, names: names.map((name) => encodeText(name)) },
  ...{ choose: false, mayReturn: true, remainingMs: 0, ...change },
});

describe("breakout rooms as the server tells them", () => {
  it("are there until they are closed, which is told once", async () => {
    const { side, told } = new Scene();
    await side.onTold(wire(["Blue", "Red"], { remainingMs: 60_000 }));
    expect(side.breakouts).toEqual({
      ...{ names: ["Blue", "Red"], choose: false, mayReturn: true, endsAt: 1_060_000 },
    });
    await side.onTold(undefined);
    await side.onTold({ ...wire([]), open: false });
    expect(told.length).toBe(2);
    expect(side.breakouts).toBeUndefined();
  });

  it("have names that are short, on one line, and empty where they cannot be read", async () => {
    const { side } = new Scene();
    await side.onTold(wire([`a\u202e\nb${"x".repeat(100)}`]));
    const [name = ""] = side.breakouts?.names ?? [];
    expect(name.startsWith("a b")).toBe(true);
    expect(name.length).toBe(BREAKOUT_NAME_MAX);
    const closed = new Scene({ ...PLAIN, open: async () => undefined });
    await closed.side.onTold(wire(["Blue"]));
    expect(closed.side.breakouts?.names).toEqual([""]);
  });

  it("are those that were told last, however long their names take to open", async () => {
    let open: (() => void)[] = [];
    const slow: LobbySeal = {
      seal: PLAIN.seal,
      open: (label, bytes) =>
        new Promise((resolve) => open.push(() => resolve(PLAIN.open(label, bytes)))),
    };
    const { side, told } = new Scene(slow);
    const first = side.onTold(wire(["Old"]));
    const second = side.onTold(wire(["New"]));
    const waiting = open.reverse();
    open = [];
    for (const one of waiting) one();
    await Promise.all([first, second]);
    expect(told.map((breakouts) => breakouts?.names)).toEqual([["New"]]);
  });

  it("have names that are sealed before they leave", async () => {
    const { side } = new Scene({
      seal: async (label, text) => encodeText(`${label}:${text.length}`),
      open: PLAIN.open,
    });
    expect(await side.sealed(["Blue"])).toEqual([encodeText("breakout:4")]);
  });

  it("are gone to, and help is asked for, by messages to the server", () => {
    const { side, sent } = new Scene();
    side.go(2);
    side.askForHelp(true);
    expect(sent).toEqual([
      { $case: "goToBreakout", value: { breakout: 2 } },
      { $case: "askForHelp", value: { wanted: true } },
    ]);
  });
});
