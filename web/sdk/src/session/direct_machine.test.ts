import { expect, test } from "vitest";
import type { SourceKind } from "../room/types.ts";
import { type DirectAction, DirectMachine, type Flows } from "./direct_machine.ts";
import { type DirectMessage, decodeDirect, encodeDirect, type PathKind } from "./direct_wire.ts";

/** One end, on a clock of its own; what the other end gets is in `said`. */
class End {
  readonly machine = new DirectMachine();
  readonly actions: DirectAction[] = [];
  readonly said: DirectMessage[] = [];
  nowMs = 1000;

  constructor(readonly weOffer: boolean) {
    this.do((out) => this.machine.setPeer(this.nowMs, { pid: "other", weOffer }, out));
  }

  do(act: (out: DirectAction[]) => void): void {
    const out: DirectAction[] = [];
    act(out);
    for (const action of out) {
      this.actions.push(action);
      // As it travels.
      if (action.type !== "say") continue;
      const message = decodeDirect(encodeDirect(action.message));
      if (message !== undefined) this.said.push(message);
    }
  }
  after(ms: number): void {
    const end = this.nowMs + ms;
    while (this.machine.nextDeadlineMs() <= end) {
      this.nowMs = Math.max(this.nowMs, this.machine.nextDeadlineMs());
      this.do((out) => this.machine.onDeadline(this.nowMs, out));
    }
    this.nowMs = end;
  }
  hear(message: DirectMessage): void {
    this.do((out) => this.machine.onMessage(this.nowMs, message, out));
  }
  flow(flows: { server?: SourceKind[]; direct?: SourceKind[] }): void {
    const of = (path: PathKind): ReadonlySet<SourceKind> => new Set(flows[path] ?? []);
    const both: Flows = { server: of("server"), direct: of("direct") };
    this.do((out) => this.machine.onFlows(this.nowMs, both, out));
  }
  take(): DirectMessage[] {
    return this.said.splice(0);
  }
  did(type: DirectAction["type"]): number {
    return this.actions.filter((action) => action.type === type).length;
  }
}

const SDP = Uint8Array.of(1, 2, 3);
const BOTH: SourceKind[] = ["microphone", "camera"];

/** Two ends whose media goes directly. */
function direct(): { ana: End; ben: End } {
  const ana = new End(true);
  const ben = new End(false);
  ana.after(2000);
  expect(ana.did("open")).toBe(1);
  ana.do((out) => ana.machine.sayOffer(SDP, out));
  for (const message of ana.take()) ben.hear(message);
  expect(ben.did("accept")).toBe(1);
  ben.do((out) => ben.machine.sayAnswer(SDP, out));
  for (const message of ben.take()) ana.hear(message);
  expect(ana.did("answered")).toBe(1);
  for (const end of [ana, ben]) {
    end.do((out) => end.machine.onConnected(end.nowMs, out));
    expect(end.machine.sends).toEqual({ server: true, direct: true });
    end.flow({ server: BOTH, direct: ["microphone"] });
    expect(end.machine.presented("microphone")).toBe("direct");
    expect(end.machine.presented("camera")).toBe("server");
    expect(end.take()).toEqual([]);
    end.flow({ server: BOTH, direct: BOTH });
    expect(end.machine.presented("camera")).toBe("direct");
    // Both ways go on until the new one is on screen.
    expect(end.take()).toEqual([]);
    end.after(500);
  }
  exchange(ana, ben);
  for (const end of [ana, ben]) {
    expect(end.machine.isDirect).toBe(true);
    expect(end.machine.sends).toEqual({ server: false, direct: true });
    end.actions.length = 0;
  }
  return { ana, ben };
}

function exchange(ana: End, ben: End): void {
  for (let said = true; said; ) {
    const [fromAna, fromBen] = [ana.take(), ben.take()];
    said = fromAna.length + fromBen.length > 0;
    for (const message of fromAna) ben.hear(message);
    for (const message of fromBen) ana.hear(message);
  }
}

test("two go direct; the server's way is left only when the other presents the direct one", () => {
  direct();
});

