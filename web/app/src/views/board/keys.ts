import type { Board } from "../../state/board/board.ts";

/** In the board's units. */
const STEP = 10;
const LARGE_STEP = 50;

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** What keys do at the board. Those that it has a use for do not reach the meeting. */
export function onKey(board: Board, event: KeyboardEvent): void {
  const target = event.target instanceof HTMLElement ? event.target : undefined;
  if (target?.tagName === "TEXTAREA") {
    event.stopPropagation();
    if (event.key === "Escape") board.finishText();
    return;
  }
  if (!act(board, event, target)) return;
  event.preventDefault();
  event.stopPropagation();
}

function act(board: Board, event: KeyboardEvent, target: HTMLElement | undefined): boolean {
  const { key, shiftKey } = event;
  if (event.ctrlKey || event.metaKey) return actWithControl(board, key.toLowerCase(), shiftKey);
  // Buttons have their own use for these.
  const isCanvas = target?.dataset["board"] === "canvas";
  const isRow = target?.dataset["board"] === "row";
  const arrow = ARROWS[key];
  if (arrow !== undefined && (isCanvas || isRow)) {
    const [x, y] = arrow;
    const step = shiftKey ? LARGE_STEP : STEP;
    board.move(x * step, y * step);
    return true;
  }
  if (key === "Enter" && isCanvas) {
    const selected = board.selected.peek();
    if (board.tool.peek() !== "select") board.place();
    else if (selected !== undefined) board.edit(selected.id);
    return true;
  }
  switch (isCanvas || isRow ? key : "") {
    case "Delete":
    case "Backspace":
      board.remove();
      return true;
    case "+":
      board.resize(STEP, STEP);
      return true;
    case "-":
      board.resize(-STEP, -STEP);
      return true;
    case "[":
    case "]":
      step(board, key === "[" ? -1 : 1);
      return true;
    case "Escape":
      board.select(undefined);
      return true;
    default:
      return false;
  }
}

function actWithControl(board: Board, key: string, shift: boolean): boolean {
  if (key !== "z" && key !== "y") return false;
  if (key === "y" || shift) board.undo.redo();
  else board.undo.undo();
  return true;
}

/** Selects the element before or after. */
function step(board: Board, by: number): void {
  const all = board.elements.peek();
  const from = all.findIndex(({ id }) => id === board.selected.peek()?.id);
  const next = from < 0 ? (by > 0 ? 0 : all.length - 1) : (from + by + all.length) % all.length;
  board.setTool("select");
  board.select(all[next]?.id);
}
