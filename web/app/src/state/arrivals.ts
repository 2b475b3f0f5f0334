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
  let joined: string[] = [];
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
      const sentences = [sentence("joined", joined), sentence("left", left)].filter(Boolean);
      if (sentences.length > 0) notices.show(sentences.join(" "), { topic: "arrivals" });
    }
    joined = [];
    left = [];
  };

  const stop = room.on("roster", (change) => {
    remember();
    joined.push(...change.joined.map((id) => names.get(id) ?? t("person.guest")));
    left.push(...change.left.map((id) => names.get(id) ?? t("person.guest")));
    for (const id of change.left) names.delete(id);
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
