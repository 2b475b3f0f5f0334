import "../../messages/later/english.ts";
import { BOARD_COLORS, BOARD_HEIGHT, BOARD_WEIGHTS, BOARD_WIDTH } from "@conclave/sdk/messages";
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { t } from "../../messages/messages.ts";
import { LIGHT_BOARD, paintBoard } from "../../platform/boardPaint.ts";
import { shrinkPicture } from "../../platform/boardPictures.ts";
import { saveFile } from "../../platform/files.ts";
import { BOARD_TOOLS, type Board } from "../../state/board/board.ts";
import type { Notices } from "../../state/notices.ts";
import { Icon } from "../common/Icon.tsx";
import { BoardIcon } from "./BoardIcon.tsx";
import type { Bitmaps } from "./bitmaps.ts";

const ZOOMS = [1, 1.5, 2, 3, 4];
/** Pixels of a saved picture for each of the board's units. */
const EXPORT_SCALE = 2;

interface ToolsProps {
  readonly board: Board;
  readonly bitmaps: Bitmaps;
  readonly notices: Notices;
  readonly zoom: number;
  readonly setZoom: (zoom: number) => void;
  readonly listed: boolean;
  readonly setListed: (listed: boolean) => void;
  /** Of a file. */
  readonly name: string;
  readonly onClose: () => void;
}

export function BoardTools(props: ToolsProps) {
  const { board, zoom, setZoom, listed, setListed } = props;
  const { canUndo, canRedo, undo, redo } = board.undo;
  const step = (by: number) => ZOOMS[ZOOMS.indexOf(zoom) + by];
  const [closer, further] = [step(1), step(-1)];
  return (
    <fieldset class="board-tools" aria-label={t("board.tools")}>
      {BOARD_TOOLS.map((tool) => (
        <Tool
          key={tool}
          name={t(tool === "select" ? "board.select" : `board.kind.${tool}`)}
          testId={`board-${tool}`}
          pressed={board.tool.value === tool}
          onPress={() => board.setTool(tool)}
        >
          <BoardIcon name={tool} />
        </Tool>
      ))}
      <ImageTool {...props} />
      <hr />
      <Look board={board} />
      <hr />
      <Tool name={t("board.undo")} testId="board-undo" disabled={!canUndo.value} onPress={undo}>
        <BoardIcon name="undo" />
      </Tool>
      <Tool name={t("board.redo")} testId="board-redo" disabled={!canRedo.value} onPress={redo}>
        <BoardIcon name="redo" />
      </Tool>
      <Tool
        name={t("board.clear")}
        testId="board-clear"
        disabled={board.elements.value.length === 0}
        onPress={() => board.clear()}
      >
        <BoardIcon name="clear" />
      </Tool>
      <hr />
      <Tool
        name={t("board.zoomOut")}
        testId="board-zoom-out"
        disabled={further === undefined}
        onPress={() => further && setZoom(further)}
      >
        <BoardIcon name="zoomOut" />
      </Tool>
      <Tool
        name={t("board.zoomIn")}
        testId="board-zoom-in"
        disabled={closer === undefined}
        onPress={() => closer && setZoom(closer)}
      >
        <BoardIcon name="zoomIn" />
      </Tool>
      <Tool
        name={t("board.list")}
        testId="board-list-button"
        pressed={listed}
        onPress={() => setListed(!listed)}
      >
        <BoardIcon name="list" />
      </Tool>
      <Tool name={t("board.export")} testId="board-export" onPress={() => void exportPng(props)}>
        <Icon name="save" />
      </Tool>
      <Tool name={t("board.close")} testId="board-close" onPress={props.onClose}>
        <Icon name="close" />
      </Tool>
    </fieldset>
  );
}

function Look({ board }: { board: Board }) {
  const indices = (count: number) => Array.from({ length: count }, (_, i) => i as 0 | 1 | 2);
  return (
    <>
      {indices(BOARD_COLORS).map((color) => (
        <Tool
          key={color}
          name={t(`board.color.${color}`)}
          testId={`board-color-${color}`}
          pressed={board.color.value === color}
          onPress={() => board.setColor(color)}
        >
          <span class="board-color" data-color={color} />
        </Tool>
      ))}
      <hr />
      {indices(BOARD_WEIGHTS).map((weight) => (
        <Tool
          key={weight}
          name={t(`board.weight.${weight}`)}
          testId={`board-weight-${weight}`}
          pressed={board.weight.value === weight}
          onPress={() => board.setWeight(weight)}
        >
          <span class="board-weight" data-weight={weight} />
        </Tool>
      ))}
    </>
  );
}

function ImageTool({ board, notices }: ToolsProps) {
  const input = useRef<HTMLInputElement>(null);
  const insert = async (file: File) => {
    const picture = await shrinkPicture(file);
    const { bytes, width = 0, height = 0 } = picture ?? {};
    const isIn = bytes !== undefined && (await board.addImage(bytes, width, height));
    if (!isIn) notices.show(t("board.imageFailed"), { tone: "problem" });
  };
  return (
    <>
      <Tool name={t("board.image")} testId="board-image" onPress={() => input.current?.click()}>
        <BoardIcon name="image" />
      </Tool>
      <input
        ref={input}
        type="file"
        accept="image/*"
        hidden
        aria-label={t("board.image")}
        data-testid="board-file"
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          currentTarget.value = "";
          if (file !== undefined) void insert(file);
        }}
      />
    </>
  );
}

function Tool(props: {
  readonly name: string;
  readonly testId: string;
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  readonly onPress: () => void;
  readonly children: ComponentChildren;
}) {
  return (
    <button
      type="button"
      class="board-tool"
      data-testid={props.testId}
      aria-label={props.name}
      title={props.name}
      aria-pressed={props.pressed}
      disabled={props.disabled}
      onClick={props.onPress}
    >
      {props.children}
    </button>
  );
}

/** Always as on paper: it is sent and printed. */
async function exportPng({ board, bitmaps, name }: ToolsProps): Promise<void> {
  const things = board.elements.peek().map(({ thing }) => thing);
  await bitmaps.ready(things.map(({ image }) => image).filter((image) => image !== ""));
  const canvas = document.createElement("canvas");
  canvas.width = BOARD_WIDTH * EXPORT_SCALE;
  canvas.height = BOARD_HEIGHT * EXPORT_SCALE;
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.scale(EXPORT_SCALE, EXPORT_SCALE);
  paintBoard(context, things, LIGHT_BOARD, bitmaps.get);
  canvas.toBlob((blob) => blob && saveFile(`${name}.png`, blob), "image/png");
}
