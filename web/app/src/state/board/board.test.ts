import { createHash } from "node:crypto";
import { ConclaveError } from "@conclave/sdk";
import { type BoardElement, type BoardThing, encodeBoard } from "@conclave/sdk/messages";
import { FakeRoom } from "@conclave/sdk/testing";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { createNotices } from "../notices.ts";
import { FakeClock } from "../testing/fakeClock.ts";
import { type Board, createBoard } from "./board.ts";
import { BOARD_ELEMENTS_MAX, BoardState } from "./boardState.ts";
import { seeded, TestMeeting } from "./testing/testMeeting.ts";

function idOf(n: number): string {
  return `id${String(n).padStart(14, "0")}`;
}

function thing(change: Partial<BoardThing> = {}): BoardThing {
  return {
    ...{ kind: "rectangle", z: 1, x: 10, y: 20, width: 30, height: 40, color: 0, weight: 0 },
    ...{ points: [], text: "", image: "" },
    ...change,
  };
}

describe("the state of a board", () => {
  /** Changes as several people would make them, some of the same elements at once. */
  function history(random: () => number): BoardElement[] {
    return Array.from({ length: 200 }, () => {
      const id = idOf(Math.floor(random() * 12));
      const revision = 1 + Math.floor(random() * 6);
      const isRemoval = random() < 0.2;
      return {
        id,
        revision,
        thing: isRemoval ? undefined : thing({ x: Math.floor(random() * 9) }),
      };
    });
  }

  test("ends the same whatever the order, and however often all of it arrives", () => {
    for (let seed = 1; seed <= 50; seed++) {
      const random = seeded(seed);
      const changes = history(random);
      const boards = [1, 2, 3].map(() => {
        const state = new BoardState();
        const shuffled = [...changes, ...changes]
          .map((change) => ({ change, at: random() }))
          .sort((a, b) => a.at - b.at);
        for (const { change } of shuffled) state.apply(change);
        return state;
      });
      const [first] = boards;
      for (const board of boards) {
        expect(board.live, `seed ${seed}`).toEqual(first?.live);
        expect(board.digest(), `seed ${seed}`).toEqual(first?.digest());
      }
    }
  });

  test("of two changes at once a removal wins, else the same one everywhere", () => {
    const one = { id: idOf(1), revision: 2, thing: thing({ x: 1 }) };
    const other = { id: idOf(1), revision: 2, thing: thing({ x: 2 }) };
    const [a, b] = [new BoardState(), new BoardState()];
    a.apply(one);
    a.apply(other);
    b.apply(other);
    expect(b.apply(one)).toBe(false);
    expect(a.live).toEqual(b.live);
    expect(a.apply({ id: idOf(1), revision: 2, thing: undefined })).toBe(true);
    expect(a.apply(one)).toBe(false);
    expect(a.live).toEqual([]);
  });

  test("different boards have different digests", () => {
    const state = new BoardState();
    state.apply({ id: idOf(1), revision: 1, thing: thing() });
    const before = state.digest();
    state.apply({ id: idOf(1), revision: 2, thing: thing() });
    expect(state.digest()).not.toEqual(before);
  });

  test("nobody fills it beyond its limit, and what is taken away makes room", () => {
    const state = new BoardState();
    for (let i = 0; i < BOARD_ELEMENTS_MAX + 50; i++) {
      state.apply({ id: idOf(i), revision: 1, thing: thing() });
    }
    expect(state.live.length).toBe(BOARD_ELEMENTS_MAX);
    expect(state.isFull).toBe(true);
    state.apply({ id: idOf(0), revision: 2, thing: undefined });
    expect(state.apply({ id: idOf(9999), revision: 1, thing: thing() })).toBe(true);
    for (let i = 0; i < 10_000; i++) state.apply({ id: idOf(i), revision: 5, thing: undefined });
    expect(state.all.length).toBeLessThanOrEqual(4000);
  });
});

