import type { RoomPolicy } from "@conclave/e2ee/keys";
import { MessageClass } from "../protocol/index.ts";
import { moderates } from "../session/roles.ts";
import type { SealedRoster } from "../session/sealed_roster.ts";
import { encodeText } from "../session/text.ts";
import type { GroupRoster, GroupSide } from "./group_side.ts";
import type { Moderation, ParticipantId, Role, SourceKind } from "./types.ts";

/** What an encrypted room is when somebody moderates it. */
export interface ModeratedGroup {
  readonly group: GroupSide;
  readonly roster: SealedRoster;
  readonly members: GroupRoster["members"];
  readonly policy: RoomPolicy;
  /** Those of `members` who moderate. */
  readonly moderators: GroupRoster["members"];
}

/**
 * Does what of `act` is the group's; the server does the rest. For somebody who moderates by the group's
 * word: of others the members' clients take none of it.
 */
export function moderateGroup(room: ModeratedGroup, act: Moderation): void {
  if (act.type === "give-role") setRole(room, act.person, act.role);
  else if (act.type === "remove") remove(room, act.person);
  else if (act.type === "ask") ask(room, act.person, act.sources);
  else if (act.type === "set-rules" && act.rules.locked !== undefined) {
    room.group.setPolicy({ ...room.policy, locked: act.rules.locked });
  }
}

/** Whether somebody moderates, in the group's own list: others take nobody's word for it. */
function setRole(room: ModeratedGroup, person: ParticipantId, role: Role): void {
  const { group, roster, members, policy } = room;
  const pid = roster.pidOf(person) ?? roster.ownPidOf(person);
  const member = members.find((one) => String(one.pid) === String(pid));
  if (member === undefined) return;
  const others = room.moderators.filter((one) => one !== member);
  const moderators = moderates(role) ? [...others, member] : others;
  if (moderators.length === 0) return;
  // Leaves that have gone are left out: nobody comes back with the same key.
  const keys = moderators.map(({ signatureKey }) => signatureKey);
  group.setPolicy({ ...policy, moderators: keys });
}

function remove({ group, roster }: ModeratedGroup, person: ParticipantId): void {
  const pid = roster.pidOf(person);
  if (pid !== undefined) group.remove([pid]);
}

/** Signed and sealed: nobody is asked by the server alone. */
function ask(room: ModeratedGroup, person: ParticipantId, sources: readonly SourceKind[]): void {
  const { group, roster } = room;
  const participant = roster.serverIdOf(person);
  if (participant === undefined) return;
  const body = encodeText(JSON.stringify({ on: sources }));
  group.say(MessageClass.MODERATION, body, [participant], roster.pidOf(person));
}
