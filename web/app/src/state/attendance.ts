import type { ParticipantId, Room } from "@conclave/sdk";
import { t } from "../messages/messages.ts";
import type { Clock } from "./clock.ts";

/** Who was here, as this client saw it. Told to nobody; made into a file when somebody asks. */
export interface Attendance {
  /** Lines of comma-separated values (RFC 4180) below `head`: name, came, left, minutes. */
  asCsv(head: readonly [string, string, string, string]): string;
  stop(): void;
}

interface Stay {
  readonly id: ParticipantId;
  name: string;
  readonly from: number;
  to: number | undefined;
}

/** Nobody fills memory by coming and going. */
const STAYS_MAX = 5000;

export function createAttendance(room: Room, clock: Clock): Attendance {
  const stays: Stay[] = [];
  const here = new Map<ParticipantId, Stay>();
  const follow = () => {
    const now = clock.now();
    for (const { id, profile } of room.participants.values()) {
      const stay = here.get(id) ?? { id, name: "", from: now, to: undefined };
      // A name may come a moment after its owner.
      stay.name = profile.displayName || stay.name;
      if (!here.has(id) && stays.length < STAYS_MAX) stays.push(stay);
      here.set(id, stay);
    }
    for (const [id, stay] of here) {
      if (room.participants.has(id)) continue;
      stay.to = now;
      here.delete(id);
    }
  };
  follow();
  const stop = room.on("roster", follow);
  return {
    stop,
    asCsv(head) {
      const now = clock.now();
      const rows = stays.map(({ name, from, to }) => [
        name || t("person.guest"),
        isoSeconds(from),
        to === undefined ? "" : isoSeconds(to),
        String(Math.round(((to ?? now) - from) / 60_000)),
      ]);
      return [head, ...rows]
        .map((row) => row.map(csvField).join(","))
        .join("\r\n")
        .concat("\r\n");
    },
  };
}

/** The same everywhere, whatever clock whoever reads it lives by. */
function isoSeconds(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}

/** Names are others' words: a table would take some of them for a formula, and calculate it. */
function csvField(text: string): string {
  const plain = text.replace(/[\r\n\t]+/g, " ").replace(/^(?=[=+\-@])/, "'");
  return /[",;]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
