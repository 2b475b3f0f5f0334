import "../messages/later/english.ts";
import { formatShare } from "../messages/formats.ts";
import { type MessageKey, t } from "../messages/messages.ts";
import { cell, type Readable } from "./cells.ts";
import type { Clock } from "./clock.ts";
import type { LocalMedia } from "./localMedia.ts";
import type { Page } from "./ports.ts";
import { release } from "./release.ts";

/** What a check of the connection found, as it goes on. */
export type ProbeNews =
  | { readonly kind: "server" | "media"; readonly ms: number }
  | { readonly kind: "failed"; readonly at: "server" | "media" }
  /** Whether others could probably reach this machine without the server. */
  | { readonly kind: "direct"; readonly isLikely: boolean }
  | {
      readonly kind: "quality";
      /** 0 .. 1, of sound that went to the server and back. */
      readonly lossShare: number;
      readonly roundTripMs: number | undefined;
    };

/** Tries the connection to the server; made in `platform/connectionProbe.ts`. */
export interface ConnectionProbe {
  /** A call with oneself, some seconds long. Rejects when it is called off. */
  measure(tell: (news: ProbeNews) => void, signal: AbortSignal): Promise<void>;
  /** Only whether a meeting could be had: what is in the way, undefined where nothing is known to be. */
  reach(signal: AbortSignal): Promise<"server" | "media" | undefined>;
}

export const CHECK_ROWS = ["browser", "server", "media", "delay", "loss", "direct"] as const;
export type CheckRow = (typeof CHECK_ROWS)[number];
/** "none": not known, since what it needs did not work. */
export type CheckGrade = "none" | "running" | "good" | "fair" | "bad";

export interface CheckResult {
  readonly grade: CheckGrade;
  /** What was found and, where it is not good, what to do; empty while it is not known. */
  readonly text: string;
}

/** The page on which one finds out why meetings do not work, or that they will. */
export interface Check {
  readonly local: LocalMedia;
  readonly results: Readable<Readonly<Record<CheckRow, CheckResult>>>;
  readonly running: Readable<boolean>;
  readonly done: Readable<boolean>;
  readonly copied: Readable<boolean>;
  start(): void;
  playSound(): void;
  /** A text without names, addresses or names of devices. */
  copyReport(): void;
  stop(): void;
}

export interface CheckContext {
  readonly local: LocalMedia;
  readonly clock: Clock;
  readonly page: Pick<Page, "copy" | "chime">;
  readonly loadProbe: () => Promise<ConnectionProbe>;
  readonly canEncrypt: () => Promise<boolean>;
  /** Whether this browser can be in meetings at all. */
  readonly canMeet: boolean;
}

/** One notices a longer way; from twice as much on people talk over each other (ITU-T G.114). */
const ROUND_TRIP_MS = { good: 150, fair: 400 };
/** What repeats make good, and what is heard all the same. */
const LOSS_SHARE = { good: 0.01, fair: 0.05 };

type Results = Record<CheckRow, { readonly grade: CheckGrade; readonly found: Found }>;
interface Found {
  readonly ms?: number;
  readonly share?: number;
}

export function createCheck(context: CheckContext): Check {
  const { clock, page } = context;
  const results = cell<Results>(blank("none"));
  const shown = cell(shownOf(results.peek()));
  const running = cell(false);
  const done = cell(false);
  const copied = cell(false);
  let calledOff: AbortController | undefined;
  const set = (row: CheckRow, grade: CheckGrade, found: Found = {}) => {
    results.value = { ...results.peek(), [row]: { grade, found } };
    shown.value = shownOf(results.peek());
  };
  const hear = (news: ProbeNews) => {
    if (news.kind === "server" || news.kind === "media") set(news.kind, "good", { ms: news.ms });
    if (news.kind === "failed") set(news.at, "bad");
    if (news.kind === "direct") set("direct", news.isLikely ? "good" : "fair");
    if (news.kind !== "quality") return;
    const { lossShare: share, roundTripMs: ms } = news;
    if (ms !== undefined) set("delay", gradeOf(ms, ROUND_TRIP_MS), { ms });
    set("loss", gradeOf(share, LOSS_SHARE), { share });
  };
  const run = async (signal: AbortSignal) => {
    const encrypts = await context.canEncrypt();
    set("browser", context.canMeet ? (encrypts ? "good" : "fair") : "bad");
    if (!context.canMeet) return;
    const probe = await context.loadProbe().catch(() => undefined);
    // Its code comes from the server too.
    if (probe === undefined) return set("server", "bad");
    await probe.measure(hear, signal);
  };
  return {
    local: context.local,
    ...{ results: shown, running, done, copied },
    start() {
      if (running.peek()) return;
      running.value = true;
      done.value = false;
      copied.value = false;
      results.value = blank("running");
      shown.value = shownOf(results.peek());
      const mine = new AbortController();
      calledOff = mine;
      void run(mine.signal)
        .catch(() => {})
        .then(() => {
          if (calledOff !== mine) return;
          for (const row of CHECK_ROWS)
            if (results.peek()[row].grade === "running") set(row, "none");
          running.value = false;
          done.value = true;
        });
    },
    playSound: () => page.chime("chat"),
    copyReport() {
      void page.copy(reportOf(results.peek(), context.local, clock.now())).then((ok) => {
        copied.value = ok;
      });
    },
    stop() {
      calledOff?.abort();
      calledOff = undefined;
    },
  };
}

function blank(grade: CheckGrade): Results {
  return Object.fromEntries(CHECK_ROWS.map((row) => [row, { grade, found: {} }])) as Results;
}

function gradeOf(value: number, limits: { good: number; fair: number }): CheckGrade {
  if (value <= limits.good) return "good";
  return value <= limits.fair ? "fair" : "bad";
}

function shownOf(results: Results): Record<CheckRow, CheckResult> {
  const show = (row: CheckRow): CheckResult => {
    const { grade, found } = results[row];
    return {
      grade,
      // Read when it is drawn, in the language of that moment.
      get text() {
        return wordsFor(row, grade, found);
      },
    };
  };
  return Object.fromEntries(CHECK_ROWS.map((row) => [row, show(row)])) as Record<
    CheckRow,
    CheckResult
  >;
}

function wordsFor(row: CheckRow, grade: CheckGrade, { ms = 0, share = 0 }: Found): string {
  if (grade === "running" || grade === "none") return "";
  const numbers = { ms: Math.round(ms), share: formatShare(share) };
  if (row === "delay" || row === "loss") {
    const found = t(`check.${row}.found`, numbers);
    return grade === "good" ? found : `${found} ${t(`check.${row}.advice`)}`;
  }
  return t(`check.${row}.${grade}` as MessageKey, numbers);
}

/** In English whatever the page's language: it is read by whoever mends things. */
function reportOf(results: Results, local: LocalMedia, nowMs: number): string {
  const lines = [`Conclave connection check, ${new Date(nowMs).toISOString()}`];
  const id = release.peek()?.running.peek()?.id;
  if (id !== undefined) lines.push(`app ${id}`);
  lines.push(`browser ${globalThis.navigator?.userAgent ?? "unknown"}`);
  for (const device of [local.microphone, local.camera]) {
    lines.push(`${device.kind} ${device.status.peek()}`);
  }
  for (const row of CHECK_ROWS) {
    const { grade, found } = results[row];
    const ms = found.ms === undefined ? "" : ` ${Math.round(found.ms)} ms`;
    const share = found.share === undefined ? "" : ` ${(found.share * 100).toFixed(1)} % lost`;
    lines.push(`${row} ${grade}${ms}${share}`);
  }
  return `${lines.join("\n")}\n`;
}
