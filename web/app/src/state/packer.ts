/**
 * Packs equal tiles into a stage: tries every number of columns and keeps the one that covers most.
 * Pure; about a microsecond for 49 tiles, so it runs on every resize.
 */
export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Box extends Size {
  readonly x: number;
  readonly y: number;
}

export interface PackingRules {
  /** CSS pixels between tiles. */
  readonly gap: number;
  /** Width / height that a tile may have. */
  readonly aspectMin: number;
  readonly aspectMax: number;
  /** Tiles narrower than this go to another page. */
  readonly tileWidthMin: number;
  /** Most tiles that one page shows. */
  readonly tilesMax: number;
}

export interface Grid {
  readonly columns: number;
  readonly rows: number;
}

export interface Packing extends Grid {
  readonly tile: Size;
  /** Fraction of the stage that tiles cover. */
  readonly coverage: number;
}

/** An empty cell looks like a mistake: it costs as much as this fraction of the stage. */
const EMPTY_CELL_COST = 0.02;
/** A different grid must win by this much, so that a small resize does not reshuffle everybody. */
const HYSTERESIS = 0.08;

/** The best grid for `count` >= 1 tiles; `current` is kept where the best is hardly better. */
export function pack(count: number, stage: Size, rules: PackingRules, current?: Grid): Packing {
  let best: Packing | undefined;
  let kept: Packing | undefined;
  for (let columns = 1; columns <= count; columns++) {
    const packing = measure(count, columns, stage, rules);
    // Columns that the last row does not need give the same rows with emptier cells.
    if ((packing.rows - 1) * columns >= count) continue;
    if (best === undefined || score(packing, count) > score(best, count)) best = packing;
    if (columns === current?.columns && packing.rows === current.rows) kept = packing;
  }
  best ??= measure(count, 1, stage, rules);
  if (kept !== undefined && score(best, count) - score(kept, count) <= HYSTERESIS) return kept;
  return best;
}

/** How many of `count` tiles one page holds without a tile getting too small; at least 1. */
export function tilesPerPage(count: number, stage: Size, rules: PackingRules): number {
  for (let n = Math.min(count, rules.tilesMax); n > 1; n--) {
    if (pack(n, stage, rules).tile.width >= rules.tileWidthMin) return n;
  }
  return 1;
}

/** Where each of `count` tiles goes, row by row; the last row is centred. */
export function boxes(count: number, packing: Packing, stage: Size, gap: number): Box[] {
  const { columns, rows, tile } = packing;
  const top = (stage.height - rows * tile.height - (rows - 1) * gap) / 2;
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / columns);
    const inRow = Math.min(columns, count - row * columns);
    const left = (stage.width - inRow * tile.width - (inRow - 1) * gap) / 2;
    return {
      x: Math.round(left + (index % columns) * (tile.width + gap)),
      y: Math.round(top + row * (tile.height + gap)),
      width: Math.floor(tile.width),
      height: Math.floor(tile.height),
    };
  });
}

/** The largest size within `room` whose aspect is in the allowed range. */
export function clampAspect(room: Size, aspectMin: number, aspectMax: number): Size {
  const aspect = room.width / room.height;
  if (aspect > aspectMax) return { width: room.height * aspectMax, height: room.height };
  if (aspect < aspectMin) return { width: room.width, height: room.width / aspectMin };
  return room;
}

function measure(count: number, columns: number, stage: Size, rules: PackingRules): Packing {
  const rows = Math.ceil(count / columns);
  const room = {
    width: Math.max(1, (stage.width - (columns - 1) * rules.gap) / columns),
    height: Math.max(1, (stage.height - (rows - 1) * rules.gap) / rows),
  };
  const tile = clampAspect(room, rules.aspectMin, rules.aspectMax);
  const area = Math.max(1, stage.width * stage.height);
  return { columns, rows, tile, coverage: (count * tile.width * tile.height) / area };
}

function score(packing: Packing, count: number): number {
  return packing.coverage - EMPTY_CELL_COST * (packing.columns * packing.rows - count);
}
