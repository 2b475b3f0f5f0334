import type { ParticipantId, Role, Room } from "@conclave/sdk";
import { compareNames } from "../messages/formats.ts";
import { cell, derived, type Readable } from "./cells.ts";
import { trackOf } from "./tiles.ts";

export interface PersonRow {
  readonly id: ParticipantId;
  readonly name: string;
  readonly isLocal: boolean;
  readonly microphoneOn: boolean;
  readonly cameraOn: boolean;
  readonly sharing: boolean;
  readonly away: boolean;
  readonly handRaised: boolean;
  readonly role: Role;
  /** In another breakout room than this person; 0 is the main room. */
  readonly elsewhere: number | undefined;
}

export interface People {
  /** This person first, then raised hands, then by name. */
  readonly rows: Readable<readonly PersonRow[]>;
  readonly count: Readable<number>;
  /** Nobody else is here: nobody was yet, or not any more. */
  readonly alone: Readable<"first" | "last" | undefined>;
  stop(): void;
}

/** So many fit on a screen; of more, one wants to search. */
export const SEARCH_FROM = 8;

/** Whether a name has what was typed in it, whatever its case and accents. */
export function nameMatches(name: string, typed: string): boolean {
  return plain(name).includes(plain(typed.trim()));
}

function plain(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

export function createPeople(room: Room): People {
  const elsewhere = (breakout = 0) => {
    const own = room.participants.get(room.localId)?.breakout ?? 0;
    return breakout === own ? undefined : breakout;
  };
  const read = () =>
    Array.from(room.participants.values(), (person) => ({
      id: person.id,
      name: person.profile.displayName,
      isLocal: person.isLocal,
      microphoneOn: trackOf(person, "microphone")?.muted === false,
      cameraOn: trackOf(person, "camera")?.muted === false,
      sharing: trackOf(person, "screen-video")?.muted === false,
      away: person.away,
      handRaised: person.handRaisedAt !== undefined,
      role: person.role,
      elsewhere: elsewhere(person.breakout),
    })).sort(
      (a, b) =>
        Number(b.isLocal) - Number(a.isLocal) ||
        Number(b.handRaised) - Number(a.handRaised) ||
        compareNames(a.name, b.name) ||
        a.id - b.id,
    );
  const rows = cell<readonly PersonRow[]>(read());
  const hadCompany = cell(rows.peek().length > 1);
  const stop = room.on("roster", () => {
    rows.value = read();
    if (rows.peek().length > 1) hadCompany.value = true;
  });
  const alone = derived(() => {
    // With everybody else in other breakout rooms one is alone too, but nobody has to be invited.
    if (rows.value.length > 1) return undefined;
    return hadCompany.value ? "last" : "first";
  });
  return { rows, count: derived(() => rows.value.length), alone, stop };
}
