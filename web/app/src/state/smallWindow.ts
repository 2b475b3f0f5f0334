import type { Room } from "@conclave/sdk";
import { cell, type Readable } from "./cells.ts";
import type { Size } from "./packer.ts";
import type { OpenedWindow, Page } from "./ports.ts";
import { personTiles, screenTiles, type Tile } from "./tiles.ts";
import type { Wishes } from "./wishes.ts";

/** A window of its own over all others, with the one picture that matters most. */
export interface SmallWindow {
  readonly supported: boolean;
  readonly opened: Readable<OpenedWindow | undefined>;
  /** A shared screen, else who speaks, else who is there. */
  readonly tile: Readable<Tile | undefined>;
  /** Opening wants a click, or the browser's own wish for it. */
  toggle(): Promise<void>;
  /** CSS pixels, and device pixels for each. */
  resize(size: Size, pixelRatio: number): void;
  stop(): void;
}

export function createSmallWindow(room: Room, page: Page, wishes: Wishes): SmallWindow {
  const opened = cell<OpenedWindow | undefined>(undefined);
  const tile = cell(choose(room));
  let heightPx = 0;
  let opening = false;

  const tell = () => {
    const { trackId, hasPicture } = tile.peek() ?? {};
    const shown = opened.peek() !== undefined && hasPicture && trackId !== undefined;
    wishes.show("window", shown ? [{ trackId, heightPx, onStage: true }] : []);
  };
  const refresh = () => {
    const next = choose(room);
    if (JSON.stringify(next) === JSON.stringify(tile.peek())) return;
    tile.value = next;
    if (opened.peek() !== undefined) tell();
  };
  const closed = () => {
    opened.value = undefined;
    tell();
  };
  const stops = [room.on("roster", refresh), room.on("dominantSpeaker", refresh)];

  return {
    supported: page.canOpenWindow,
    opened,
    tile,
    async toggle() {
      if (opened.peek() !== undefined) opened.peek()?.close();
      else if (!opening) {
        opening = true;
        // Refused without a click: then there is no window.
        opened.value = await page.openWindow(closed).catch(() => undefined);
        opening = false;
        tell();
      }
    },
    resize(size, pixelRatio) {
      heightPx = Math.ceil(size.height * pixelRatio);
      if (opened.peek() !== undefined) tell();
    },
    stop() {
      for (const stop of stops) stop();
      opened.peek()?.close();
    },
  };
}

function choose(room: Room): Tile | undefined {
  const [screen] = screenTiles(room.participants.values());
  const others = personTiles(room.participants.values()).filter(({ isLocal }) => !isLocal);
  const speaker = others.find(({ participantId }) => participantId === room.dominantSpeaker);
  return screen ?? speaker ?? others.find(({ hasPicture }) => hasPicture) ?? others[0];
}
