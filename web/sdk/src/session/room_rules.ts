import type { RoomRules as WireRules, SourceKind as WireSource } from "../protocol/index.ts";
import type { RoomRules, SourceKind } from "../room/types.ts";
import { fromWireSource } from "./wire_sources.ts";

/** Of a room that nobody has set any for. */
export const NO_RULES: RoomRules = {
  ...{ locked: false, reserved: [], startMuted: [], banned: 0 },
  ...{ lobby: false, passcode: false },
};

export function fromWireRules(wire: WireRules | undefined): RoomRules {
  if (wire === undefined) return NO_RULES;
  const { locked, banned, lobby, passcode } = wire;
  const reserved = fromWireSources(wire.reserved);
  const startMuted = fromWireSources(wire.startMuted);
  return { locked, reserved, startMuted, banned, lobby, passcode };
}

/** Kinds that a newer server may know are left out. */
export function fromWireSources(wire: readonly WireSource[]): readonly SourceKind[] {
  return wire.flatMap((source) => fromWireSource(source) ?? []);
}
