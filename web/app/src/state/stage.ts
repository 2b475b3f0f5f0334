import type { ParticipantInfo, Room, TrackWish } from "@conclave/sdk";
import { cell, type Readable, watch } from "./cells.ts";
import type { Clock } from "./clock.ts";
import { focusOf } from "./focus.ts";
import type { Box, Grid, Size } from "./packer.ts";
import { Seating } from "./seating.ts";
import { layOutStage, type StageLayout, type StageMode } from "./stageLayout.ts";
import { BOARD_KEY, boardTile, personKey, personTiles, screenTiles, type Tile } from "./tiles.ts";
import type { ViewChoices } from "./viewChoices.ts";
import { Wishes } from "./wishes.ts";

export interface PlacedTile {
  readonly tile: Tile;
  readonly box: Box;
  /** `focus`: somebody's large picture. */
  readonly role: "person" | "floating" | "screen" | "focus";
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

export interface StageContext {
  readonly room: Room;
  readonly clock: Clock;
  readonly visible: Readable<boolean>;
  readonly choices: ViewChoices;
  /** Whether the shared board is on it: then that is what is large. */
  readonly board: Readable<boolean>;
}

export function createStage({ room, clock, visible, choices, board }: StageContext): Stage {
  const view = cell<StageView>({ mode: "alone", tiles: [], page: 0, pages: 1 });
  const seating = new Seating();
  const wishes = new Wishes(clock, (list) => room.setLayout(list));
  let size: Size = { width: 0, height: 0 };
  let pixelRatio = 1;
  let page = 0;
  let perPage = 1;
  let grid: Grid | undefined;
  let speaker: string | undefined;
  const unseen = new Set<string>();

  const tellWishes = () => {
    const seen = view.peek().tiles.filter(({ tile }) => !unseen.has(tile.key));
    wishes.show("stage", wishesFor(seen, pixelRatio));
  };

  const refresh = () => {
    if (size.width <= 0 || size.height <= 0) return;
    const all = [
      ...personTiles(peopleHere(room)),
      ...screenTiles(peopleHere(room)),
      ...(board.peek() ? [boardTile(room.localId)] : []),
    ];
    seating.update(selfFirst(all));
    const pinned = choices.pinned.peek();
    const focus =
      all.find(({ key }) => key === BOARD_KEY) ??
      focusOf({ tiles: all, pinned, arrangement: choices.arrangement.peek(), speaker });
    const hidden = choices.selfView.peek() === "hidden" && all.length > 1;
    const people = new Map(
      all.filter((tile) => tile !== focus && !(hidden && tile.isLocal)).map((t) => [t.key, t]),
    );
    const layout = layOutStage({
      ...{ size, page, grid, people: people.size },
      self: !hidden && focus?.isLocal !== true,
      focus: focus && (focus.source === "camera" ? "person" : "screen"),
    });
    ({ page, perPage, grid } = layout);
    const tiles = placed(layout, focus, people, seating.seats);
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
      if (!isLocal(key)) speaker = key;
      const moved = seating.speak(key, clock.now(), perPage, isLocal);
      if (moved || choices.arrangement.peek() === "speaker") refresh();
    }),
    watch(() => {
      choices.pinned.value;
      board.value;
      choices.arrangement.value;
      choices.selfView.value;
      refresh();
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

/** Without those in other breakout rooms. */
function peopleHere({ participants, localId }: Room): ParticipantInfo[] {
  const own = participants.get(localId)?.breakout;
  return [...participants.values()].filter(({ breakout }) => breakout === own);
}

/** The own picture is on the first page however many are there. */
function selfFirst(tiles: readonly Tile[]): string[] {
  const self = tiles.filter((tile) => tile.isLocal);
  const others = tiles.filter((tile) => !tile.isLocal);
  return [...self, ...others].map((tile) => tile.key);
}

function placed(
  layout: StageLayout,
  focus: Tile | undefined,
  people: ReadonlyMap<string, Tile>,
  seats: readonly string[],
): PlacedTile[] {
  const seated = seats.map((key) => people.get(key)).filter((tile) => tile !== undefined);
  const local = seated.find((tile) => tile.isLocal);
  const inBoxes = layout.floating ? seated.filter((tile) => !tile.isLocal) : seated;
  const first = layout.page * layout.perPage;
  const tiles = new Map<string, PlacedTile>();
  for (const [index, tile] of inBoxes.slice(first, first + layout.perPage).entries()) {
    const box = layout.people[index];
    if (box) tiles.set(tile.key, { tile, box, role: "person" });
  }
  if (local && layout.floating) {
    tiles.set(local.key, { tile: local, box: layout.floating, role: "floating" });
  }
  if (focus && layout.focus) {
    const role = focus.source === "camera" ? "focus" : "screen";
    tiles.set(focus.key, { tile: focus, box: layout.focus, role });
  }
  const inOrder = seats.map((key) => tiles.get(key)).filter((tile) => tile !== undefined);
  // What floats is painted last.
  return inOrder.sort((a, b) => Number(a.role === "floating") - Number(b.role === "floating"));
}

/** What is large first, then the larger before the smaller. */
export function wishesFor(tiles: readonly PlacedTile[], pixelRatio: number): TrackWish[] {
  return tiles
    .filter(({ tile }) => tile.trackId !== undefined && tile.hasPicture && !tile.isLocal)
    .map(({ tile, box, role }) => ({
      trackId: tile.trackId ?? 0,
      heightPx: Math.ceil(pictureHeight(box, role) * pixelRatio),
      onStage: role === "screen" || role === "focus",
    }))
    .sort((a, b) => Number(b.onStage) - Number(a.onStage) || b.heightPx - a.heightPx);
}

/** A person's picture covers its tile, so a narrow tile shows a taller picture's middle. */
function pictureHeight(box: Box, role: PlacedTile["role"]): number {
  const ofWidth = box.width / PICTURE_ASPECT;
  return role === "screen" ? Math.min(box.height, ofWidth) : Math.max(box.height, ofWidth);
}
