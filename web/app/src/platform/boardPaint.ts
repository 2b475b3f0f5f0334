import { BOARD_HEIGHT, BOARD_WIDTH, type BoardThing } from "@conclave/sdk/messages";
import { absolute, areaOf, type Point } from "../state/board/boardGeometry.ts";

export interface BoardTheme {
  readonly page: string;
  /** By an element's color; each stands out from the page. */
  readonly inks: readonly string[];
  readonly mark: string;
}

export const LIGHT_BOARD: BoardTheme = {
  page: "#ffffff",
  inks: ["#1d2528", "#c2301c", "#1f5fbf", "#13795b", "#8f6100", "#7a3fb0"],
  mark: "#1f5fbf",
};
export const DARK_BOARD: BoardTheme = {
  page: "#1b2123",
  inks: ["#eef2f0", "#ff8a75", "#7db4ff", "#57d3a2", "#f0b429", "#cf9dff"],
  mark: "#7db4ff",
};
/** Notes are paper, also in the dark. */
export const PAPERS = ["#fff3b0", "#ffd9d2", "#d6e6ff", "#cdf1e0", "#ffe6ad", "#ecdcff"];
const ON_PAPER = "#1d2528";
/** In the board's units, by weight. */
const LINE_WIDTHS = [4, 8, 16];
const TEXT_SIZES = { text: [28, 42, 64], note: [20, 28, 40] } as const;
const LINE_SPACING = 1.25;
const NOTE_PADDING = 14;
const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif";

export type Pictured = (image: string) => CanvasImageSource | undefined;

/** Draws the whole page; the context's units are the board's. */
export function paintBoard(
  context: CanvasRenderingContext2D,
  things: readonly BoardThing[],
  theme: BoardTheme,
  pictureOf: Pictured,
): void {
  context.fillStyle = theme.page;
  context.fillRect(0, 0, BOARD_WIDTH, BOARD_HEIGHT);
  for (const thing of things) {
    context.save();
    paintThing(context, thing, theme, pictureOf);
    context.restore();
  }
}

