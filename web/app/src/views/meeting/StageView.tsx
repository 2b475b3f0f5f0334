import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../../messages/messages.ts";
import { Pictures } from "../../platform/pictures.ts";
import { onPixelRatio, Sight } from "../../platform/sight.ts";
import { watch } from "../../state/cells.ts";
import type { Meeting } from "../../state/meeting.ts";
import { BOARD_KEY } from "../../state/tiles.ts";
import { Icon } from "../common/Icon.tsx";
import { lazyView } from "../common/lazyView.tsx";
import { AloneCard } from "./AloneCard.tsx";
import { TileView } from "./TileView.tsx";

const BoardView = lazyView(async () => (await import("../board/index.ts")).BoardView);

export function StageView({ meeting }: { meeting: Meeting }) {
  const stage = useRef<HTMLDivElement>(null);
  const pictures = usePictures(meeting);
  const sight = useSight();
  const { mode, tiles, page, pages } = meeting.stage.view.value;

  useLayoutEffect(() => {
    const element = stage.current;
    if (element === null) return;
    const measure = () =>
      meeting.stage.resize(
        { width: element.clientWidth, height: element.clientHeight },
        window.devicePixelRatio,
      );
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    const stopRatio = onPixelRatio(measure);
    return () => {
      observer.disconnect();
      stopRatio();
    };
  }, [meeting]);

  return (
    <div class="stage" data-mode={mode} data-connection={meeting.connection.stage.value}>
      <div class="stage-tiles" ref={stage}>
        {tiles.map((placed) =>
          placed.tile.key === BOARD_KEY ? (
            <BoardView key={BOARD_KEY} meeting={meeting} box={placed.box} />
          ) : (
            <TileView key={placed.tile.key} {...{ meeting, pictures, sight, placed }} />
          ),
        )}
      </div>
      {mode === "alone" && !meeting.breakouts.open.value && <AloneCard meeting={meeting} />}
      {pages > 1 && <Pager meeting={meeting} page={page} pages={pages} />}
    </div>
  );
}

function Pager(props: { meeting: Meeting; page: number; pages: number }) {
  const { meeting, page, pages } = props;
  return (
    <div class="pager">
      <button
        type="button"
        class="icon-button"
        aria-label={t("stage.pageBack")}
        disabled={page === 0}
        onClick={() => meeting.stage.turnPage(-1)}
      >
        <Icon name="back" />
      </button>
      <span>{t("stage.page", { page: page + 1, pages })}</span>
      <button
        type="button"
        class="icon-button"
        aria-label={t("stage.pageForward")}
        disabled={page === pages - 1}
        onClick={() => meeting.stage.turnPage(1)}
      >
        <Icon name="forward" />
      </button>
    </div>
  );
}

function useSight(): Sight {
  const sight = useRef<Sight>(undefined);
  sight.current ??= new Sight();
  const held = sight.current;
  useEffect(() => () => held.close(), [held]);
  return held;
}

/** One pool for the meeting; it forgets the tracks that went away. */
function usePictures(meeting: Meeting): Pictures {
  const pictures = useRef<Pictures>(undefined);
  pictures.current ??= new Pictures();
  const pool = pictures.current;
  useEffect(() => {
    const stop = watch(() => {
      // Whenever tracks come and go, some may have ended.
      meeting.media.byTrack.value;
      meeting.local.camera.track.value;
      pool.forgetEnded();
    });
    return () => {
      stop();
      pool.close();
    };
  }, [meeting, pool]);
  return pool;
}
