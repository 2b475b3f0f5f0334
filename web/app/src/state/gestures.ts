import { type ParticipantId, REACTIONS, type Room } from "@conclave/sdk";
import { t } from "../messages/messages.ts";
import { cell, type Readable } from "./cells.ts";
import type { Clock } from "./clock.ts";
import type { Notices } from "./notices.ts";

/** What people say without a word: raised hands, which stay, and reactions, which pass. */
export interface Gestures {
  readonly choices: readonly string[];
  /** This person's own. */
  readonly handRaised: Readable<boolean>;
  readonly hands: Readable<ReadonlySet<ParticipantId>>;
  /** What each shows at this moment. */
  readonly reactions: Readable<ReadonlyMap<ParticipantId, string>>;
  setHand(raised: boolean): void;
  react(emoji: string): void;
  stop(): void;
}

const REACTION_MS = 4000;

export function createGestures(room: Room, clock: Clock, notices: Notices): Gestures {
  const raised = () =>
    new Set([...room.participants.values()].filter((p) => p.handRaisedAt).map(({ id }) => id));
  const hands = cell<ReadonlySet<ParticipantId>>(raised());
  const handRaised = cell(hands.peek().has(room.localId));
  const reactions = cell<ReadonlyMap<ParticipantId, string>>(new Map());
  const timers = new Map<ParticipantId, () => void>();
  const nameOf = (id: ParticipantId) =>
    room.participants.get(id)?.profile.displayName || t("person.guest");

  const followHands = () => {
    const before = hands.peek();
    const now = raised();
    if (now.size === before.size && [...now].every((id) => before.has(id))) return;
    hands.value = now;
    handRaised.value = now.has(room.localId);
    for (const id of now) {
      if (before.has(id) || id === room.localId) continue;
      notices.show(t("notice.hand", { name: nameOf(id) }), { topic: "hands" });
    }
  };
  const show = (id: ParticipantId, emoji: string | undefined) => {
    const next = new Map(reactions.peek());
    if (emoji === undefined) next.delete(id);
    else next.set(id, emoji);
    reactions.value = next;
  };
  const stops = [
    room.on("roster", followHands),
    room.on("reaction", ({ from, emoji, isLocal }) => {
      timers.get(from)?.();
      show(from, emoji);
      timers.set(
        from,
        clock.after(REACTION_MS, () => show(from, undefined)),
      );
      if (!isLocal) notices.say(t("notice.reaction", { name: nameOf(from), emoji }));
    }),
  ];
  return {
    choices: REACTIONS,
    handRaised,
    hands,
    reactions,
    setHand(next) {
      room.setHandRaised(next);
      notices.say(t(next ? "notice.handRaised" : "notice.handLowered"));
    },
    react: (emoji) => room.react(emoji),
    stop() {
      for (const stop of stops) stop();
      for (const cancel of timers.values()) cancel();
    },
  };
}
