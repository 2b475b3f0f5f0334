import "../../messages/later/english.ts";
import type { ParticipantId, Room, RoomMessage } from "@conclave/sdk";
import {
  BOARD_HEIGHT,
  BOARD_POINTS_MAX,
  BOARD_WIDTH,
  type BoardKind,
  type BoardThing,
  normalizeThing,
} from "@conclave/sdk/messages";
import { t } from "../../messages/messages.ts";
import { cell, derived, type Readable } from "../cells.ts";
import type { Clock } from "../clock.ts";
import type { Notices } from "../notices.ts";
import { areaOf, isHit, type Point, simplified, strokeOf } from "./boardGeometry.ts";
import { type BoardImages, createBoardImages } from "./boardImages.ts";
import { BoardState, type LiveElement } from "./boardState.ts";
import { BoardSync } from "./boardSync.ts";
import { type BoardUndo, type Change, createBoardUndo } from "./boardUndo.ts";

export type BoardTool = "select" | Exclude<BoardKind, "image">;
export const BOARD_TOOLS: readonly BoardTool[] = [
  ...(["select", "pen", "line", "arrow", "rectangle", "ellipse", "text", "note"] as const),
];

export interface BoardContext {
  readonly room: Room;
  readonly clock: Clock;
  readonly notices: Notices;
  readonly newId: () => string;
}

export interface Board {
  /** What there is to see, lowest first. */
  readonly elements: Readable<readonly LiveElement[]>;
  readonly tool: Readable<BoardTool>;
  readonly color: Readable<number>;
  readonly weight: Readable<number>;
  readonly selected: Readable<LiveElement | undefined>;
  /** Whose text is being written. */
  readonly editing: Readable<LiveElement | undefined>;
  readonly undo: BoardUndo;
  readonly images: BoardImages;
  /** Who has put it on their stage, while this person has not. */
  readonly openedBy: Readable<string | undefined>;
  /** Something was drawn that this person has not looked at. */
  readonly unseen: Readable<boolean>;
  setTool(tool: BoardTool): void;
  /** For what is drawn next, and for what is selected. */
  setColor(color: number): void;
  setWeight(weight: number): void;
  select(id: string | undefined): void;
  /** A finger, pen or mouse on the board; `reach`: how far off it may be. */
  press(at: Point, reach: number): void;
  drag(at: Point): void;
  release(): void;
  /** Puts one of what the tool draws into the middle: without a pointer. */
  place(): void;
  move(dx: number, dy: number): void;
  resize(dx: number, dy: number): void;
  remove(): void;
  clear(): void;
  write(text: string): void;
  edit(id: string): void;
  finishText(): void;
  /** False: there are too many, or it is too large. */
  addImage(bytes: Uint8Array<ArrayBuffer>, width: number, height: number): Promise<boolean>;
  setShown(shown: boolean): void;
  dismissOpened(): void;
  onMessage(message: RoomMessage): void;
  stop(): void;
}

export function createBoard(context: BoardContext): Board {
  return new BoardModel(context);
}

/** A stroke is told and shown with no more points than one sees. */
const STROKE_SLACK = 0.8;
/** So many points are looked at together while a stroke is drawn. */
const TAIL_POINTS_MAX = 32;
/** What is smaller was a click: then it is made as large as one sees it. */
const DRAWN_MIN = 8;
/** Others are told again no sooner. */
const TELL_OPEN_GAP_MS = 20_000;
const SIZES: Readonly<Partial<Record<BoardKind, { width: number; height: number }>>> = {
  text: { width: 400, height: 60 },
  note: { width: 220, height: 180 },
  line: { width: 240, height: 0 },
  arrow: { width: 240, height: 0 },
};
const DEFAULT_SIZE = { width: 240, height: 160 };
const HANDLE_MIN = 20;

/** What a pointer that is down does. */
type Gesture =
  /** `kept` is as simple as it gets, `tail` as it came. */
  | { readonly type: "pen"; readonly id: string; readonly kept: Point[]; readonly tail: Point[] }
  | { readonly type: "shape"; readonly id: string; readonly from: Point }
  | { readonly type: "put"; readonly at: Point }
  | {
      readonly type: "move" | "resize";
      readonly id: string;
      readonly from: Point;
      readonly before: BoardThing;
    };

