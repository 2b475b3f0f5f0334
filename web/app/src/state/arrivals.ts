import type { ParticipantId, ParticipantInfo, Room } from "@conclave/sdk";
import { t } from "../messages/messages.ts";
import type { Clock } from "./clock.ts";
import type { Notices } from "./notices.ts";

/** Who comes and goes within this time is told in one sentence. */
const COALESCE_MS = 800;
/** In a larger meeting coming and going is no news. */
const QUIET_ABOVE = 20;

interface Known {
  readonly name: string;
  /** ParticipantInfo.lastingKey. */
  readonly key: string | undefined;
}

/**
 * Tells of people who join and leave. Who comes again is back, as their lasting key says: a name can be
 * anybody's. `isVerified`: this person compared with that one, in this meeting or an earlier one.
 */
export function announceArrivals(
  room: Room,
  clock: Clock,
  notices: Notices,
  isVerified: (id: ParticipantId) => boolean,
): () => void {
  let joined: ParticipantId[] = [];
  let left: Known[] = [];
  let cancel: (() => void) | undefined;
  const known = new Map<ParticipantId, Known>();
  /** Who had a lasting key first: whoever else has it was here before, under another number. */
  const firstWith = new Map<string, ParticipantId>();
  const remember = () => {
    for (const { id, profile, lastingKey: key } of room.participants.values()) {
      known.set(id, { name: nameOf(profile), key });
      if (key !== undefined && !firstWith.has(key)) firstWith.set(key, id);
    }
  };
  remember();

  const isHere = (key: string | undefined, but?: ParticipantId) =>
    key !== undefined &&
    Array.from(room.participants.values()).some(
      ({ id, lastingKey, away }) => id !== but && lastingKey === key && !away,
    );
  /** A second window of somebody who is here is nobody's return. */
  const isBack = (id: ParticipantId) => {
    const key = known.get(id)?.key;
    return key !== undefined && firstWith.get(key) !== id && !isHere(key, id);
  };
  const arrival = (id: ParticipantId) => {
    const name = known.get(id)?.name ?? t("person.guest");
    if (isBack(id)) return t("notice.back", { name });
    return t(isVerified(id) ? "notice.joinedVerified" : "notice.joined", { name });
  };
  const tell = () => {
    cancel = undefined;
    if (room.participants.size <= QUIET_ABOVE) {
      // Of who crashed and came back, the first self goes when the second is long here.
      const gone = left.filter(({ key }) => !isHere(key));
      const sentences = [
        ...(joined.length > 1 ? [t("notice.manyJoined", { count: joined.length })] : []),
        // A name may come a moment after its owner.
        ...(joined.length === 1 ? joined.map(arrival) : []),
        ...(gone.length > 1 ? [t("notice.manyLeft", { count: gone.length })] : []),
        ...(gone.length === 1 ? gone.map(({ name }) => t("notice.left", { name })) : []),
      ];
      if (sentences.length > 0) notices.show(sentences.join(" "), { topic: "arrivals" });
    }
    joined = [];
    left = [];
    for (const id of known.keys()) if (!room.participants.has(id)) known.delete(id);
  };

  const stop = room.on("roster", (change) => {
    remember();
    // Those who were here before this person are no news, nor is losing the keys.
    const isNews = room.encryption === undefined || room.encryption.state === "sealed";
    if (isNews) {
      joined.push(...change.joined);
      left.push(...change.left.flatMap((id) => known.get(id) ?? []));
    }
    if (joined.length + left.length > 0) cancel ??= clock.after(COALESCE_MS, tell);
  });
  return () => {
    stop();
    cancel?.();
  };
}

function nameOf({ displayName }: ParticipantInfo["profile"]): string {
  return displayName || t("person.guest");
}