describe("several boards", () => {
  // The browser's own takes its time, which is not the time of these tests.
  beforeEach(() => {
    vi.spyOn(crypto.subtle, "digest").mockImplementation(
      async (_, data) =>
        Uint8Array.from(
          createHash("sha256")
            .update(data as Uint8Array)
            .digest(),
        ).buffer,
    );
    return () => vi.restoreAllMocks();
  });

  test("converge while three people change the same elements at once", async () => {
    for (let seed = 1; seed <= 10; seed++) {
      const meeting = new TestMeeting(seed, 3);
      await meeting.scribble(60);
      await meeting.settle();
      meeting.expectSame(`seed ${seed}`);
      expect(meeting.boards[0]?.elements.peek().length).toBeGreaterThan(5);
    }
  });

  test("mend what is lost and doubled on the way", async () => {
    for (let seed = 1; seed <= 10; seed++) {
      const meeting = new TestMeeting(seed, 3, { loss: 0.2, doubles: 0.2 });
      await meeting.scribble(60);
      meeting.network = { loss: 0, doubles: 0 };
      // The last word of all: whoever has it compares.
      meeting.boards[0]?.setTool("note");
      meeting.boards[0]?.place();
      await meeting.settle();
      meeting.expectSame(`seed ${seed}`);
    }
  });

  test("a newcomer gets all of it from one member, in messages that are carried", async () => {
    const meeting = new TestMeeting(7, 3);
    await meeting.scribble(300);
    const bytes = new Uint8Array(20_000).fill(7);
    expect(await meeting.boards[1]?.addImage(bytes, 400, 300)).toBe(true);
    await meeting.settle();
    meeting.log.length = 0;
    const late = meeting.join();
    await meeting.settle();
    meeting.expectSame("with the newcomer");
    expect(late.elements.peek().length).toBeGreaterThan(50);
    const [image] = late.elements.peek().filter(({ thing: { kind } }) => kind === "image");
    expect(late.images.get(image?.thing.image ?? "")).toEqual(bytes);
    const welcome = meeting.log.filter(({ word }) => word === "put" || word === "part");
    expect(new Set(welcome.map(({ from }) => from)).size).toBe(1);
    expect(welcome.every(({ to }) => to === 3)).toBe(true);
    expect(Math.max(...meeting.log.map((each) => each.bytes))).toBeLessThan(14 * 1024);
  });

  test("what was drawn in breakout rooms is on everybody's board after", async () => {
    for (let seed = 1; seed <= 3; seed++) {
      const meeting = new TestMeeting(seed, 5);
      await meeting.scribble(20);
      await meeting.settle();
      meeting.divide([0, 1, 1, 2, 2]);
      await meeting.scribble(40);
      await meeting.settle();
      const drawn = meeting.boards.map((board) => board.elements.peek().length);
      expect(new Set(drawn).size).toBeGreaterThan(1);
      meeting.log.length = 0;
      meeting.divide([]);
      await meeting.settle();
      meeting.expectSame(`seed ${seed}`);
      // One of each room told it, and nobody had to ask.
      const tellers = meeting.log.filter(({ word }) => word === "put").map(({ from }) => from);
      expect(new Set(tellers)).toEqual(new Set([0, 1, 3]));
      expect(meeting.log.filter(({ word }) => word === "ask")).toEqual([]);
    }
  });

  test("who goes from one room to another takes along what changed; where one is silent the next speaks", async () => {
    const meeting = new TestMeeting(5, 5);
    meeting.divide([0, 1, 1, 1, 0]);
    await meeting.scribble(60);
    await meeting.settle();
    // Visits them, and is back.
    meeting.divide([1, 1, 1, 1, 0]);
    await meeting.settle();
    const [host, guest] = meeting.boards;
    expect(host?.elements.peek()).toEqual(guest?.elements.peek());
    meeting.divide([0, 1, 1, 1, 0]);
    await meeting.settle();
    expect(meeting.boards[4]?.elements.peek()).toEqual(guest?.elements.peek());
    await meeting.scribble(30);
    await meeting.settle();
    meeting.silence(1);
    meeting.divide([]);
    await meeting.settle();
    expect(meeting.boards[0]?.elements.peek()).toEqual(meeting.boards[2]?.elements.peek());
    expect(meeting.boards[0]?.elements.peek()).toEqual(meeting.boards[3]?.elements.peek());
  });

  test("nobody says more than the server's rate carries", async () => {
    const meeting = new TestMeeting(3, 2);
    await meeting.scribble(400);
    const times = meeting.log.filter(({ from }) => from === 0).map(({ at }) => at);
    for (const [i, at] of times.entries()) {
      const soon = times.slice(i).filter((each) => each < at + 1000).length;
      expect(soon).toBeLessThanOrEqual(8);
    }
  });
});