test("a third comes: both ways until the server's is presented, then the direct one is closed", () => {
  const { ana, ben } = direct();
  for (const end of [ana, ben]) {
    end.do((out) => end.machine.setPeer(end.nowMs, undefined, out));
    expect(end.machine.sends).toEqual({ server: true, direct: true });
    expect(end.machine.presented("camera")).toBe("direct");
  }
  exchange(ana, ben);
  for (const end of [ana, ben]) {
    end.flow({ direct: BOTH });
    expect(end.machine.presented("camera")).toBe("direct");
    end.flow({ direct: BOTH, server: BOTH });
    expect(end.machine.presented("camera")).toBe("server");
    end.after(500);
  }
  exchange(ana, ben);
  for (const end of [ana, ben]) {
    expect(end.did("close")).toBe(1);
    expect(end.machine.sends).toEqual({ server: true, direct: false });
  }
  // It leaves again.
  for (const end of [ana, ben]) {
    const { weOffer } = end;
    end.do((out) => end.machine.setPeer(end.nowMs, { pid: "other", weOffer }, out));
    end.after(2000);
  }
  expect(ana.did("open")).toBe(1);
});

test("a path that dies: the server's way at once, sound first, and no new attempt for a while", () => {
  const { ana } = direct();
  ana.machine.onAlive(ana.nowMs);
  ana.after(240);
  ana.do((out) => ana.machine.onSilence(ana.nowMs, out));
  expect(ana.machine.isDoubtful(ana.nowMs)).toBe(false);
  expect(ana.machine.sends.server).toBe(false);
  ana.after(150);
  expect(ana.machine.isDoubtful(ana.nowMs)).toBe(true);
  ana.do((out) => ana.machine.onSilence(ana.nowMs, out));
  // Nothing is given up yet, but its place is being made ready.
  expect(ana.machine.sends).toEqual({ server: true, direct: true });
  expect(ana.machine.isDirect).toBe(true);
  expect(ana.take()).toEqual([]);
  ana.after(10);
  ana.do((out) => ana.machine.onSilence(ana.nowMs, out));
  expect(ana.machine.sends.server).toBe(true);
  expect(ana.take().map(({ type }) => type)).toEqual(["end"]);
  expect(ana.machine.presented("microphone")).toBe("server");
  // Its last picture stays until there is another.
  expect(ana.machine.presented("camera")).toBe("direct");
  ana.flow({ server: ["camera"] });
  expect(ana.machine.presented("camera")).toBe("server");
  ana.after(500);
  expect(ana.take()).toMatchObject([{ type: "at", path: "server" }]);
  ana.after(25_000);
  expect(ana.did("close")).toBe(1);
  expect(ana.did("open")).toBe(0);
  ana.after(15_000);
  expect(ana.did("open")).toBe(1);
});

test("a path that dies: pictures that came by the server meanwhile are shown at once", () => {
  const { ana } = direct();
  ana.machine.onAlive(ana.nowMs);
  ana.after(260);
  ana.do((out) => ana.machine.onSilence(ana.nowMs, out));
  expect(ana.machine.isSwitching).toBe(true);
  ana.after(100);
  ana.flow({ server: BOTH });
  expect(ana.machine.presented("camera")).toBe("direct");
  ana.after(40);
  ana.do((out) => ana.machine.onSilence(ana.nowMs, out));
  ana.flow({});
  expect(ana.machine.presented("camera")).toBe("server");
});

test("a path that was only quiet stays, and what was sent by the server for its sake ends", () => {
  const { ana } = direct();
  ana.machine.onAlive(ana.nowMs);
  ana.after(300);
  ana.do((out) => ana.machine.onSilence(ana.nowMs, out));
  ana.after(50);
  ana.flow({ server: BOTH });
  ana.machine.onAlive(ana.nowMs);
  ana.do((out) => ana.machine.onSilence(ana.nowMs, out));
  ana.after(2900);
  expect(ana.machine.sends.server).toBe(true);
  ana.after(100);
  expect(ana.machine.sends).toEqual({ server: false, direct: true });
  expect(ana.machine.isSwitching).toBe(false);
  expect(ana.machine.presented("camera")).toBe("direct");
  // What came by the server then says nothing of what comes when a third is here.
  ana.do((out) => ana.machine.setPeer(ana.nowMs, undefined, out));
  ana.flow({});
  expect(ana.machine.presented("camera")).toBe("direct");
});

