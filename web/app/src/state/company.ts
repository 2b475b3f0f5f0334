import type { ParticipantId, Room } from "@conclave/sdk";

/** People who were in another breakout room and this person are in one room now. */
export interface Encounter {
  /**
   * Of those who were in one room with this person and still are, in an order that all of them know: 0
   * speaks first for all.
   */
  readonly rank: number;
  /** Of all who are here now, in such an order. */
  readonly turn: number;
}

/** Who hears this person, where a meeting is divided into breakout rooms. */
export interface Company {
  /** Whether somebody of the meeting is in another room than this person. */
  readonly isDivided: boolean;
  /** Whether what this person says reaches `person`. */
  has(person: ParticipantId): boolean;
  /** The wireIds of those whom it does not reach. */
  absent(): ReadonlySet<string>;
  stop(): void;
}

export function followCompany(room: Room, onMet: (encounter: Encounter) => void): Company {
  const ownPlace = () => room.participants.get(room.localId)?.breakout ?? 0;
  const elsewhere = () => {
    const own = ownPlace();
    return [...room.participants.values()].filter(({ breakout = 0 }) => breakout !== own);
  };
  /** With this person. */
  const here = () => {
    const own = ownPlace();
    const people = [...room.participants.values()];
    return new Map(
      people.filter(({ breakout = 0 }) => breakout === own).map(({ id, wireId }) => [id, wireId]),
    );
  };
  let before = here();
  const stop = room.on("roster", ({ joined }) => {
    const now = here();
    const met = [...now.keys()].some((id) => !before.has(id) && !joined.includes(id));
    const stayed = [...now].filter(([id]) => before.has(id)).map(([, wireId]) => wireId);
    before = now;
    const own = now.get(room.localId);
    if (!met || own === undefined) return;
    const [rank, turn] = [stayed, [...now.values()]].map((all) => all.sort().indexOf(own));
    onMet({ rank: Math.max(0, rank ?? 0), turn: turn ?? 0 });
  });
  return {
    get isDivided() {
      return elsewhere().length > 0;
    },
    has: (person) => here().has(person),
    absent: () => new Set(elsewhere().map(({ wireId }) => wireId)),
    stop,
  };
}
