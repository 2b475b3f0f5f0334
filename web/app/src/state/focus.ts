import type { StageArrangement } from "./ports.ts";
import type { Tile } from "./tiles.ts";

export interface FocusInput {
  /** Of everybody and everything that can be shown, screens newest first. */
  readonly tiles: readonly Tile[];
  readonly pinned: string | undefined;
  readonly arrangement: StageArrangement;
  /** Key of who spoke last, this person left out. */
  readonly speaker: string | undefined;
}

/** Two people fill the stage anyhow. */
const PEOPLE_MIN = 3;

/** Which tile is large: what is pinned, else a screen, else (where that is wanted) who speaks. */
export function focusOf({ tiles, pinned, arrangement, speaker }: FocusInput): Tile | undefined {
  const screen = tiles.find((tile) => tile.source === "screen-video");
  const people = tiles.filter((tile) => tile.source === "camera");
  const enough = people.length >= PEOPLE_MIN || screen !== undefined;
  const held = tiles.find((tile) => tile.key === pinned);
  if (held !== undefined && (enough || held.source !== "camera")) return held;
  if (screen !== undefined) return screen;
  if (arrangement !== "speaker" || !enough) return undefined;
  const others = people.filter((tile) => !tile.isLocal);
  return others.find((tile) => tile.key === speaker) ?? others[0];
}
