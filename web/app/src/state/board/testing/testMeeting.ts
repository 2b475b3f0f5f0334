import type { ParticipantId, RoomMessage } from "@conclave/sdk";
import { decodeBoard } from "@conclave/sdk/messages";
import { FakeRoom } from "@conclave/sdk/testing";
import { expect } from "vitest";
import { createNotices } from "../../notices.ts";
import { FakeClock } from "../../testing/fakeClock.ts";
import { BOARD_TOOLS, type Board, createBoard } from "../board.ts";

/** Numbers of 0 .. 1 that are the same for the same seed (the linear congruence of Numerical Recipes). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Network {
  /** Of all messages to each person, which part never arrives, and which twice. */
  readonly loss: number;
  readonly doubles: number;
}

interface Seat {
  readonly room: FakeRoom;
  readonly board: Board;
  /** How this person's room numbers the others, by seat; decided as they come. */
  readonly ids: Map<number, ParticipantId>;
  sent: number;
  /** The breakout room; 0: the main one. */
  place: number;
  /** From each other one messages arrive in order. */
  readonly dueAt: Map<number, number>;
}

/** Several people at one board, on a network that takes its time. */
export class TestMeeting {
  readonly clock = new FakeClock();
  readonly log: {
    at: number;
    from: number;
    to: number | undefined;
    word: string;
    bytes: number;
  }[] = [];
  network: Network;
  readonly #random: () => number;
  readonly #seats: Seat[] = [];
  #ids = 0;
  #partsCame = false;
  readonly #silent = new Set<number>();

  constructor(seed: number, people: number, network: Network = { loss: 0, doubles: 0 }) {
    this.#random = seeded(seed);
    this.network = network;
    for (let i = 0; i < people; i++) this.join();
  }

  get boards(): readonly Board[] {
    return this.#seats.map(({ board }) => board);
  }

  join(): Board {
    const own = this.#seats.length;
    const room = new FakeRoom({ displayName: `Person ${own}`, wireId: `p${own}` });
    const { clock } = this;
    const board = createBoard({
      ...{ room, clock, notices: createNotices(clock) },
      newId: () => `id${String(this.#ids++).padStart(14, "0")}`,
    });
    const seat: Seat = { room, board, ids: new Map(), sent: 0, place: 0, dueAt: new Map() };
    for (const [other, { room: theirs, ids }] of this.#seats.entries()) {
      seat.ids.set(other, room.addParticipant(`Person ${other}`, [], undefined, `p${other}`).id);
      ids.set(own, theirs.addParticipant(`Person ${own}`, [], undefined, `p${own}`).id);
    }
    this.#seats.push(seat);
    return board;
  }

  /** By seat; everybody hears of it at once. */
  divide(places: readonly number[]): void {
    for (const [seat, own] of this.#seats.entries()) {
      own.place = places[seat] ?? 0;
      const others = [...own.ids].map(([other, id]) => [id, places[other] ?? 0] as const);
      own.room.place([[own.room.localId, own.place], ...others]);
    }
  }

  /** Nothing that this person says arrives any more. */
  silence(seat: number): void {
    this.#silent.add(seat);
  }

  /** So many things done by all of them, some while others are still on their way. */
  async scribble(steps: number): Promise<void> {
    for (let i = 0; i < steps; i++) {
      const seat = this.#seats[Math.floor(this.#random() * this.#seats.length)];
      if (seat !== undefined) this.#actAt(seat.board);
      await this.#advance(Math.floor(this.#random() * 120));
    }
  }

  /** Until nobody has anything to say any more. */
  async settle(): Promise<void> {
    for (let i = 0; i < 400; i++) await this.#advance(100);
  }

  expectSame(what: string): void {
    const [first, ...others] = this.boards.map((board) => board.elements.peek());
    for (const other of others) expect(other, what).toEqual(first);
  }

  #actAt(board: Board): void {
    const random = (max: number) => Math.floor(this.#random() * max);
    const all = board.elements.peek();
    const any = all[random(all.length)];
    const what = random(10);
    if (what < 5 || any === undefined) {
      board.setTool(BOARD_TOOLS[1 + random(BOARD_TOOLS.length - 1)] ?? "pen");
      board.press({ x: random(1600), y: random(900) }, 8);
      for (let i = 0; i < 5; i++) board.drag({ x: random(1600), y: random(900) });
      board.release();
      board.write(`words ${random(1000)}`);
    } else if (what === 9) board.undo.undo();
    else {
      board.select(any.id);
      if (what < 7) board.move(random(100) - 50, random(100) - 50);
      else if (what === 7) board.setColor(random(6));
      else board.remove();
    }
  }

  /** In small steps, carrying what was said. */
  async #advance(ms: number): Promise<void> {
    for (let done = 0; done < ms; done += 10) {
      this.clock.advance(10);
      this.#carry();
      // Digests of pictures are made in their own time.
      if (this.#partsCame) {
        this.#partsCame = false;
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
    }
  }

  #carry(): void {
    for (const [from, seat] of this.#seats.entries()) {
      for (const message of seat.room.sent.slice(seat.sent)) {
        const to = [...seat.ids].find(([, id]) => id === message.to)?.[0];
        const word = decodeBoard(message.body)?.type ?? "none";
        this.log.push({ at: this.clock.now(), from, to, word, bytes: message.body.length });
        for (const other of this.#seats.keys()) {
          if (other !== from && (to === undefined || to === other)) {
            this.#send(from, other, message.body, to !== undefined);
          }
        }
      }
      seat.sent = seat.room.sent.length;
    }
  }

  #send(from: number, to: number, body: Uint8Array, isPrivate: boolean): void {
    const receiver = this.#seats[to];
    const id = receiver?.ids.get(from);
    if (receiver === undefined || id === undefined || this.#random() < this.network.loss) return;
    if (receiver.place !== this.#seats[from]?.place || this.#silent.has(from)) return;
    const arrive = () => {
      const message: RoomMessage = { from: id, kind: "board", body, isPrivate, receivedAt: 0 };
      this.#partsCame ||= decodeBoard(body)?.type === "part";
      receiver.board.onMessage(message);
    };
    const soonest = Math.max(this.clock.now(), receiver.dueAt.get(from) ?? 0);
    const dueAt = soonest + Math.floor(this.#random() * 200);
    receiver.dueAt.set(from, dueAt);
    const times = this.#random() < this.network.doubles ? 2 : 1;
    for (let i = 0; i < times; i++) this.clock.after(dueAt - this.clock.now() + i, arrive);
  }
}
