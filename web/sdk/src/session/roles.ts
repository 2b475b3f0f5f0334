import { Role as WireRole } from "../protocol/index.ts";
import type { Role } from "../room/types.ts";

const WIRE = {
  viewer: WireRole.VIEWER,
  participant: WireRole.PARTICIPANT,
  "co-host": WireRole.CO_HOST,
  host: WireRole.HOST,
} as const;

const ROLES: readonly Role[] = ["viewer", "participant", "co-host", "host"];

/** Of a newer server's roles the nearest that this client knows: one that may not moderate. */
export function fromWireRole(wire: WireRole): Role {
  return ROLES.find((role) => WIRE[role] === wire) ?? "participant";
}

export function toWireRole(role: Role): WireRole {
  return WIRE[role];
}

export function moderates(role: Role): boolean {
  return role === "host" || role === "co-host";
}

/**
 * Whether somebody with the role `actor` may act on another with the role `target`. The server decides
 * (server/conference/roles.h); this is for not offering what it would refuse.
 */
export function mayModerate(actor: Role, target: Role): boolean {
  return actor === "host" || (actor === "co-host" && !moderates(target));
}

/** Whether `actor` may turn another from `before` into `after`. */
export function mayChangeRole(actor: Role, before: Role, after: Role): boolean {
  return mayModerate(actor, before) && (actor === "host" || !moderates(after));
}
