import "../../messages/later/english.ts";
import { t } from "../../messages/messages.ts";
import type { Board } from "../../state/board/board.ts";
import { Icon } from "../common/Icon.tsx";
import { BoardIcon, type BoardIconName } from "./BoardIcon.tsx";
import { nameOf } from "./names.ts";

const MOVE = 20;

/** Everything on the board by its name, to be chosen, moved and changed without dragging. */
export function BoardList({ board }: { board: Board }) {
  const elements = board.elements.value;
  const selected = board.selected.value;
  return (
    <section class="board-list" data-testid="board-list" aria-label={t("board.list")}>
      {elements.length === 0 && <p class="board-empty">{t("board.listEmpty")}</p>}
      <ul>
        {elements.map(({ id, thing }) => (
          <li key={id}>
            <button
              type="button"
              class="board-row"
              data-board="row"
              data-testid="board-row"
              aria-pressed={id === selected?.id}
              onClick={() => {
                board.setTool("select");
                board.select(id);
              }}
            >
              <BoardIcon name={thing.kind} />
              <span>{nameOf(thing)}</span>
            </button>
          </li>
        ))}
      </ul>
      {selected && <Actions board={board} />}
    </section>
  );
}

function Actions({ board }: { board: Board }) {
  const selected = board.selected.value;
  const isText = selected?.thing.kind === "text" || selected?.thing.kind === "note";
  const actions: readonly [BoardIconName, string, () => void][] = [
    ["left", t("board.moveLeft"), () => board.move(-MOVE, 0)],
    ["up", t("board.moveUp"), () => board.move(0, -MOVE)],
    ["down", t("board.moveDown"), () => board.move(0, MOVE)],
    ["right", t("board.moveRight"), () => board.move(MOVE, 0)],
    ["zoomIn", t("board.larger"), () => board.resize(MOVE, MOVE)],
    ["zoomOut", t("board.smaller"), () => board.resize(-MOVE, -MOVE)],
  ];
  return (
    <fieldset class="board-actions" aria-label={selected ? nameOf(selected.thing) : ""}>
      {actions.map(([icon, name, run]) => (
        <button
          key={icon}
          type="button"
          class="icon-button"
          aria-label={name}
          title={name}
          onClick={run}
        >
          <BoardIcon name={icon} />
        </button>
      ))}
      {isText && (
        <button
          type="button"
          class="icon-button"
          data-testid="board-edit"
          aria-label={t("board.editText")}
          title={t("board.editText")}
          onClick={() => selected && board.edit(selected.id)}
        >
          <Icon name="edit" />
        </button>
      )}
      <button
        type="button"
        class="icon-button"
        data-testid="board-delete"
        aria-label={t("board.delete")}
        title={t("board.delete")}
        onClick={() => board.remove()}
      >
        <Icon name="bin" />
      </button>
    </fieldset>
  );
}
