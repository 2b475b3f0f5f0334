import { type BoardThing, writtenThing } from "@conclave/sdk/messages";
import { cell, type Readable } from "../cells.ts";

export type Change = readonly [id: string, thing: BoardThing | undefined];

/** What this person did, back and forth again. What others changed since stays as they left it. */
export interface BoardUndo {
  readonly canUndo: Readable<boolean>;
  readonly canRedo: Readable<boolean>;
  /** A step was done: how its elements were before. */
  note(step: readonly { readonly id: string; readonly before: BoardThing | undefined }[]): void;
  undo(): void;
  redo(): void;
}

const STEPS_MAX = 100;

interface Step {
  readonly id: string;
  readonly from: BoardThing | undefined;
  readonly to: BoardThing | undefined;
}

export function createBoardUndo(board: {
  readonly get: (id: string) => BoardThing | undefined;
  readonly put: (changes: readonly Change[]) => void;
}): BoardUndo {
  const done: (readonly Step[])[] = [];
  const undone: (readonly Step[])[] = [];
  const canUndo = cell(false);
  const canRedo = cell(false);
  const tell = () => {
    canUndo.value = done.length > 0;
    canRedo.value = undone.length > 0;
  };
  /** The other way round, where nobody else has changed it. */
  const back = (step: readonly Step[]): readonly Step[] => {
    const own = step.filter(({ id, to }) => writtenThing(board.get(id)) === writtenThing(to));
    board.put(own.map(({ id, from }) => [id, from]));
    return own.map(({ id, from, to }) => ({ id, from: to, to: from }));
  };
  const go = (from: (readonly Step[])[], to: (readonly Step[])[]) => {
    // A step of which nothing is left to take back is none: the one before it is meant.
    for (let step = from.pop(); step !== undefined; step = from.pop()) {
      const reverse = back(step);
      if (reverse.length === 0) continue;
      to.push(reverse);
      break;
    }
    tell();
  };
  return {
    canUndo,
    canRedo,
    note(step) {
      const changed = step
        .map(({ id, before }) => ({ id, from: before, to: board.get(id) }))
        .filter(({ from, to }) => writtenThing(from) !== writtenThing(to));
      if (changed.length === 0) return;
      done.push(changed);
      if (done.length > STEPS_MAX) done.shift();
      undone.length = 0;
      tell();
    },
    undo: () => go(done, undone),
    redo: () => go(undone, done),
  };
}
