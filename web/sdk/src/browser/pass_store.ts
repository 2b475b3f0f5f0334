/**
 * The passes of rooms that this browser has been in: whoever shows one is the same person there again,
 * with the same role (docs/hosting.md). The server forgets them soon after the meeting, so do we.
 */
const KEY = "conclave.passes";
const AGE_MS_MAX = 24 * 3600_000;
const PASSES_MAX = 20;

interface Kept {
  readonly room: string;
  /** Base64. */
  readonly pass: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export function passOf(room: string): Uint8Array {
  const kept = read().find((one) => one.room === room)?.pass ?? "";
  return Uint8Array.from(atob(kept), (character) => character.charCodeAt(0));
}

export function keepPass(room: string, pass: Uint8Array): void {
  const others = read().filter((one) => one.room !== room);
  const newest = { room, pass: btoa(String.fromCharCode(...pass)), at: Date.now() };
  try {
    localStorage.setItem(KEY, JSON.stringify([newest, ...others].slice(0, PASSES_MAX)));
  } catch {
    // Blocked by the browser's settings or full: then the next join is a stranger's.
  }
}

/** Who comes to that room again is a stranger there; without a room: to all of them. */
export function forgetPass(room?: string): void {
  const others = read().filter((one) => room !== undefined && one.room !== room);
  try {
    if (others.length === 0) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, JSON.stringify(others));
  } catch {
    // What may not be stored has not been.
  }
}

/** Nothing that can be read is an empty list: somebody may have written there by hand. */
function read(): Kept[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    const isFresh = ({ at }: Kept) => Date.now() - at < AGE_MS_MAX;
    return Array.isArray(kept) ? kept.filter(isKept).filter(isFresh) : [];
  } catch {
    return [];
  }
}

function isKept(one: Partial<Kept> | null): one is Kept {
  const isText = typeof one?.room === "string" && typeof one.pass === "string";
  return isText && typeof one.at === "number" && /^[A-Za-z0-9+/]*={0,2}$/.test(one.pass);
}