describe("a person at the board", () => {
  let room: FakeRoom;
  let clock: FakeClock;
  let board: Board;
  let ids: number;

  beforeEach(() => {
    room = new FakeRoom({ displayName: "Ben" });
    clock = new FakeClock();
    ids = 0;
    const notices = createNotices(clock);
    board = createBoard({ room, clock, notices, newId: () => idOf(++ids) });
  });

  const draw = (...path: readonly (readonly [number, number])[]) => {
    const [[x, y] = [0, 0], ...rest] = path;
    board.press({ x, y }, 8);
    for (const [nextX, nextY] of rest) board.drag({ x: nextX, y: nextY });
    board.release();
  };
  const only = () => board.elements.peek()[0]?.thing;

  test("draws a stroke, which keeps the points that one sees", () => {
    draw([100, 100], [110, 100], [120, 100], [130, 100], [130, 150]);
    expect(only()).toMatchObject({ kind: "pen", x: 100, y: 100, width: 30, height: 50 });
    expect(only()?.points).toEqual([0, 0, 30, 0, 30, 50]);
  });

  test("a very long stroke goes on as another element", () => {
    const path = Array.from({ length: 1500 }, (_, i) => [i, i % 2 === 0 ? 100 : 160] as const);
    draw(...path);
    expect(board.elements.peek().length).toBeGreaterThan(2);
    for (const each of board.elements.peek()) {
      expect(each.thing.points.length).toBeLessThanOrEqual(800);
    }
  });

  test("a click with a shape's tool puts one of a size that one sees", () => {
    board.setTool("rectangle");
    draw([200, 200]);
    expect(only()).toMatchObject({ kind: "rectangle", x: 200, y: 200, width: 240, height: 160 });
    expect(board.tool.peek()).toBe("select");
    expect(board.selected.peek()?.id).toBe(board.elements.peek()[0]?.id);
  });

  test("a shape drawn backwards stands where it was drawn", () => {
    board.setTool("ellipse");
    draw([300, 300], [200, 250]);
    expect(only()).toMatchObject({ x: 200, y: 250, width: 100, height: 50 });
  });

  test("moves, resizes, colors and takes away what is selected; undo and redo follow", () => {
    board.setTool("rectangle");
    draw([100, 100], [200, 200]);
    board.setTool("select");
    draw([150, 150], [170, 140]);
    expect(only()).toMatchObject({ x: 120, y: 90 });
    board.move(-20, 10);
    board.resize(50, 0);
    board.setColor(3);
    expect(only()).toMatchObject({ x: 100, y: 100, width: 150, color: 3 });
    board.remove();
    expect(board.elements.peek()).toEqual([]);
    for (let i = 0; i < 2; i++) board.undo.undo();
    expect(only()).toMatchObject({ width: 150, color: 0 });
    for (let i = 0; i < 9; i++) board.undo.undo();
    expect(board.elements.peek()).toEqual([]);
    expect(board.undo.canUndo.peek()).toBe(false);
    board.undo.redo();
    expect(only()).toMatchObject({ x: 100, width: 100 });
  });

  test("undo leaves alone what somebody else has changed since", () => {
    const ana = room.addParticipant("Ana");
    board.setTool("rectangle");
    draw([100, 100], [200, 200]);
    const [element] = board.elements.peek();
    if (element === undefined) throw new Error("nothing drawn");
    const revision = element.revision + 1;
    const word = { id: element.id, revision, thing: { ...element.thing, color: 5 } };
    room.on("message", (message) => board.onMessage(message));
    room.receive(ana.id, "board", encodeBoard({ type: "put", elements: [word] }));
    expect(only()?.color).toBe(5);
    board.undo.undo();
    expect(only()?.color).toBe(5);
  });

  test("writes a note; a text without words goes away again", () => {
    board.setTool("note");
    board.place();
    expect(board.editing.peek()?.thing.kind).toBe("note");
    board.write("Ship it");
    board.finishText();
    expect(only()?.text).toBe("Ship it");
    board.setTool("text");
    board.place();
    board.finishText();
    expect(board.elements.peek().length).toBe(1);
    board.undo.undo();
    expect(board.elements.peek()).toEqual([]);
  });

  test("clearing is one step", () => {
    for (const x of [100, 300, 500]) {
      board.setTool("rectangle");
      draw([x, 100]);
    }
    board.clear();
    expect(board.elements.peek()).toEqual([]);
    board.undo.undo();
    expect(board.elements.peek().length).toBe(3);
  });

  test("who has it open is told to others, and others' opening to this person", () => {
    board.setShown(true);
    expect(room.sent.map(({ kind }) => kind)).toEqual(["board"]);
    board.setShown(false);
    const ana = room.addParticipant("Ana");
    room.on("message", (message) => board.onMessage(message));
    room.receive(ana.id, "board", encodeBoard({ type: "open" }));
    expect(board.openedBy.peek()).toBe("Ana");
    board.setShown(true);
    expect(board.openedBy.peek()).toBeUndefined();
  });

  test("somebody who cannot be reached yet is asked a moment later", () => {
    const ana = room.addParticipant("Ana");
    room.on("message", (message) => board.onMessage(message));
    const { send } = room;
    room.send = () => {
      throw new ConclaveError("person-gone", "not reached");
    };
    const digest = encodeBoard({ type: "digest", elements: 3, hash: 7, answers: false });
    room.receive(ana.id, "board", digest);
    clock.advance(2500);
    room.send = send;
    expect(room.sent).toEqual([]);
    clock.advance(1000);
    expect(room.sent.map(({ to }) => to)).toEqual([ana.id]);
  });

  test("without keys nothing is said, and all of it once they are there", () => {
    const locked = { people: 0, epoch: 0, locked: false, moderates: false, direct: false };
    room.setEncryption({ state: "waiting", ...locked });
    draw([1, 1], [50, 50]);
    clock.advance(5000);
    expect(room.sent).toEqual([]);
    room.setEncryption({ state: "sealed", ...locked });
    clock.advance(5000);
    expect(room.sent.length).toBeGreaterThan(0);
  });
});
