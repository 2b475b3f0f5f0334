import { useId, useRef, useState } from "preact/hooks";
import { t } from "../../messages/messages.ts";
import type { Meeting } from "../../state/meeting.ts";
import type { Tile } from "../../state/tiles.ts";
import { Icon, type IconName } from "../common/Icon.tsx";

export interface TileMenuProps {
  readonly meeting: Meeting;
  readonly tile: Tile;
  readonly name: string;
  /** Whether there are others to be larger than. */
  readonly canPin: boolean;
}

/** What can be done about one tile, behind a button in its corner. */
export function TileMenu({ meeting, tile, name, canPin }: TileMenuProps) {
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
            {canPin && (
              <Item
                icon="pin"
                testId="tile-pin"
                text={t(pinned ? "tile.unpin" : "tile.pin")}
                onPress={act(() => choices.togglePin(tile.key))}
              />
            )}
            {!tile.isLocal && (
              <Item
                icon="chat"
                testId="tile-message"
                text={t("tile.message", { name })}
                onPress={act(() => meeting.writeTo(tile.participantId))}
              />
            )}
            {!tile.isLocal && <Volume meeting={meeting} tile={tile} />}
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

function Volume({ meeting, tile }: { meeting: Meeting; tile: Tile }) {
  const { volumes } = meeting;
  return (
    <label class="volume">
      <Icon name="speaker" />
      <span class="visually-hidden">{t("tile.volume")}</span>
      <input
        type="range"
        data-testid="tile-volume"
        min={0}
        max={1}
        step={0.05}
        value={volumes.of.value.get(tile.participantId) ?? 1}
        onInput={({ currentTarget: { valueAsNumber } }) =>
          volumes.set(tile.participantId, valueAsNumber)
        }
      />
    </label>
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
