/** Which key does what. Single letters, so they hold only outside of text fields. */
export type ShortcutAction =
  | "toggle-microphone"
  | "toggle-camera"
  | "toggle-share"
  | "toggle-chat"
  | "toggle-people"
  | "page-back"
  | "page-forward";

export interface KeyPress {
  readonly key: string;
  readonly modified: boolean;
  readonly repeated: boolean;
  /** The focus is where letters are typed. */
  readonly inText: boolean;
  /** The focus is on something that Space presses. */
  readonly onButton: boolean;
}

const ACTIONS: Readonly<Record<string, ShortcutAction>> = {
  m: "toggle-microphone",
  v: "toggle-camera",
  d: "toggle-share",
  c: "toggle-chat",
  p: "toggle-people",
  pageup: "page-back",
  pagedown: "page-forward",
};

export function shortcutFor(press: KeyPress): ShortcutAction | undefined {
  if (press.modified || press.repeated || press.inText) return undefined;
  return ACTIONS[press.key.toLowerCase()];
}

/** Shown beside a control's name. */
export const SHORTCUT_KEYS = {
  microphone: "M",
  camera: "V",
  share: "D",
  chat: "C",
  people: "P",
} as const;

/**
 * Push to talk: while Space is held a muted microphone is open. Whatever ends it (key up, another
 * window, a hidden page), the microphone is muted again: it is never left open.
 */
export class PushToTalk {
  #talking = false;

  constructor(
    private readonly isMuted: () => boolean,
    private readonly setMuted: (muted: boolean) => void,
  ) {}

  get talking(): boolean {
    return this.#talking;
  }

  /** Returns whether the press was taken. */
  press(press: KeyPress): boolean {
    if (press.key !== " " || press.modified || press.inText || press.onButton) return false;
    if (!this.#talking && !press.repeated && this.isMuted()) {
      this.#talking = true;
      this.setMuted(false);
    }
    return this.#talking;
  }

  release(): void {
    if (!this.#talking) return;
    this.#talking = false;
    this.setMuted(true);
  }
}
