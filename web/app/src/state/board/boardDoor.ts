import type { Room } from "@conclave/sdk";
import { cell, type Readable } from "../cells.ts";
import { createLate, type Late } from "../late.ts";
import type { Board } from "./board.ts";

/** The way to the shared board, whose code comes with the first word about it. */
export interface BoardDoor extends Late<Board> {
  /** Whether it is on this person's stage. */
  readonly shown: Readable<boolean>;
  setShown(shown: boolean): void;
}

export function createBoardDoor(room: Room, load: () => Promise<Board>): BoardDoor {
  const shown = cell(false);
  const late = createLate(room, ["board"], async () => {
    const board = await load();
    board.setShown(shown.peek());
    return board;
  });
  return {
    ...late,
    shown,
    setShown(next) {
      shown.value = next;
      const board = late.part.peek();
      if (board !== undefined) board.setShown(next);
      else if (next) late.want();
    },
  };
}
