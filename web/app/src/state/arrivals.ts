import type { ParticipantId, Room } from "@conclave/sdk";
import { t } from "../messages/messages.ts";
import type { Clock } from "./clock.ts";
import type { Notices } from "./notices.ts";

/** Who comes and goes within this time is told in one sentence. */
const COALESCE_MS = 800;
/** In a larger meeting coming and going is no news. */
const QUIET_ABOVE = 20;

/** Tells of people who join and leave, and of screens being shared. */
export function announceArrivals(room: Room, clock: Clock, notices: Notices): () => void {
  let joined: ParticipantId[] = [];
  let left: string[] = [];
  let cancel: (() => void) | undefined;
  const names = new Map<ParticipantId, string>();
  const remember = () => {
    for (const { id, profile } of room.participants.values()) names.set(id, nameOf(profile));
  };
  remember();

  const tell = () => {
    cancel = undefined;
    if (room.participants.size <= QUIET_ABOVE) {
      // A name may come a moment after its owner.
      const newcomers = joined.map((id) => names.get(id) ?? t("person.guest"));
      const sentences = [sentence("joined", newcomers), sentence("left", left)].filter(Boolean);
      if (sentences.length > 0) notices.show(sentences.join(" "), { topic: "arrivals" });
    }
    joined = [];
    left = [];
    for (const id of names.keys()) if (!room.participants.has(id)) names.delete(id);
  };

  const stop = room.on("roster", (change) => {
    remember();
    // Those who were here before this person are no news, nor is losing the keys.
    const isNews = room.encryption === undefined || room.encryption.state === "sealed";
    if (isNews) {
      joined.push(...change.joined);
      left.push(...change.left.map((id) => names.get(id) ?? t("person.guest")));
    }
    if (joined.length + left.length > 0) cancel ??= clock.after(COALESCE_MS, tell);
  });
  return () => {
    stop();
    cancel?.();
  };
}

function sentence(what: "joined" | "left", names: readonly string[]): string {
  const [name] = names;
  if (name === undefined) return "";
  if (names.length === 1) return t(`notice.${what}`, { name });
  return t(what === "joined" ? "notice.manyJoined" : "notice.manyLeft", { count: names.length });
}

function nameOf(profile: { readonly displayName: string }): string {
  return profile.displayName || t("person.guest");
}
