import { describe, expect, it } from "vitest";
import { Seeded } from "../testing/seeded.ts";
import { utf8 } from "./bytes.ts";
import { type ComparisonOutput, type ComparisonStep, Comparisons } from "./comparison.ts";
import type { GroupMember } from "./group_crypto.ts";

function member(leaf: number, key = leaf): GroupMember {
  return {
    leaf,
    pid: new Uint8Array(16).fill(leaf),
    signatureKey: new Uint8Array(32).fill(100 + key),
    longTermKey: leaf === 1 ? new Uint8Array(32).fill(200 + key) : undefined,
    isModerator: false,
  };
}

const [ANA, BEN, CLEO] = [member(1), member(2), member(3)];

/** One member's client. */
class Side {
  readonly comparisons: Comparisons;
  readonly out: ComparisonOutput[] = [];
  readonly steps: ComparisonStep[] = [];

  constructor(readonly self: GroupMember) {
    this.comparisons = new Comparisons(new Seeded(`side ${self.leaf}`).bytes);
  }
  epoch(number: number, members = [ANA, BEN, CLEO], authenticator = `epoch ${number}`): this {
    const { pid } = this.self;
    this.comparisons.onEpoch(number, utf8(authenticator), members, pid, this.out);
    return this;
  }
  /** What it wants told, and to whom. */
  take(): { pid: Uint8Array; body: Uint8Array }[] {
    return this.out.splice(0).flatMap((output) => {
      if (output.type === "tell") return [output];
      this.steps.push(output.step);
      return [];
    });
  }
  get last(): ComparisonStep | undefined {
    return this.steps.at(-1);
  }
}

type Tampering = (body: Uint8Array, from: Side) => Uint8Array | undefined;

/** Carries messages between two until there are none. */
function talk(a: Side, b: Side, tamper: Tampering = (body) => body): void {
  for (let left = 1; left > 0; ) {
    left = 0;
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      for (const { body } of from.take()) {
        left++;
        const arrives = tamper(body, from);
        if (arrives) to.comparisons.onMessage(from.self.pid, arrives, to.out);
      }
    }
  }
}

function pair(): [Side, Side] {
  return [new Side(ANA).epoch(5), new Side(BEN).epoch(5)];
}

