import {
  type Box,
  boxes,
  clampAspect,
  type Grid,
  type PackingRules,
  pack,
  type Size,
  tilesPerPage,
} from "./packer.ts";

/** How the stage is divided. Pure: sizes and counts in, boxes out. */

export type StageMode =
  /** Nobody else is here. */
  | "alone"
  /** Two people: the other one fills the stage, the own picture floats. */
  | "pair"
  | "grid"
  /** A shared screen fills the stage; people are in a strip beside or below it. */
  | "screen"
  /** The same with somebody's picture. */
  | "focus";

export interface StageInput {
  readonly size: Size;
  /** Tiles beside the large one. */
  readonly people: number;
  /** Whether the own picture is one of them. */
  readonly self: boolean;
  /** What is large. */
  readonly focus: "screen" | "person" | undefined;
  readonly page: number;
  /** The last grid, kept where a new one is hardly better. */
  readonly grid?: Grid | undefined;
}

export interface StageLayout {
  readonly mode: StageMode;
  /** The large tile's. */
  readonly focus: Box | undefined;
  /** The own picture's, where it floats over the stage. */
  readonly floating: Box | undefined;
  /** Of the people on this page, in seating order (in `pair`: of the other one). */
  readonly people: readonly Box[];
  readonly page: number;
  readonly pages: number;
  readonly perPage: number;
  readonly grid: Grid | undefined;
}

/** Narrower than this a stage is held in one hand. */
const PHONE_WIDTH_MAX = 600;
const GAP = 8;
const DESKTOP: PackingRules = {
  gap: GAP,
  aspectMin: 1,
  aspectMax: 16 / 9,
  tileWidthMin: 150,
  tilesMax: 49,
};
const PHONE: PackingRules = {
  gap: 6,
  aspectMin: 3 / 4,
  aspectMax: 16 / 9,
  tileWidthMin: 110,
  // A phone decodes this many pictures without getting hot.
  tilesMax: 8,
};
/** Of the strip beside a shared screen: narrower where more people fit so. */
const STRIP_WIDTH = { share: 0.18, min: 160, max: 240 };
const STRIP_HEIGHT = 112;
/** Of the own picture over the stage. */
const FLOATING_WIDTH = { share: 0.18, min: 104, max: 256 };
const FLOATING_MARGIN = 12;
/** What the invitation takes of a stage that is too narrow, or too low, to lie under it. */
const INVITATION: Size = { width: 376, height: 260 };
const LOW_HEIGHT_MAX = 450;

export function layOutStage(input: StageInput): StageLayout {
  const { size, people, self, focus } = input;
  if (focus !== undefined) return focusLayout(input, focus);
  if (people <= 1 && self) return aloneLayout(size);
  if (people === 2 && self) return pairLayout(size);
  if (people === 1) return { ...pairLayout(size), floating: undefined };
  return gridLayout(input);
}

function isPhone(size: Size): boolean {
  return Math.min(size.width, size.height) < PHONE_WIDTH_MAX && size.width < 960;
}

const EMPTY = { focus: undefined, floating: undefined, grid: undefined };

function aloneLayout(size: Size): StageLayout {
  const free = besideInvitation(size);
  const picture = clampAspect(free, 3 / 4, 16 / 9);
  return {
    ...EMPTY,
    mode: "alone",
    people: [centred(picture, free)],
    page: 0,
    pages: 1,
    perPage: 1,
  };
}

function besideInvitation({ width, height }: Size): Size {
  if (width < height) return { width, height: Math.max(1, height - INVITATION.height) };
  if (height < LOW_HEIGHT_MAX) return { width: Math.max(1, width - INVITATION.width), height };
  return { width, height };
}