test("the other end says that it is over: back to the server by both ways", () => {
  const { ben } = direct();
  ben.hear({ type: "end", session: ben.machine.session });
  expect(ben.machine.sends).toEqual({ server: true, direct: true });
  ben.hear({ type: "at", session: ben.machine.session, path: "server" });
  expect(ben.machine.sends).toEqual({ server: true, direct: false });
  ben.flow({ server: BOTH });
  expect(ben.did("close")).toBe(0);
  ben.after(500);
  expect(ben.did("close")).toBe(1);
});

test("what is connected but carries nothing is given up", () => {
  const ana = new End(true);
  ana.after(2000);
  ana.do((out) => ana.machine.onConnected(ana.nowMs, out));
  for (let i = 0; i < 110; i++) {
    ana.flow({ server: BOTH });
    ana.after(100);
  }
  expect(ana.take().map(({ type }) => type)).toContain("end");
  expect(ana.machine.presented("camera")).toBe("server");
  expect(ana.machine.sends.server).toBe(true);
});

test("where neither sends anything the direct way is taken all the same", () => {
  const ana = new End(true);
  ana.after(2000);
  ana.do((out) => ana.machine.onConnected(ana.nowMs, out));
  ana.flow({});
  ana.after(11_000);
  expect(ana.take()).toMatchObject([{ type: "at", path: "direct" }]);
});

test("an attempt that does not connect ends, each later than the one before", () => {
  const ana = new End(true);
  ana.after(2000);
  ana.after(20_000);
  expect(ana.did("close")).toBe(1);
  ana.after(29_000);
  expect(ana.did("open")).toBe(1);
  ana.after(2000);
  expect(ana.did("open")).toBe(2);
  ana.do((out) => ana.machine.onFailed(ana.nowMs, out));
  ana.after(59_000);
  expect(ana.did("open")).toBe(2);
  ana.after(2000);
  expect(ana.did("open")).toBe(3);
});

test("two bad looks in a row: the server's way is better; one is nothing", () => {
  const { ana } = direct();
  const look = (lossRatio: number, directMs = 20) =>
    ana.do((out) => ana.machine.onLook(ana.nowMs, { lossRatio, directMs, serverMs: 30 }, out));
  look(0.2);
  look(0.01);
  look(0.2);
  expect(ana.machine.sends.server).toBe(false);
  look(0, 250);
  expect(ana.machine.sends).toEqual({ server: true, direct: true });
});

test("who keeps the address private makes no connection, and says so to who offers", () => {
  const ben = new End(false);
  ben.do((out) => ben.machine.setAllowed(ben.nowMs, false, out));
  ben.hear({ type: "offer", session: 7, sdp: SDP });
  expect(ben.did("accept")).toBe(0);
  expect(ben.take()).toEqual([{ type: "end", session: 7 }]);
  ben.do((out) => ben.machine.setAllowed(ben.nowMs, true, out));
  expect(ben.take()).toEqual([{ type: "ask", session: 0 }]);

  const ana = new End(true);
  ana.do((out) => ana.machine.setAllowed(ana.nowMs, false, out));
  ana.after(60_000);
  expect(ana.did("open")).toBe(0);
  ana.do((out) => ana.machine.setAllowed(ana.nowMs, true, out));
  ana.after(0);
  expect(ana.did("open")).toBe(1);
});

test("in the middle of a call: private from now on", () => {
  const { ana } = direct();
  ana.do((out) => ana.machine.setAllowed(ana.nowMs, false, out));
  expect(ana.take().map(({ type }) => type)).toEqual(["end"]);
  expect(ana.machine.sends).toEqual({ server: true, direct: true });
  ana.after(8000);
  expect(ana.did("close")).toBe(1);
});

test("what is late, or of nobody, changes nothing", () => {
  const { ana } = direct();
  ana.hear({ type: "at", session: 99, path: "server" });
  ana.hear({ type: "end", session: 99 });
  expect(ana.machine.isDirect).toBe(true);
  expect(decodeDirect(new Uint8Array())).toBeUndefined();
  expect(decodeDirect(Uint8Array.of(77, 0, 0, 0, 1))).toBeUndefined();
  expect(decodeDirect(Uint8Array.of(3, 0, 0, 0, 1, 9))).toBeUndefined();
  expect(decodeDirect(Uint8Array.of(0, 0))).toBeUndefined();
});
