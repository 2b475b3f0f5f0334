import type { PreferenceStore } from "./ports.ts";

/** Somebody whom this browser has met in an encrypted meeting, recognised by a key that is theirs. */
export interface Acquaintance {
  /** ParticipantInfo.lastingKey. */
  readonly key: string;
  /** What they were called when they were compared with, or else when they were met last. */
  readonly name: string;
  /** In milliseconds since 1970. */
  readonly metAt: number;
  /** Their key was compared with what they see. */
  readonly verified: boolean;
}

/** Whom this browser knows. Kept here and nowhere else, until everything is erased. */
export interface Acquaintances {
  find(key: string): Acquaintance | undefined;
  /** Another key than `key` that was compared with somebody of this name. */
  namesake(key: string, name: string): Acquaintance | undefined;
  /** They are here, under this name. */
  meet(key: string, name: string, atMs: number): void;
  /** Both see the same pictures. */
  verify(key: string, name: string, atMs: number): void;
}

/** Of these, those who were compared with stay longest. */
export const ACQUAINTANCES_MAX = 200;
const KEY_SHAPE = /^[A-Za-z0-9+/]{43}=$/;

export function createAcquaintances(preferences: PreferenceStore): Acquaintances {
  let raw: unknown;
  let list: readonly Acquaintance[] = [];
  const read = () => {
    const { met } = preferences.read();
    if (met !== raw) list = usable(met);
    raw = met;
    return list;
  };
  const keep = (one: Acquaintance) => {
    const others = read().filter(({ key }) => key !== one.key);
    const all = [one, ...others].sort((a, b) => Number(b.verified) - Number(a.verified));
    preferences.write({ met: all.slice(0, ACQUAINTANCES_MAX) });
  };
  const find = (key: string) => read().find((one) => one.key === key);
  return {
    find,
    namesake: (key, name) =>
      read().find((one) => one.verified && one.key !== key && sameName(one.name, name)),
    meet(key, name, metAt) {
      const known = find(key);
      const kept = known?.verified === true ? known : { key, name, verified: false };
      keep({ ...kept, metAt });
    },
    verify: (key, name, metAt) => keep({ key, name, metAt, verified: true }),
  };
}

/** As a person reads them: what looks alike may claim to be alike. */
export function sameName(a: string, b: string): boolean {
  return plain(a) === plain(b) && plain(a) !== "";
}

function plain(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/[\p{M}\p{Z}]/gu, "")
    .toLowerCase();
}

/** Another version, or a person with tools, may have written something else. */
function usable(kept: unknown): readonly Acquaintance[] {
  return Array.isArray(kept) ? kept.filter(isAcquaintance).slice(0, ACQUAINTANCES_MAX) : [];
}

function isAcquaintance(one: Partial<Acquaintance> | null): one is Acquaintance {
  return (
    typeof one?.key === "string" &&
    KEY_SHAPE.test(one.key) &&
    typeof one.name === "string" &&
    typeof one.metAt === "number" &&
    typeof one.verified === "boolean"
  );
}
