import { useId, useRef, useState } from "preact/hooks";
import { t } from "../../messages/messages.ts";
import type { Meeting } from "../../state/meeting.ts";
import type { Tile } from "../../state/tiles.ts";
import { Icon, type IconName } from "../common/Icon.tsx";

/** What can be done about one tile, behind a button in its corner. */
export function TileMenu({ meeting, tile, name }: { meeting: Meeting; tile: Tile; name: string }) {
  const id = useId();
  const menu = useRef<HTMLElement>(null);
  const [open, setOpen] = useState(false);
  const { choices } = meeting;
  const pinned = choices.pinned.value === tile.key;
  const act = (action: () => void) => () => {
    menu.current?.hidePopover();
    action();
  };
  return (
    <>
      <button
        type="button"
        class="tile-more"
        data-testid="tile-menu-button"
        aria-label={t("tile.menu", { name })}
        aria-haspopup="true"
        popovertarget={id}
      >
        <Icon name={pinned ? "pin" : "more"} />
      </button>
      <section
        ref={menu}
        id={id}
        class="menu tile-menu"
        popover="auto"
        aria-label={t("tile.menu", { name })}
        onToggle={(event) => setOpen(event.newState === "open")}
      >
        {open && (
          <>
            <Item
              icon="pin"
              testId="tile-pin"
              text={t(pinned ? "tile.unpin" : "tile.pin")}
              onPress={act(() => choices.togglePin(tile.key))}
            />
            {tile.isLocal && tile.source === "camera" && (
              <Item
                icon="eyeOff"
                testId="tile-hide"
                text={t("tile.hideSelf")}
                onPress={act(() => choices.setSelfView("hidden"))}
              />
            )}
          </>
        )}
      </section>
    </>
  );
}

function Item(props: { icon: IconName; testId: string; text: string; onPress: () => void }) {
  return (
    <button type="button" class="menu-action" data-testid={props.testId} onClick={props.onPress}>
      <Icon name={props.icon} />
      {props.text}
    </button>
  );
}
