import type { ParticipantId, ParticipantInfo } from "@conclave/sdk";
import { moderates } from "@conclave/sdk";

/** As many as the server opens. */
export const ROOMS_MAX = 30;
/** As many minutes as the server counts: a day. */
export const MINUTES_MAX = 24 * 60;

/** Who goes where when the rooms open: everybody who does not moderate, one after the other. */
export function shareOut(
  people: Iterable<ParticipantInfo>,
  rooms: number,
): ReadonlyMap<ParticipantId, number> {
  const others = [...people].filter(({ role }) => !moderates(role));
  return new Map(others.map(({ id }, index) => [id, (index % rooms) + 1]));
}

/** Of a plan made for more rooms, or for people who have gone meanwhile: what still holds. */
export function stillHolds(
  plan: ReadonlyMap<ParticipantId, number>,
  people: ReadonlyMap<ParticipantId, unknown>,
  rooms: number,
): ReadonlyMap<ParticipantId, number> {
  return new Map([...plan].filter(([id, room]) => people.has(id) && room > 0 && room <= rooms));
}
