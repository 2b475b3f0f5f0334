import { COMPARISON_EMOJI, type Comparison, type ParticipantId, type Room } from "@conclave/sdk";
import { t } from "../messages/messages.ts";
import { createAcquaintances } from "./acquaintances.ts";
import { cell, type Readable } from "./cells.ts";
import type { Clock } from "./clock.ts";
import type { Notices } from "./notices.ts";
import type { PreferenceStore } from "./ports.ts";

/**
 * How well this browser knows somebody.
 * - `verified`: their key was compared with what they see.
 * - `met`: the same key was in an earlier meeting.
 * - `new`: it was not, or they have none.
 */
export type Standing = "verified" | "met" | "new";

export interface KnownPerson {
  readonly id: ParticipantId;
  readonly name: string;
  readonly standing: Standing;
  /** What they were called before, where that is something else. */
  readonly earlierName: string | undefined;
  /** They left this meeting and came again, with the same key. */
  readonly isBack: boolean;
  /** Somebody else of that name is verified: another device, or another person. */
  readonly isNamesake: boolean;
}

/** A comparison on the screen. */
export interface ShownComparison {
  readonly person: ParticipantId;
  readonly name: string;
  readonly step:
    | { readonly type: "waiting" | "different" }
    | { readonly type: "shown"; readonly emoji: readonly string[]; readonly digits: string }
    | { readonly type: "over"; readonly why: "stopped" | "gone" | "broken" };
}

/** Who the others are: recognised by their keys, once by comparing and then by themselves. */
export interface Verification {
  /** Everybody else, the unverified first. */
  readonly people: Readable<readonly KnownPerson[]>;
  /** How many are new where the others are verified; a meeting of strangers needs no warning. */
  readonly newcomers: Readable<number>;
  readonly comparison: Readable<ShownComparison | undefined>;
  /** Who would like to compare with this person. */
  readonly asking: Readable<{ readonly id: ParticipantId; readonly name: string } | undefined>;
  compare(person: ParticipantId): void;
  /** Answers who is asking. */
  answer(accepts: boolean): void;
  /** Whether both see the same, once it is shown. */
  conclude(same: boolean): void;
  close(): void;
  stop(): void;
}

interface Context {
  readonly room: Room;
  readonly preferences: PreferenceStore;
  readonly clock: Clock;
  readonly notices: Notices;
}

export function createVerification({ room, preferences, clock, notices }: Context): Verification {
  const known = createAcquaintances(preferences);
  /** Before this meeting; whoever is verified in it is so at once. */
  const before = new Map<string, { standing: Standing; name: string }>();
  /** By key: who had it first in this meeting. */
  const firstWith = new Map<string, ParticipantId>();
  /** By key: under which name they were remembered in this meeting. */
  const metAs = new Map<string, string>();
  /** Who has no lasting key is verified for as long as they are here. */
  const verifiedHere = new Set<ParticipantId>();
  const people = cell<readonly KnownPerson[]>([]);
  const newcomers = cell(0);
  const comparison = cell<ShownComparison | undefined>(undefined);
  const asking = cell<{ id: ParticipantId; name: string } | undefined>(undefined);

  const nameOf = (id: ParticipantId) =>
    room.participants.get(id)?.profile.displayName || t("person.guest");

  const look = () => {
    const others = [...room.participants.values()].filter(({ isLocal }) => !isLocal);
    people.value = others
      .map(({ id, lastingKey: key, profile: { displayName: name } }): KnownPerson => {
        if (key === undefined) {
          const standing = verifiedHere.has(id) ? "verified" : "new";
          return { id, name, standing, earlierName: undefined, isBack: false, isNamesake: false };
        }
        const earlier = before.get(key) ?? standingOf(key);
        before.set(key, earlier);
        const first = firstWith.get(key) ?? id;
        firstWith.set(key, first);
        if (name !== "" && metAs.get(key) !== name) known.meet(key, name, clock.now());
        metAs.set(key, name);
        const verified = known.find(key)?.verified === true;
        const isRenamed = earlier.name !== "" && name !== "" && earlier.name !== name;
        return {
          ...{ id, name, standing: verified ? "verified" : earlier.standing },
          earlierName: isRenamed ? earlier.name : undefined,
          isBack: first !== id && !room.participants.has(first),
          isNamesake: known.namesake(key, name) !== undefined,
        };
      })
      .sort((a, b) => RANK[a.standing] - RANK[b.standing] || a.id - b.id);
    const count = (standing: Standing) =>
      people.peek().filter((one) => one.standing === standing).length;
    newcomers.value = count("verified") > 0 ? count("new") : 0;
  };
  const standingOf = (key: string): { standing: Standing; name: string } => {
    const one = known.find(key);
    if (one === undefined) return { standing: "new", name: "" };
    return { standing: one.verified ? "verified" : "met", name: one.name };
  };
  const show = (person: ParticipantId, step: ShownComparison["step"]) => {
    comparison.value = { person, name: nameOf(person), step };
  };
  const onStep = ({ participant, step }: Comparison) => {
    if (step.type === "asked") {
      // One at a time: the others' clients say that they wait.
      asking.value ??= { id: participant, name: nameOf(participant) };
      return;
    }
    if (step.type === "over" && asking.peek()?.id === participant) asking.value = undefined;
    if (comparison.peek()?.person !== participant) return;
    if (step.type !== "shown") show(participant, step as ShownComparison["step"]);
    else {
      const emoji = step.emoji.map((number) => COMPARISON_EMOJI[number] ?? "");
      show(participant, { ...step, emoji });
    }
  };
  const begin = (person: ParticipantId, act: "begin" | "accept") => {
    const current = comparison.peek();
    if (current !== undefined && current.person !== person) room.compare(current.person, "stop");
    show(person, { type: "waiting" });
    room.compare(person, act);
  };
  const stops = [room.on("roster", look), room.on("comparison", onStep)];
  look();
  return {
    ...{ people, newcomers, comparison, asking },
    compare: (person) => begin(person, "begin"),
    answer(accepts) {
      const who = asking.peek();
      asking.value = undefined;
      if (who === undefined) return;
      if (accepts) begin(who.id, "accept");
      else room.compare(who.id, "stop");
    },
    conclude(same) {
      const current = comparison.peek();
      if (current?.step.type !== "shown") return;
      room.compare(current.person, "stop");
      if (!same) return show(current.person, { type: "different" });
      const key = room.participants.get(current.person)?.lastingKey;
      comparison.value = undefined;
      if (key === undefined) verifiedHere.add(current.person);
      else known.verify(key, nameOf(current.person), clock.now());
      look();
      const text = key === undefined ? "verify.doneOnce" : "verify.done";
      notices.show(t(text, { name: current.name }), { topic: "verify" });
    },
    close() {
      const current = comparison.peek();
      comparison.value = undefined;
      if (current !== undefined) room.compare(current.person, "stop");
    },
    stop() {
      for (const stop of stops) stop();
    },
  };
}

const RANK: Readonly<Record<Standing, number>> = { new: 0, met: 1, verified: 2 };
