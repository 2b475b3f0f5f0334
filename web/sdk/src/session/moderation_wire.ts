import type { ClientBody, DeepPartial, Moderate } from "../protocol/index.ts";
import type { Moderation, ParticipantId, RoomRules } from "../room/types.ts";
import { type BreakoutAct, encodeBreakoutAct, isBreakoutAct } from "./breakout_wire.ts";
import { toWireRole } from "./roles.ts";
import { RESERVABLE } from "./room_rules.ts";
import { toWireSource } from "./wire_sources.ts";

/**
 * `wireId` gives the server's number of somebody; undefined where it is not known, and then there is
 * nothing to send. `rules` are those that stand, of which an act may change some. `sealedNames`: of the
 * breakout rooms that it opens.
 */
export function encodeModeration(
  act: Moderation,
  rules: RoomRules,
  wireId: (person: ParticipantId) => ParticipantId | undefined,
  sealedNames: readonly Uint8Array[] = [],
): ClientBody | undefined {
  if (isBreakoutAct(act)) {
    return { $case: "moderate", value: { act: encodeBreakoutAct(act, sealedNames, wireId) } };
  }
  const value = actOf(act, rules, wireId);
  return value && { $case: "moderate", value: { act: value } };
}

type WireAct = NonNullable<DeepPartial<Moderate>["act"]>;

function actOf(
  act: Exclude<Moderation, BreakoutAct>,
  rules: RoomRules,
  wireId: (person: ParticipantId) => ParticipantId | undefined,
): WireAct | undefined {
  if (act.type === "end") return { $case: "end", value: {} };
  if (act.type === "lift-bans") return { $case: "liftBans", value: {} };
  if (act.type === "set-rules")
    return { $case: "rules", value: toWireRules({ ...rules, ...act.rules }) };
  if (act.type === "set-passcode")
    return { $case: "setPasscode", value: { passcode: act.passcode } };
  if (act.type === "deny") return { $case: "deny", value: { waiting: [...act.waiting] } };
  if (act.type === "admit") {
    const all = act.waiting === "all";
    return { $case: "admit", value: all ? { all } : { waiting: [...act.waiting] } };
  }
  const participant = act.person === undefined ? 0 : wireId(act.person);
  if (participant === undefined) return undefined;
  switch (act.type) {
    case "silence":
      return { $case: "silence", value: { participant, sources: act.sources.map(toWireSource) } };
    case "ask":
      return { $case: "ask", value: { participant, sources: act.sources.map(toWireSource) } };
    case "remove":
      return { $case: "remove", value: { participant, ban: act.ban } };
    case "give-role":
      return { $case: "setRole", value: { participant, role: toWireRole(act.role) } };
  }
}

function toWireRules({ locked, reserved, startMuted, lobby, reservedMessages }: RoomRules) {
  return {
    ...{ locked, lobby },
    reserved: reserved.map(toWireSource),
    startMuted: startMuted.map(toWireSource),
    reservedMessages: RESERVABLE.filter(([one]) => reservedMessages.includes(one)).map(
      ([, wire]) => wire,
    ),
  };
}
