import type { Room, TrackId, TrackWish } from "../room/types.ts";

/** A page that is hidden keeps its pictures this long: a glance at another tab costs nothing. */
const HIDDEN_AFTER_MS = 5_000;
/** An element gets a small window of its own, or comes back from it. */
const PICTURE_IN_PICTURE = ["enterpictureinpicture", "leavepictureinpicture"] as const;
/** On finer screens nobody sees the difference, but every link and decoder feels it. */
const PIXEL_RATIO_MAX = 2;

export interface ShownOptions {
  readonly pinned?: boolean;
  readonly onStage?: boolean;
}

interface Shown extends ShownOptions {
  readonly trackId: TrackId;
  seen: boolean;
}

/**
 * For applications that put pictures anywhere, and have no layout to ask: tells the room how large
 * the elements are that show its tracks, and which of them can be seen. Once made, it alone calls
 * `setLayout`.
 */
export class VisibleTracks {
  readonly #room: Pick<Room, "setLayout">;
  readonly #shown = new Map<Element, Shown>();
  readonly #sizes = new ResizeObserver(() => this.#tell());
  readonly #sight = new IntersectionObserver((entries) => this.#onSight(entries));
  #hidden = false;
  #hiding: ReturnType<typeof setTimeout> | undefined;

  constructor(room: Pick<Room, "setLayout">) {
    this.#room = room;
    document.addEventListener("visibilitychange", this.#onVisibility);
    for (const event of PICTURE_IN_PICTURE) document.addEventListener(event, this.#onPicture, true);
  }

  /** Returns what ends it. An element shows one track at a time: the last one. */
  show(trackId: TrackId, element: Element, options: ShownOptions = {}): () => void {
    const shown: Shown = { ...options, trackId, seen: this.#shown.get(element)?.seen ?? false };
    this.#shown.set(element, shown);
    this.#sizes.observe(element);
    this.#sight.observe(element);
    this.#tell();
    return () => {
      if (this.#shown.get(element) !== shown) return;
      this.#shown.delete(element);
      this.#sizes.unobserve(element);
      this.#sight.unobserve(element);
      this.#tell();
    };
  }

  close(): void {
    clearTimeout(this.#hiding);
    document.removeEventListener("visibilitychange", this.#onVisibility);
    for (const event of PICTURE_IN_PICTURE)
      document.removeEventListener(event, this.#onPicture, true);
    this.#sizes.disconnect();
    this.#sight.disconnect();
    this.#shown.clear();
  }

  #onSight(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      const shown = this.#shown.get(target);
      if (shown !== undefined) shown.seen = isIntersecting;
    }
    this.#tell();
  }

  readonly #onVisibility = (): void => {
    clearTimeout(this.#hiding);
    const hide = (hidden: boolean) => {
      this.#hidden = hidden;
      this.#tell();
    };
    if (document.visibilityState === "visible") hide(false);
    else this.#hiding = setTimeout(() => hide(true), HIDDEN_AFTER_MS);
  };

  readonly #onPicture = (): void => this.#tell();

  #tell(): void {
    const wishes = new Map<TrackId, TrackWish>();
    const pixelRatio = Math.min(devicePixelRatio, PIXEL_RATIO_MAX);
    for (const [element, { trackId, seen, pinned, onStage }] of this.#shown) {
      const heightPx = Math.ceil(element.clientHeight * pixelRatio);
      // A small window of its own stays in sight whatever becomes of the page.
      const isOut = element === document.pictureInPictureElement;
      const isSeen = isOut || (seen && !this.#hidden);
      if (!isSeen || heightPx <= (wishes.get(trackId)?.heightPx ?? 0)) continue;
      wishes.set(trackId, {
        ...{ trackId, heightPx },
        ...(pinned === undefined ? {} : { pinned }),
        ...(onStage === undefined ? {} : { onStage }),
      });
    }
    this.#room.setLayout([...wishes.values()].sort((a, b) => rank(b) - rank(a)));
  }
}

/** The stage before all, then the larger before the smaller. */
function rank({ onStage, heightPx }: TrackWish): number {
  return (onStage === true ? 1_000_000 : 0) + heightPx;
}
