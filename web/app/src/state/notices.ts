import { cell, type Readable } from "./cells.ts";
import type { Clock } from "./clock.ts";
import { type Happening, isHappening, type NoticeChoices } from "./noticeChoices.ts";

/** Short messages that come and go, seen (toasts) and spoken (a polite live region). */
export interface Notice {
  readonly id: number;
  readonly text: string;
  readonly tone: "plain" | "problem";
  readonly topic: NoticeTopic;
}

/** A new notice takes the place of the last one of its topic; `other` ones stand side by side. */
export type NoticeTopic =
  | "chat"
  | "effects"
  | "role"
  | "arrivals"
  | "hands"
  | "lock"
  | "link"
  | "muted"
  | "poll"
  | "recording"
  | "verify"
  | "other";

export interface NoticeOptions {
  readonly tone?: Notice["tone"];
  readonly topic?: NoticeTopic;
}

export interface Notices {
  readonly toasts: Readable<readonly Notice[]>;
  /** What a screen reader says next. */
  readonly spoken: Readable<string>;
  show(text: string, options?: NoticeOptions): void;
  /** Spoken only. */
  say(text: string): void;
  dismiss(id: number): void;
  dismissTopic(topic: NoticeTopic): void;
  stop(): void;
}

const TOAST_MS = 4500;
const TOASTS_MAX = 3;
/** Faster than this, one announcement cuts off the one before. */
const SPEECH_GAP_MS = 1500;
const SPEECH_QUEUE_MAX = 5;
/** Much at once is one sound. */
const SOUND_GAP_MS = 1500;

export interface NoticeTaste {
  readonly choices: NoticeChoices;
  readonly chime: (what: Happening) => void;
}

/** Without `taste` everything is shown, and nothing makes a sound. */
export function createNotices(clock: Clock, taste?: NoticeTaste): Notices {
  const toasts = cell<readonly Notice[]>([]);
  const spoken = cell("");
  const queue: string[] = [];
  const timers = new Map<number, () => void>();
  let cancelSpeech: (() => void) | undefined;
  let nextId = 1;
  let soundedAt: number | undefined;

  const speak = () => {
    const text = queue.shift();
    cancelSpeech = undefined;
    if (text === undefined) return;
    spoken.value = text;
    cancelSpeech = clock.after(SPEECH_GAP_MS, speak);
  };
  const say = (text: string) => {
    if (queue.length >= SPEECH_QUEUE_MAX) queue.shift();
    queue.push(text);
    if (cancelSpeech === undefined) speak();
  };
  const dismiss = (id: number) => {
    timers.get(id)?.();
    timers.delete(id);
    toasts.value = toasts.peek().filter((notice) => notice.id !== id);
  };

  const sound = (what: Happening) => {
    const isSoon = soundedAt !== undefined && clock.now() - soundedAt < SOUND_GAP_MS;
    if (isSoon) return;
    soundedAt = clock.now();
    taste?.chime(what);
  };
  const dismissTopic = (topic: NoticeTopic) => {
    for (const old of toasts.peek()) if (old.topic === topic) dismiss(old.id);
  };

  return {
    toasts,
    spoken,
    say,
    dismiss,
    dismissTopic,
    show(text, { tone = "plain", topic = "other" } = {}) {
      if (isHappening(topic) && taste !== undefined) {
        if (taste.choices.heard.peek().has(topic)) sound(topic);
        if (!taste.choices.shown.peek().has(topic)) return;
      }
      const id = nextId++;
      if (topic !== "other") dismissTopic(topic);
      for (const old of toasts.peek().slice(0, -(TOASTS_MAX - 1))) dismiss(old.id);
      toasts.value = [...toasts.peek(), { id, text, tone, topic }];
      timers.set(
        id,
        clock.after(TOAST_MS, () => dismiss(id)),
      );
      say(text);
    },
    stop() {
      cancelSpeech?.();
      for (const cancel of timers.values()) cancel();
    },
  };
}
