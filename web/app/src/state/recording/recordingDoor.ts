import type { Room } from "@conclave/sdk";
import { type Cell, cell, type Readable } from "../cells.ts";
import { createLate, type Late } from "../late.ts";
import type { Recording } from "./recording.ts";

/** The way to recording, whose code comes with the first word about one. */
export interface RecordingDoor extends Late<Recording> {
  /** This person records: pictures keep coming also where nobody looks. */
  readonly active: Cell<boolean>;
  /** Whether it is asked what is to be recorded. */
  readonly sheetShown: Readable<boolean>;
  setSheetShown(shown: boolean): void;
}

export function createRecordingDoor(
  room: Room,
  load: (active: Cell<boolean>) => Promise<Recording>,
): RecordingDoor {
  const active = cell(false);
  const sheetShown = cell(false);
  const late = createLate(room, ["recording"], () => load(active));
  return {
    ...late,
    active,
    sheetShown,
    setSheetShown(shown) {
      if (shown) late.want();
      sheetShown.value = shown;
    },
  };
}
