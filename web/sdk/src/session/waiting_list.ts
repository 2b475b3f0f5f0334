import type { LobbyDelta } from "../protocol/index.ts";

/** Somebody in the lobby, as the server tells of them. */
export interface Knock {
  readonly number: number;
  readonly knock: Uint8Array;
}

/** Who waits after this news, in the order in which they came. */
export function applyLobby(before: readonly Knock[], delta: LobbyDelta): readonly Knock[] {
  const kept = delta.reset ? [] : before.filter(({ number }) => !delta.left.includes(number));
  const known = new Set(kept.map(({ number }) => number));
  return [...kept, ...delta.came.filter(({ number }) => !known.has(number))];
}