/** The frame around what is selected, and where it is made larger. */
export function paintMark(
  context: CanvasRenderingContext2D,
  thing: BoardThing,
  handle: Point | undefined,
  theme: BoardTheme,
  unit: number,
): void {
  const { x, y, width, height } = areaOf(thing);
  context.save();
  context.strokeStyle = theme.mark;
  context.lineWidth = 2 * unit;
  context.setLineDash([6 * unit, 4 * unit]);
  context.strokeRect(x - 6 * unit, y - 6 * unit, width + 12 * unit, height + 12 * unit);
  if (handle !== undefined) {
    context.setLineDash([]);
    context.fillStyle = theme.page;
    context.beginPath();
    context.arc(handle.x, handle.y, 8 * unit, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }
  context.restore();
}

/** Size of an element's letters, in the board's units. */
export function letterSize({ kind, weight }: BoardThing): number {
  return TEXT_SIZES[kind === "note" ? "note" : "text"][weight as 0 | 1 | 2] ?? TEXT_SIZES.text[0];
}

function paintThing(
  context: CanvasRenderingContext2D,
  thing: BoardThing,
  theme: BoardTheme,
  pictureOf: Pictured,
): void {
  const ink = theme.inks[thing.color] ?? theme.mark;
  context.strokeStyle = ink;
  context.fillStyle = ink;
  context.lineWidth = LINE_WIDTHS[thing.weight] ?? 4;
  context.lineCap = "round";
  context.lineJoin = "round";
  const { x, y, width, height } = areaOf(thing);
  switch (thing.kind) {
    case "pen":
      paintStroke(context, absolute(thing));
      break;
    case "line":
    case "arrow":
      paintLine(context, thing);
      break;
    case "rectangle":
      context.strokeRect(x, y, width, height);
      break;
    case "ellipse":
      context.beginPath();
      context.ellipse(x + width / 2, y + height / 2, width / 2, height / 2, 0, 0, 2 * Math.PI);
      context.stroke();
      break;
    case "text":
      paintText(context, thing, 0);
      break;
    case "note":
      paintNote(context, thing);
      break;
    case "image": {
      const picture = pictureOf(thing.image);
      if (picture !== undefined) context.drawImage(picture, x, y, width, height);
      else paintPlace(context, thing);
    }
  }
}

function paintStroke(context: CanvasRenderingContext2D, points: readonly Point[]): void {
  const [first, ...rest] = points;
  if (first === undefined) return;
  context.beginPath();
  context.moveTo(first.x, first.y);
  // From the middle of one piece to the middle of the next, round the point between.
  for (const [i, point] of rest.entries()) {
    const next = rest[i + 1];
    if (next === undefined) context.lineTo(point.x, point.y);
    else {
      context.quadraticCurveTo(point.x, point.y, (point.x + next.x) / 2, (point.y + next.y) / 2);
    }
  }
  if (rest.length === 0) context.lineTo(first.x, first.y);
  context.stroke();
}

function paintLine(context: CanvasRenderingContext2D, thing: BoardThing): void {
  const [toX, toY] = [thing.x + thing.width, thing.y + thing.height];
  context.beginPath();
  context.moveTo(thing.x, thing.y);
  context.lineTo(toX, toY);
  if (thing.kind === "arrow") {
    const angle = Math.atan2(thing.height, thing.width);
    const long = 14 + context.lineWidth * 2;
    for (const turn of [-0.5, 0.5]) {
      context.moveTo(toX - long * Math.cos(angle + turn), toY - long * Math.sin(angle + turn));
      context.lineTo(toX, toY);
    }
  }
  context.stroke();
}

function paintNote(context: CanvasRenderingContext2D, thing: BoardThing): void {
  const { x, y, width, height, color } = thing;
  context.fillStyle = PAPERS[color] ?? PAPERS[0] ?? "";
  context.shadowColor = "rgb(0 0 0 / 30%)";
  context.shadowBlur = 8;
  context.shadowOffsetY = 3;
  context.fillRect(x, y, width, height);
  context.shadowColor = "transparent";
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  context.fillStyle = ON_PAPER;
  paintText(context, thing, NOTE_PADDING);
}

/** Where a picture will be. */
function paintPlace(context: CanvasRenderingContext2D, { x, y, width, height }: BoardThing): void {
  context.globalAlpha = 0.5;
  context.lineWidth = 2;
  context.setLineDash([8, 8]);
  context.strokeRect(x, y, width, height);
}

function paintText(context: CanvasRenderingContext2D, thing: BoardThing, padding: number): void {
  const size = letterSize(thing);
  context.font = `${size}px ${FONT}`;
  context.textBaseline = "top";
  const isRightToLeft = /^[^\p{L}]*[\p{Script=Arabic}\p{Script=Hebrew}]/u.test(thing.text);
  context.direction = isRightToLeft ? "rtl" : "ltr";
  context.textAlign = "start";
  const widthMax = Math.max(1, thing.width - 2 * padding);
  const x = isRightToLeft ? thing.x + thing.width - padding : thing.x + padding;
  const lines = linesOf(thing.text, widthMax, (text) => context.measureText(text).width);
  for (const [i, line] of lines.entries()) {
    context.fillText(line, x, thing.y + padding + i * size * LINE_SPACING);
  }
}

/** Broken at spaces, and where a word alone is too long, within it. */
export function linesOf(
  text: string,
  widthMax: number,
  measure: (text: string) => number,
): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    for (const word of paragraph.split(/(?<=\s)/)) {
      if (line !== "" && measure((line + word).trimEnd()) > widthMax) {
        lines.push(line.trimEnd());
        line = "";
      }
      for (const letter of measure(word.trimEnd()) > widthMax ? [...word] : [word]) {
        if (line !== "" && measure((line + letter).trimEnd()) > widthMax) {
          lines.push(line.trimEnd());
          line = "";
        }
        line += letter;
      }
    }
    lines.push(line.trimEnd());
  }
  return lines;
}
