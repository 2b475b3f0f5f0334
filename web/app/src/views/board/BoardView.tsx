import "../../messages/later/english.ts";
import { useState } from "preact/hooks";
import { t } from "../../messages/messages.ts";
import type { Board } from "../../state/board/board.ts";
import type { Meeting } from "../../state/meeting.ts";
import type { Box } from "../../state/packer.ts";
import { BoardCanvas } from "./BoardCanvas.tsx";
import { BoardList } from "./BoardList.tsx";
import { BoardTools } from "./BoardTools.tsx";
import { createBitmaps } from "./bitmaps.ts";
import { onKey } from "./keys.ts";

/** The shared board on this person's stage. */
export function BoardView({ meeting, box }: { meeting: Meeting; box: Box }) {
  const board = meeting.board.part.value;
  return (
    <section
      class="board"
      data-testid="board"
      aria-label={t("board.title")}
      // From its tools and its list too; what it has a use for does not reach the meeting.
      onKeyDown={(event) => board && onKey(board, event)}
      style={{
        insetInlineStart: `${box.x}px`,
        insetBlockStart: `${box.y}px`,
        width: `${box.width}px`,
        height: `${box.height}px`,
      }}
    >
      {meeting.board.failed.value && <p role="alert">{t("end.notLoaded.title")}</p>}
      {board && <Content board={board} meeting={meeting} />}
    </section>
  );
}

function Content({ board, meeting }: { board: Board; meeting: Meeting }) {
  const [zoom, setZoom] = useState(1);
  const [listed, setListed] = useState(false);
  const [bitmaps] = useState(() => createBitmaps(board.images));
  const name = `${meeting.roomName} ${t("board.title")}`;
  return (
    <div class="board-parts">
      <BoardTools
        {...{ board, bitmaps, zoom, setZoom, listed, setListed, name }}
        notices={meeting.notices}
        onClose={() => meeting.board.setShown(false)}
      />
      <div class="board-body">
        <BoardCanvas {...{ board, bitmaps, zoom }} appearance={meeting.choices.appearance.value} />
        {listed && <BoardList board={board} />}
      </div>
    </div>
  );
}
