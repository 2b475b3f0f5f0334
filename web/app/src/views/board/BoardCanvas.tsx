import "../../messages/later/english.ts";
import { BOARD_HEIGHT, BOARD_WIDTH, type BoardThing } from "@conclave/sdk/messages";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "../../messages/messages.ts";
import {
  DARK_BOARD,
  LIGHT_BOARD,
  letterSize,
  PAPERS,
  paintBoard,
  paintMark,
} from "../../platform/boardPaint.ts";
import { type Board, handleOf } from "../../state/board/board.ts";
import type { Bitmaps } from "./bitmaps.ts";
import { nameOf } from "./names.ts";

/** A finger is as wide as that, in CSS pixels. */
const REACH_PX = { mouse: 8, pen: 10, touch: 18 };
const PIXEL_RATIO_MAX = 2;

export interface CanvasProps {
  readonly board: Board;
  readonly bitmaps: Bitmaps;
  readonly zoom: number;
  readonly appearance: string;
}

/** The page itself, drawn anew when something on it changes, and the field for what is written. */
export function BoardCanvas({ board, bitmaps, zoom, appearance }: CanvasProps) {
  const scroll = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const fit = useFit(scroll);
  const dark = useDark(canvas, appearance);
  const scale = fit * zoom;
  const elements = board.elements.value;
  const selected = board.selected.value;
  const editing = board.editing.value;
  const tool = board.tool.value;
  const decoded = bitmaps.count.value;

  useLayoutEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d") ?? null;
    if (element === null || context === null || scale <= 0) return;
    const ratio = Math.min(window.devicePixelRatio, PIXEL_RATIO_MAX) * scale;
    element.width = Math.round(BOARD_WIDTH * ratio);
    element.height = Math.round(BOARD_HEIGHT * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const theme = dark ? DARK_BOARD : LIGHT_BOARD;
    // What is being written stands in the field over it.
    const things = elements.map(({ id, thing }) =>
      id === editing?.id ? { ...thing, text: "" } : thing,
    );
    paintBoard(context, things, theme, bitmaps.get);
    if (selected !== undefined) {
      paintMark(context, selected.thing, handleOf(selected.thing), theme, 1 / scale);
    }
  }, [elements, selected, editing, scale, dark, decoded, bitmaps]);

  const at = (event: PointerEvent) => {
    const box = canvas.current?.getBoundingClientRect();
    return {
      x: (event.clientX - (box?.left ?? 0)) / scale,
      y: (event.clientY - (box?.top ?? 0)) / scale,
    };
  };
  return (
    <div
      class="board-scroll"
      ref={scroll}
      dir="ltr"
      data-tool={tool}
      data-grab={tool !== "select" || selected !== undefined}
    >
      <div
        class="board-page"
        style={{ width: `${BOARD_WIDTH * scale}px`, height: `${BOARD_HEIGHT * scale}px` }}
      >
        {/* biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: with its own keys, see its help. */}
        <canvas
          ref={canvas}
          tabIndex={0}
          role="application"
          data-board="canvas"
          data-testid="board-canvas"
          data-elements={elements.length}
          aria-label={selected === undefined ? t("board.canvas") : nameOf(selected.thing)}
          aria-describedby="board-help"
          onPointerDown={(event) => {
            if (event.button !== 0 || !event.isPrimary) return;
            event.currentTarget.setPointerCapture(event.pointerId);
            const kind = event.pointerType as keyof typeof REACH_PX;
            board.press(at(event), (REACH_PX[kind] ?? REACH_PX.mouse) / scale);
          }}
          onPointerMove={(event) => event.isPrimary && board.drag(at(event))}
          onPointerUp={(event) => event.isPrimary && board.release()}
          onPointerCancel={() => board.release()}
          onDblClick={() => selected && board.edit(selected.id)}
        />
        {editing && <TextField key={editing.id} {...{ board, scale }} thing={editing.thing} />}
      </div>
      <p id="board-help" hidden>
        {t("board.help")}
      </p>
    </div>
  );
}

/** Where the words will be, in letters as large as they will be. */
function TextField(props: { board: Board; thing: BoardThing; scale: number }) {
  const { board, thing, scale } = props;
  const field = useRef<HTMLTextAreaElement>(null);
  // What was typed, with the spaces that are cut off when it is told.
  const [typed, setTyped] = useState(thing.text);
  useLayoutEffect(() => field.current?.focus(), []);
  return (
    <textarea
      ref={field}
      class="board-text"
      dir="auto"
      data-kind={thing.kind}
      data-testid="board-writing"
      aria-label={t("board.textLabel")}
      value={typed}
      style={{
        left: `${thing.x * scale}px`,
        top: `${thing.y * scale}px`,
        width: `${thing.width * scale}px`,
        height: `${Math.max(thing.height, letterSize(thing) * 1.5) * scale}px`,
        background: thing.kind === "note" ? PAPERS[thing.color] : undefined,
        fontSize: `${Math.max(letterSize(thing) * scale, 10)}px`,
      }}
      onInput={({ currentTarget: { value } }) => {
        setTyped(value);
        board.write(value);
      }}
      onBlur={() => board.finishText()}
    />
  );
}

/** CSS pixels for each of the board's units at which all of it is seen. */
function useFit(scroll: { readonly current: HTMLElement | null }): number {
  const [fit, setFit] = useState(0);
  useLayoutEffect(() => {
    const element = scroll.current;
    if (element === null) return;
    const measure = () => {
      const { clientWidth, clientHeight } = element;
      setFit(Math.min(clientWidth / BOARD_WIDTH, clientHeight / BOARD_HEIGHT));
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [scroll]);
  return fit;
}

function useDark(element: { readonly current: HTMLElement | null }, appearance: string): boolean {
  const [dark, setDark] = useState(false);
  useEffect(() => {
    const query = matchMedia("(prefers-color-scheme: dark)");
    // The style sheet knows which of the two it is: white letters are for the dark.
    const read = () => {
      if (element.current) setDark(getComputedStyle(element.current).color !== "rgb(0, 0, 0)");
    };
    read();
    query.addEventListener("change", read);
    return () => query.removeEventListener("change", read);
  }, [element, appearance]);
  return dark;
}