class BoardModel implements Board {
  readonly #context: BoardContext;
  readonly #state = new BoardState();
  readonly #sync: BoardSync;
  readonly #elements = cell<readonly LiveElement[]>([]);
  readonly #selectedId = cell<string | undefined>(undefined);
  readonly #editingId = cell<string | undefined>(undefined);
  #gesture: Gesture | undefined;
  #textBefore: BoardThing | undefined;
  #toldOpenAt = Number.NEGATIVE_INFINITY;
  #shown = false;

  readonly elements = this.#elements;
  readonly tool = cell<BoardTool>("pen");
  readonly color = cell(0);
  readonly weight = cell(0);
  readonly openedBy = cell<string | undefined>(undefined);
  readonly unseen = cell(false);
  readonly images = createBoardImages();
  readonly undo = createBoardUndo({
    get: (id) => this.#state.get(id)?.thing,
    put: (changes) => this.#put(changes),
  });
  readonly selected = derived(() => this.#find(this.#selectedId.value));
  readonly editing = derived(() => this.#find(this.#editingId.value));

  constructor(context: BoardContext) {
    this.#context = context;
    this.#sync = new BoardSync({
      ...{ room: context.room, clock: context.clock, state: this.#state, images: this.images },
      onChanged: () => {
        this.#refresh();
        if (!this.#shown) this.unseen.value = true;
      },
      onOpened: (by) => this.#onOpened(by),
    });
  }

  setTool(tool: BoardTool): void {
    this.finishText();
    this.tool.value = tool;
    if (tool !== "select") this.#selectedId.value = undefined;
  }

  setColor(color: number): void {
    this.color.value = color;
    this.#changeSelected((thing) => ({ ...thing, color }));
  }

  setWeight(weight: number): void {
    this.weight.value = weight;
    this.#changeSelected((thing) => ({ ...thing, weight }));
  }

  select(id: string | undefined): void {
    if (id !== this.#editingId.peek()) this.finishText();
    this.#selectedId.value = id;
  }

  press(at: Point, reach: number): void {
    this.finishText();
    const tool = this.tool.peek();
    if (tool === "select") this.#grab(at, reach);
    else if (!this.#isFull()) this.#begin(tool, at);
  }

  #begin(tool: Exclude<BoardTool, "select">, at: Point): void {
    const id = this.#context.newId();
    if (tool === "pen") {
      this.#gesture = { type: "pen", id, kept: [at], tail: [] };
      this.#drawPen(id, [at]);
    } else if (tool === "text" || tool === "note") this.#gesture = { type: "put", at };
    else this.#gesture = { type: "shape", id, from: at };
  }

  drag(at: Point): void {
    const gesture = this.#gesture;
    switch (gesture?.type) {
      case "pen":
        this.#continuePen(gesture, at);
        break;
      case "shape":
        this.#put([[gesture.id, this.#shape(gesture.from, at)]]);
        break;
      case "move":
      case "resize": {
        const [dx, dy] = [at.x - gesture.from.x, at.y - gesture.from.y];
        const change = gesture.type === "move" ? moved : resized;
        this.#put([[gesture.id, change(gesture.before, dx, dy)]]);
      }
    }
  }

  release(): void {
    const gesture = this.#gesture;
    this.#gesture = undefined;
    switch (gesture?.type) {
      case "pen":
        this.#finishPen(gesture);
        break;
      case "shape":
        this.#finishShape(gesture.id, gesture.from);
        break;
      case "put":
        this.#placeAt(gesture.at);
        break;
      case "move":
      case "resize":
        this.undo.note([{ id: gesture.id, before: gesture.before }]);
    }
  }

  place(): void {
    const tool = this.tool.peek();
    if (tool === "select" || tool === "pen") return;
    const { width, height } = SIZES[tool] ?? DEFAULT_SIZE;
    // Side by side, not one on the other.
    const step = (this.#elements.peek().length % 8) * 24;
    this.#placeAt({
      x: (BOARD_WIDTH - width) / 2 + step,
      y: (BOARD_HEIGHT - height) / 2 + step,
    });
  }

  move(dx: number, dy: number): void {
    this.#changeSelected((thing) => moved(thing, dx, dy));
  }

  resize(dx: number, dy: number): void {
    this.#changeSelected((thing) => resized(thing, dx, dy));
  }

  remove(): void {
    const id = this.selected.peek()?.id;
    if (id === undefined) return;
    this.#change([[id, undefined]]);
    this.#selectedId.value = undefined;
  }

  clear(): void {
    this.finishText();
    this.#selectedId.value = undefined;
    this.#change(this.#elements.peek().map(({ id }) => [id, undefined]));
  }

  edit(id: string): void {
    this.finishText();
    const thing = this.#find(id)?.thing;
    if (thing?.kind !== "text" && thing?.kind !== "note") return;
    this.#textBefore = thing;
    this.#selectedId.value = id;
    this.#editingId.value = id;
  }

  write(text: string): void {
    const editing = this.editing.peek();
    // As typed: what is around the words is cut off when it is told.
    if (editing !== undefined) this.#put([[editing.id, { ...editing.thing, text }]]);
  }

  finishText(): void {
    const id = this.#editingId.peek();
    const before = this.#textBefore;
    this.#editingId.value = undefined;
    this.#textBefore = undefined;
    if (id === undefined) return;
    const thing = this.#find(id)?.thing;
    const isNew = before?.text === "";
    // A text without words could not be found again.
    if (thing?.kind === "text" && thing.text === "") this.#put([[id, undefined]]);
    else if (thing?.text !== before?.text || isNew) {
      this.undo.note([{ id, before: isNew ? undefined : before }]);
    }
  }

  async addImage(bytes: Uint8Array<ArrayBuffer>, width: number, height: number): Promise<boolean> {
    if (this.#isFull()) return false;
    const image = await this.images.add(bytes);
    if (image === undefined) return false;
    const id = this.#context.newId();
    const [x, y] = [(BOARD_WIDTH - width) / 2, (BOARD_HEIGHT - height) / 2];
    const thing = { ...this.#blank("image"), x, y, width, height, image };
    this.#change([[id, thing]]);
    this.#sync.tellImage(image);
    this.setTool("select");
    this.#selectedId.value = id;
    return true;
  }

  setShown(shown: boolean): void {
    this.#shown = shown;
    if (!shown) {
      this.finishText();
      return;
    }
    this.unseen.value = false;
    this.openedBy.value = undefined;
    const nowMs = this.#context.clock.now();
    if (nowMs - this.#toldOpenAt < TELL_OPEN_GAP_MS) return;
    this.#toldOpenAt = nowMs;
    this.#sync.tellOpen();
  }

  dismissOpened(): void {
    this.openedBy.value = undefined;
  }

  onMessage(message: RoomMessage): void {
    this.#sync.onMessage(message);
  }

  stop(): void {
    this.#sync.stop();
  }

  #onOpened(by: ParticipantId): void {
    const person = this.#context.room.participants.get(by);
    if (person === undefined || this.#shown) return;
    const name = person.profile.displayName || t("person.guest");
    this.openedBy.value = name;
    this.#context.notices.say(t("board.opened", { name }));
  }

  #grab(at: Point, reach: number): void {
    const selected = this.selected.peek();
    if (selected !== undefined && isHandle(selected.thing, at, reach)) {
      const { id, thing } = selected;
      this.#gesture = { type: "resize", id, from: at, before: thing };
      return;
    }
    const hit = [...this.#elements.peek()].reverse().find(({ thing }) => isHit(thing, at, reach));
    this.#selectedId.value = hit?.id;
    if (hit !== undefined) {
      this.#gesture = { type: "move", id: hit.id, from: at, before: hit.thing };
    }
  }

  #continuePen({ id, kept, tail }: Extract<Gesture, { type: "pen" }>, at: Point): void {
    const last = tail.at(-1) ?? kept.at(-1) ?? at;
    if (Math.hypot(at.x - last.x, at.y - last.y) < 1) return;
    tail.push(at);
    if (tail.length >= TAIL_POINTS_MAX) {
      const from = kept.at(-1) ?? at;
      kept.push(...simplified([from, ...tail.splice(0)], STROKE_SLACK).slice(1));
    }
    if (kept.length + tail.length < BOARD_POINTS_MAX) {
      this.#drawPen(id, [...kept, ...tail]);
      return;
    }
    // As long as an element can be: the line goes on as another.
    this.release();
    if (this.#isFull()) return;
    const next = this.#context.newId();
    this.#gesture = { type: "pen", id: next, kept: [last, at], tail: [] };
    this.#drawPen(next, [last, at]);
  }

  #finishPen({ id, kept, tail }: Extract<Gesture, { type: "pen" }>): void {
    this.#drawPen(id, simplified([...kept, ...tail], STROKE_SLACK));
    this.undo.note([{ id, before: undefined }]);
  }

  #drawPen(id: string, path: readonly Point[]): void {
    this.#put([[id, { ...this.#blank("pen", id), ...strokeOf(path) }]]);
  }

  #shape(from: Point, to: Point): BoardThing {
    const kind = this.tool.peek();
    const blank = this.#blank(kind === "select" ? "rectangle" : kind);
    const size = { width: to.x - from.x, height: to.y - from.y };
    const isLine = kind === "line" || kind === "arrow";
    return isLine
      ? { ...blank, ...from, ...size }
      : { ...blank, ...areaOf({ ...blank, ...from, ...size }) };
  }

  #finishShape(id: string, from: Point): void {
    const thing = this.#state.get(id)?.thing;
    const isDrawn = thing !== undefined && Math.hypot(thing.width, thing.height) >= DRAWN_MIN;
    if (!isDrawn) {
      if (thing !== undefined) this.#put([[id, undefined]]);
      this.#placeAt(from);
      return;
    }
    this.undo.note([{ id, before: undefined }]);
    this.#selectNew(id);
  }

  #placeAt({ x, y }: Point): void {
    const kind = this.tool.peek();
    if (kind === "select" || kind === "pen" || this.#isFull()) return;
    const id = this.#context.newId();
    const thing = { ...this.#blank(kind), x, y, ...(SIZES[kind] ?? DEFAULT_SIZE) };
    const isText = kind === "text" || kind === "note";
    if (isText) this.#put([[id, thing]]);
    else this.#change([[id, thing]]);
    this.#selectNew(id);
    if (isText) this.edit(id);
  }

  #selectNew(id: string): void {
    this.tool.value = "select";
    this.#selectedId.value = id;
  }

  /** On top of all, unless it is there already. */
  #blank(kind: BoardKind, id?: string): BoardThing {
    const known = id === undefined ? undefined : this.#state.get(id)?.thing;
    const z = known?.z ?? (this.#elements.peek().at(-1)?.thing.z ?? 0) + 1;
    const look = { color: this.color.peek(), weight: this.weight.peek() };
    const place = { x: 0, y: 0, width: 1, height: 1 };
    return { kind, z, ...place, ...look, points: [], text: "", image: "" };
  }

  #changeSelected(change: (thing: BoardThing) => BoardThing): void {
    const selected = this.selected.peek();
    if (selected !== undefined) this.#change([[selected.id, change(selected.thing)]]);
  }

