import type { ParticipantId, ParticipantInfo } from "@conclave/sdk";
import { moderates } from "@conclave/sdk";

/** As many as the server opens. */
export const ROOMS_MAX = 30;
/** As many minutes as the server counts: a day. */
export const MINUTES_MAX = 24 * 60;

/**
 * Who goes where when the rooms open: everybody who does not moderate, by lot and not as they came, since
 * who comes together sits together already. `random`: 0 .. 1, without 1.
 */
export function shareOut(
  people: Iterable<ParticipantInfo>,
  rooms: number,
  random: () => number,
): ReadonlyMap<ParticipantId, number> {
  const others = [...people].filter(({ role }) => !moderates(role));
  return new Map(shuffled(others, random).map(({ id }, index) => [id, (index % rooms) + 1]));
}

/** Each order is as likely as any other (Fisher and Yates). */
function shuffled<T>(all: readonly T[], random: () => number): readonly T[] {
  const out = [...all];
  for (let at = out.length - 1; at > 0; at--) {
    const from = Math.floor(random() * (at + 1));
    [out[at], out[from]] = [out[from] as T, out[at] as T];
  }
  return out;
}

/** Of a plan made for more rooms, or for people who have gone meanwhile: what still holds. */
export function stillHolds(
  plan: ReadonlyMap<ParticipantId, number>,
  people: ReadonlyMap<ParticipantId, unknown>,
  rooms: number,
): ReadonlyMap<ParticipantId, number> {
  return new Map([...plan].filter(([id, room]) => people.has(id) && room > 0 && room <= rooms));
}
