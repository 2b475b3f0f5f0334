import {
  mayChangeRole,
  mayModerate,
  moderates,
  type ParticipantId,
  type ParticipantInfo,
  type ReservableMessage,
  type Role,
  type Room,
} from "@conclave/sdk";
import { type Hosting, type Sendable, sourcesOf } from "./hosting.ts";
import type { DeviceKind } from "./ports.ts";

/** From the most to the least. */
const ROLES: readonly Role[] = ["host", "co-host", "participant", "viewer"];

/**
 * What somebody does to others, loaded where it is offered: most never moderate. The server decides;
 * this offers what it would allow.
 */
export class HostActs {
  readonly #room: Room;
  readonly #hosting: Hosting;

  constructor(hosting: Hosting) {
    this.#room = hosting.room;
    this.#hosting = hosting;
  }

  /** The roles that this person may give to that one, the one they have among them; else none. */
  rolesFor(person: ParticipantId): readonly Role[] {
    const target = this.#room.participants.get(person);
    return target === undefined ? [] : choices(this.#room, this.#hosting.role.value, target);
  }

  setRole(person: ParticipantId, role: Role): void {
    this.#room.moderate({ type: "give-role", person, role });
  }

  /** Whether this person may mute, ask or remove that one. */
  mayActOn(person: ParticipantId): boolean {
    const target = this.#room.participants.get(person);
    return target?.isLocal === false && mayModerate(this.#hosting.role.value, target.role);
  }

  /** Turns it off; undefined: of all others who do not moderate. */
  silence(person: ParticipantId | undefined, kind: Sendable): void {
    const named = person === undefined ? {} : { person };
    this.#room.moderate({ type: "silence", ...named, sources: sourcesOf(kind) });
  }

  ask(person: ParticipantId, kind: DeviceKind): void {
    this.#room.moderate({ type: "ask", person, sources: [kind] });
  }

  remove(person: ParticipantId, ban: boolean): void {
    this.#room.moderate({ type: "remove", person, ban });
  }

  /** Whether only those who moderate say it to others. */
  setMessageReserved(message: ReservableMessage, reserved: boolean): void {
    const others = this.#hosting.rules.peek().reservedMessages.filter((one) => one !== message);
    const reservedMessages = reserved ? [...others, message] : others;
    this.#room.moderate({ type: "set-rules", rules: { reservedMessages } });
  }

  setLocked(locked: boolean): void {
    this.#room.moderate({ type: "set-rules", rules: { locked } });
  }

  setReserved(kind: Sendable, reserved: boolean): void {
    const others = this.#hosting.rules
      .peek()
      .reserved.filter((one) => !sourcesOf(kind).includes(one));
    const next = reserved ? [...others, ...sourcesOf(kind)] : others;
    this.#room.moderate({ type: "set-rules", rules: { reserved: next } });
  }

  setStartMuted(kind: DeviceKind, off: boolean): void {
    const others = this.#hosting.rules.peek().startMuted.filter((one) => one !== kind);
    const startMuted = off ? [...others, kind] : others;
    this.#room.moderate({ type: "set-rules", rules: { startMuted } });
  }

  setLobby(lobby: boolean): void {
    this.#room.moderate({ type: "set-rules", rules: { lobby } });
  }

  /** Empty: none from now on. */
  setPasscode(passcode: string): void {
    this.#room.moderate({ type: "set-passcode", passcode });
  }

  liftBans(): void {
    this.#room.moderate({ type: "lift-bans" });
  }

  end(): void {
    this.#room.moderate({ type: "end" });
  }
}

function choices(room: Room, own: Role, target: ParticipantInfo): readonly Role[] {
  const { role: before, isLocal } = target;
  const others = isLocal
    ? ROLES.filter((after) => mayStepDown(room, own, after))
    : ROLES.filter((after) => after !== before && mayChangeRole(own, before, after));
  return others.length === 0
    ? []
    : ROLES.filter((role) => role === before || others.includes(role));
}

/** Not the last host; and not to a viewer, who could not undo it. */
function mayStepDown(room: Room, own: Role, after: Role): boolean {
  if (!moderates(own) || after === "viewer" || ROLES.indexOf(after) <= ROLES.indexOf(own)) {
    return false;
  }
  const hosts = [...room.participants.values()].filter(({ role }) => role === "host");
  return own !== "host" || hosts.length > 1;
}