  /** As one step that can be taken back. */
  #change(changes: readonly Change[]): void {
    const before = changes.map(([id]) => ({ id, before: this.#state.get(id)?.thing }));
    this.#put(changes);
    this.undo.note(before);
  }

  #put(changes: readonly Change[]): void {
    for (const [id, thing] of changes) {
      const revision = (this.#state.get(id)?.revision ?? 0) + 1;
      this.#state.apply({ id, revision, thing: thing && normalizeThing(thing) });
    }
    this.#refresh();
    this.#sync.tell(changes.map(([id]) => id));
  }

  #isFull(): boolean {
    if (this.#state.isFull) this.#context.notices.show(t("board.full"), { tone: "problem" });
    return this.#state.isFull;
  }

  #refresh(): void {
    this.#elements.value = this.#state.live;
  }

  #find(id: string | undefined): LiveElement | undefined {
    return id === undefined ? undefined : this.#elements.value.find((one) => one.id === id);
  }
}

/** Where an element is made larger: its lower right corner, or a line's end. */
export function handleOf(thing: BoardThing): Point | undefined {
  if (thing.kind === "pen") return undefined;
  return { x: thing.x + thing.width, y: thing.y + thing.height };
}

function isHandle(thing: BoardThing, at: Point, reach: number): boolean {
  const handle = handleOf(thing);
  return handle !== undefined && Math.hypot(at.x - handle.x, at.y - handle.y) <= reach * 1.5;
}

function moved(thing: BoardThing, dx: number, dy: number): BoardThing {
  return { ...thing, x: thing.x + dx, y: thing.y + dy };
}

function resized(thing: BoardThing, dx: number, dy: number): BoardThing {
  if (thing.kind === "pen") return thing;
  const [width, height] = [thing.width + dx, thing.height + dy];
  if (thing.kind === "line" || thing.kind === "arrow") return { ...thing, width, height };
  const size = { width: Math.max(HANDLE_MIN, width), height: Math.max(HANDLE_MIN, height) };
  if (thing.kind !== "image") return { ...thing, ...size };
  // Of pictures the shape stays.
  return { ...thing, ...size, height: (size.width * thing.height) / Math.max(1, thing.width) };
}
