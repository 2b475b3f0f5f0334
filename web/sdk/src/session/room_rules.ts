import {
  MessageClass,
  type RoomRules as WireRules,
  type SourceKind as WireSource,
} from "../protocol/index.ts";
import type { ReservableMessage, RoomRules, SourceKind } from "../room/types.ts";
import { fromWireSource } from "./wire_sources.ts";

/** Of a room that nobody has set any for. */
export const NO_RULES: RoomRules = {
  ...{ locked: false, reserved: [], startMuted: [], banned: 0 },
  ...{ lobby: false, passcode: false, passcodeFixed: false, reservedMessages: [] },
};

export function fromWireRules(wire: WireRules | undefined): RoomRules {
  if (wire === undefined) return NO_RULES;
  const { locked, banned, lobby, passcode, passcodeFixed } = wire;
  const reserved = fromWireSources(wire.reserved);
  const startMuted = fromWireSources(wire.startMuted);
  const reservedMessages = RESERVABLE.filter(([, one]) => wire.reservedMessages.includes(one)).map(
    ([message]) => message,
  );
  const ours = { locked, reserved, startMuted, banned, lobby, reservedMessages };
  return { ...ours, passcode, passcodeFixed };
}

export const RESERVABLE: readonly (readonly [ReservableMessage, MessageClass])[] = [
  ["chat", MessageClass.CHAT],
  ["reaction", MessageClass.REACTION],
  ["poll", MessageClass.POLL],
  ["file", MessageClass.FILE],
];

/** Kinds that a newer server may know are left out. */
export function fromWireSources(wire: readonly WireSource[]): readonly SourceKind[] {
  return wire.flatMap((source) => fromWireSource(source) ?? []);
}