describe("comparing with somebody", () => {
  it("shows both the same, once both want to", () => {
    const [ana, ben] = pair();
    ana.comparisons.begin(BEN.pid, ana.out);
    talk(ana, ben);
    expect([ana.last, ben.last]).toEqual([{ type: "waiting" }, { type: "asked" }]);
    ben.comparisons.accept(ANA.pid, ben.out);
    talk(ana, ben);
    expect(ana.last).toMatchObject({ type: "shown" });
    expect(ana.last).toEqual(ben.last);
    if (ana.last?.type !== "shown") throw new Error("not shown");
    expect(ana.last.emoji).toHaveLength(7);
    expect(ana.last.emoji.every((one) => one >= 0 && one < 64)).toBe(true);
    expect(ana.last.digits).toMatch(/^\d{4} \d{4} \d{4}$/);
  });

  it("reveals nothing before the other has committed", () => {
    const [ana, ben] = pair();
    ana.comparisons.begin(BEN.pid, ana.out);
    const [begin] = ana.take();
    if (begin === undefined) throw new Error("nothing said");
    ben.comparisons.onMessage(ANA.pid, begin.body, ben.out);
    // An answer to something else, and a reveal out of turn.
    ana.comparisons.onMessage(BEN.pid, new Uint8Array(65).fill(2), ana.out);
    ana.comparisons.onMessage(BEN.pid, new Uint8Array(33).fill(3), ana.out);
    expect(ana.take()).toEqual([]);
  });

  it("differs where somebody is between the two, in another group or with other keys", () => {
    const sideways: (() => [Side, Side])[] = [
      () => [new Side(ANA).epoch(5), new Side(BEN).epoch(5, undefined, "another group")],
      () => [new Side(ANA).epoch(5), new Side(BEN).epoch(5, [member(1, 9), BEN, CLEO])],
      () => [new Side(ANA).epoch(5, [ANA, member(2, 9), CLEO]), new Side(BEN).epoch(5)],
    ];
    for (const make of sideways) {
      const [ana, ben] = make();
      ana.comparisons.begin(BEN.pid, ana.out);
      talk(ana, ben);
      ben.comparisons.accept(ANA.pid, ben.out);
      talk(ana, ben);
      expect([ana.last?.type, ben.last?.type]).toEqual(["shown", "shown"]);
      expect(ana.last).not.toEqual(ben.last);
    }
  });

  it("is over where something else is revealed than was committed to", () => {
    for (const cheat of [ANA, BEN]) {
      const [ana, ben] = pair();
      ana.comparisons.begin(BEN.pid, ana.out);
      talk(ana, ben);
      ben.comparisons.accept(ANA.pid, ben.out);
      talk(ana, ben, (body, from) => {
        if (from.self === cheat && body[0] === 3) body[5] = (body[5] ?? 0) ^ 1;
        return body;
      });
      const cheated = cheat === ANA ? ben : ana;
      expect(cheated.last).toEqual({ type: "over", why: "broken" });
    }
  });

  it("is one comparison where both ask at once", () => {
    const [ana, ben] = pair();
    ana.comparisons.begin(BEN.pid, ana.out);
    ben.comparisons.begin(ANA.pid, ben.out);
    talk(ana, ben);
    expect(ana.last?.type).toBe("shown");
    expect(ana.last).toEqual(ben.last);
  });

  it("goes on over an epoch that begins meanwhile, and ends with a member", () => {
    const [ana, ben] = pair();
    ana.comparisons.begin(BEN.pid, ana.out);
    ben.epoch(6);
    talk(ana, ben);
    ben.comparisons.accept(ANA.pid, ben.out);
    ana.epoch(6);
    talk(ana, ben);
    expect(ana.last?.type).toBe("shown");
    expect(ana.last).toEqual(ben.last);

    const [dan, eve] = pair();
    dan.comparisons.begin(BEN.pid, dan.out);
    talk(dan, eve);
    eve.epoch(6, [BEN, CLEO]).take();
    expect(eve.last).toEqual({ type: "over", why: "gone" });
    eve.comparisons.accept(ANA.pid, eve.out);
    expect(eve.take()).toEqual([]);
  });

  it("can be declined and broken off, and begun again", () => {
    const [ana, ben] = pair();
    ana.comparisons.begin(BEN.pid, ana.out);
    talk(ana, ben);
    ben.comparisons.stop(ANA.pid, ben.out);
    talk(ana, ben);
    expect(ana.last).toEqual({ type: "over", why: "stopped" });
    ana.comparisons.begin(BEN.pid, ana.out);
    ana.comparisons.begin(BEN.pid, ana.out);
    talk(ana, ben);
    ben.comparisons.accept(ANA.pid, ben.out);
    talk(ana, ben);
    expect(ana.last?.type).toBe("shown");
    expect(ana.last).toEqual(ben.last);
    // Once it is shown, nobody takes it away.
    ben.comparisons.stop(ANA.pid, ben.out);
    talk(ana, ben);
    expect(ana.last?.type).toBe("shown");
  });

  it("takes nothing from strangers, and no nonsense", () => {
    const [ana] = pair();
    const stranger = new Uint8Array(16).fill(77);
    for (let size = 0; size < 80; ++size) {
      for (let kind = 0; kind < 6; ++kind) {
        const body = new Uint8Array(size).fill(kind);
        ana.comparisons.onMessage(stranger, body, ana.out);
        ana.comparisons.onMessage(CLEO.pid, body, ana.out);
      }
    }
    ana.comparisons.begin(stranger, ana.out);
    ana.comparisons.begin(ANA.pid, ana.out);
    expect(ana.take()).toEqual([]);
    expect(ana.steps).toEqual([]);
  });
});
