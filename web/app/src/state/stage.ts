import type { Room, TrackWish } from "@conclave/sdk";
import { cell, type Readable, watch } from "./cells.ts";
import type { Clock } from "./clock.ts";
import type { Box, Grid, Size } from "./packer.ts";
import { Seating } from "./seating.ts";
import { layOutStage, type StageMode } from "./stageLayout.ts";
import { personKey, personTiles, screenTiles, type Tile } from "./tiles.ts";
import { Wishes } from "./wishes.ts";

export interface PlacedTile {
  readonly tile: Tile;
  readonly box: Box;
  readonly role: "person" | "floating" | "screen";
}

export interface StageView {
  readonly mode: StageMode;
  /** In seating order, so that a tile's element never moves among its siblings. */
  readonly tiles: readonly PlacedTile[];
  readonly page: number;
  readonly pages: number;
}

/** The stage: who is shown where, and what the room is asked to send for it. */
export interface Stage {
  readonly view: Readable<StageView>;
  /** CSS pixels, and device pixels for each. */
  resize(size: Size, pixelRatio: number): void;
  turnPage(by: number): void;
  /** Whether any of a tile can be seen: it may be scrolled away, or covered by a panel. */
  setSeen(key: string, seen: boolean): void;
  readonly wishes: Wishes;
  stop(): void;
}

/** A picture is 16:9 until it says otherwise. */
const PICTURE_ASPECT = 16 / 9;
/** On finer screens nobody sees the difference, but every link and decoder feels it. */
const PIXEL_RATIO_MAX = 2;

export function createStage(room: Room, clock: Clock, visible: Readable<boolean>): Stage {
  const view = cell<StageView>({ mode: "alone", tiles: [], page: 0, pages: 1 });
  const seating = new Seating();
  const wishes = new Wishes(clock, (list) => room.setLayout(list));
  let size: Size = { width: 0, height: 0 };
  let pixelRatio = 1;
  let page = 0;
  let perPage = 1;
  let grid: Grid | undefined;
  const unseen = new Set<string>();

  const tellWishes = () => {
    const seen = view.peek().tiles.filter(({ tile }) => !unseen.has(tile.key));
    wishes.show("stage", wishesFor(seen, pixelRatio));
  };

  const refresh = () => {
    if (size.width <= 0 || size.height <= 0) return;
    const [screen, ...otherScreens] = screenTiles(room.participants.values());
    const people = new Map(
      [...personTiles(room.participants.values()), ...otherScreens].map((t) => [t.key, t]),
    );
    seating.update(selfFirst([...people.values()]));
    const onStage = screen !== undefined;
    const layout = layOutStage({ size, people: people.size, screen: onStage, page, grid });
    ({ page, perPage, grid } = layout);
    const tiles = placed(layout, screen, people, seating.seats);
    view.value = { mode: layout.mode, tiles, page, pages: layout.pages };
    tellWishes();
  };

  // The id is another one after the server forgot this client and it joined again.
  const isLocal = (key: string) => key === personKey(room.localId);

  const stops = [
    room.on("roster", refresh),
    room.on("dominantSpeaker", ({ participantId }) => {
      if (participantId === undefined) return;
      const key = personKey(participantId);
      const moved = seating.speak(key, clock.now(), perPage, isLocal);
      if (moved) refresh();
    }),
    watch(() => wishes.setVisible(visible.value)),
  ];

  return {
    view,
    wishes,
    resize(next, ratio) {
      size = next;
      pixelRatio = Math.min(ratio, PIXEL_RATIO_MAX);
      refresh();
    },
    setSeen(key, seen) {
      if (seen === !unseen.has(key)) return;
      if (seen) unseen.delete(key);
      else unseen.add(key);
      tellWishes();
    },
    turnPage(by) {
      page += by;
      refresh();
    },
    stop() {
      for (const stop of stops) stop();
      wishes.stop();
    },
  };
}

/** The own picture is on the first page however many are there. */
function selfFirst(tiles: readonly Tile[]): string[] {
  const self = tiles.filter((tile) => tile.isLocal);
  const others = tiles.filter((tile) => !tile.isLocal);
  return [...self, ...others].map((tile) => tile.key);
}

function placed(
  layout: ReturnType<typeof layOutStage>,
  screen: Tile | undefined,
  people: ReadonlyMap<string, Tile>,
  seats: readonly string[],
): PlacedTile[] {
  const tiles: PlacedTile[] = [];
  if (screen && layout.screen) tiles.push({ tile: screen, box: layout.screen, role: "screen" });
  const seated = seats.map((key) => people.get(key)).filter((tile) => tile !== undefined);
  const local = seated.find((tile) => tile.isLocal);
  const inBoxes =
    layout.mode === "pair"
      ? seated.filter((tile) => !tile.isLocal)
      : seated.slice(layout.page * layout.perPage, (layout.page + 1) * layout.perPage);
  for (const [index, tile] of inBoxes.entries()) {
    const box = layout.people[index];
    if (box) tiles.push({ tile, box, role: "person" });
  }
  if (local && layout.floating) tiles.push({ tile: local, box: layout.floating, role: "floating" });
  return tiles;
}

/** The screen on stage first, then the larger before the smaller. */
export function wishesFor(tiles: readonly PlacedTile[], pixelRatio: number): TrackWish[] {
  return tiles
    .filter(({ tile }) => tile.trackId !== undefined && tile.hasPicture && !tile.isLocal)
    .map(({ tile, box, role }) => ({
      trackId: tile.trackId ?? 0,
      heightPx: Math.ceil(pictureHeight(box, role) * pixelRatio),
      onStage: role === "screen",
    }))
    .sort((a, b) => Number(b.onStage) - Number(a.onStage) || b.heightPx - a.heightPx);
}

/** A person's picture covers its tile, so a narrow tile shows a taller picture's middle. */
function pictureHeight(box: Box, role: PlacedTile["role"]): number {
  const ofWidth = box.width / PICTURE_ASPECT;
  return role === "screen" ? Math.min(box.height, ofWidth) : Math.max(box.height, ofWidth);
}