function pairLayout(size: Size): StageLayout {
  const portrait = size.width < size.height;
  const picture = clampAspect(size, portrait ? 9 / 20 : 1, 16 / 9);
  const width = bounded(size.width * FLOATING_WIDTH.share, FLOATING_WIDTH.min, FLOATING_WIDTH.max);
  const height = Math.round(portrait ? (width * 4) / 3 : (width * 9) / 16);
  const other = centred(picture, size);
  const floating = {
    x: other.x + other.width - width - FLOATING_MARGIN,
    y: other.y + other.height - height - FLOATING_MARGIN,
    width,
    height,
  };
  const people = [other];
  return { ...EMPTY, mode: "pair", floating, people, page: 0, pages: 1, perPage: 1 };
}

function gridLayout({ size, people, page, grid }: StageInput): StageLayout {
  const rules = isPhone(size) ? PHONE : DESKTOP;
  const { perPage, pages, shown, onPage } = paged(people, page, tilesPerPage(people, size, rules));
  const packing = pack(perPage, size, rules, grid);
  return {
    ...EMPTY,
    mode: "grid",
    people: boxes(onPage, packing, size, rules.gap),
    page: shown,
    pages,
    perPage,
    grid: packing,
  };
}

function focusLayout(input: StageInput, focus: "screen" | "person"): StageLayout {
  const { size, people, page } = input;
  const mode = focus === "screen" ? "screen" : "focus";
  if (people === 0) {
    const all = { x: 0, y: 0, ...size };
    return { ...EMPTY, mode, focus: all, people: [], page: 0, pages: 1, perPage: 1 };
  }
  const beside = size.width >= size.height * 1.1;
  const strip = beside ? stripBeside(size, people) : stripBelow(size);
  const tile = clampAspect(strip.cell, 3 / 4, 16 / 9);
  const fits = Math.max(1, Math.floor((strip.length + GAP) / (strip.along + GAP)));
  const { perPage, pages, shown, onPage } = paged(people, page, fits);
  const used = onPage * (strip.along + GAP) - GAP;
  const start = Math.max(0, (strip.length - used) / 2);
  const tiles = Array.from({ length: onPage }, (_, index) => {
    const offset = Math.round(start + index * (strip.along + GAP));
    return beside
      ? { x: strip.x, y: offset, width: Math.floor(tile.width), height: Math.floor(tile.height) }
      : { x: offset, y: strip.y, width: Math.floor(tile.width), height: Math.floor(tile.height) };
  });
  return {
    ...EMPTY,
    mode,
    focus: strip.large,
    people: tiles,
    page: shown,
    pages,
    perPage,
  };
}

function stripBeside(size: Size, people: number) {
  const widest = bounded(size.width * STRIP_WIDTH.share, STRIP_WIDTH.min, STRIP_WIDTH.max);
  const heightForAll = (size.height - (people - 1) * GAP) / people;
  const width = bounded((heightForAll * 16) / 9, STRIP_WIDTH.min, widest);
  const height = Math.floor((width * 9) / 16);
  const large = { x: 0, y: 0, width: size.width - width - GAP, height: size.height };
  return {
    x: size.width - width,
    y: 0,
    cell: { width, height },
    along: height,
    length: size.height,
    large,
  };
}

function stripBelow(size: Size) {
  const height = STRIP_HEIGHT;
  const width = height;
  const large = { x: 0, y: 0, width: size.width, height: size.height - height - GAP };
  return {
    x: 0,
    y: size.height - height,
    cell: { width, height },
    along: width,
    length: size.width,
    large,
  };
}

/** Pages are filled evenly, so that the last one does not hold a single large tile. */
function paged(people: number, page: number, fits: number) {
  const pages = Math.max(1, Math.ceil(people / fits));
  const perPage = Math.ceil(people / pages);
  const shown = bounded(page, 0, pages - 1);
  return { perPage, pages, shown, onPage: Math.min(perPage, people - shown * perPage) };
}

function centred(box: Size, size: Size): Box {
  return {
    x: Math.round((size.width - box.width) / 2),
    y: Math.round((size.height - box.height) / 2),
    width: Math.floor(box.width),
    height: Math.floor(box.height),
  };
}

function bounded(value: number, min: number, max: number): number {
  return Math.round(Math.min(max, Math.max(min, value)));
}
