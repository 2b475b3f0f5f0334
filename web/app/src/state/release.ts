import type { Verdict } from "../keeper/verdict.ts";
import { cell, derived, type Readable } from "./cells.ts";
import type { Clock } from "./clock.ts";
import type { PreferenceStore } from "./ports.ts";

/** Keeps the release of this page that the browser runs; made in `platform/releaseKeeper.ts`. */
export interface ReleaseKeeper {
  /** Compares what is held with what the server offers. */
  check(): Promise<Verdict>;
  /** Runs `id` from the next load on; false where the server did not give it whole. */
  take(id: string): Promise<boolean>;
  /** Erases what is held. */
  forget(): Promise<void>;
}

/** What a person is told before a meeting, and may choose. */
export type ReleaseNotice =
  | { readonly kind: "offered"; readonly held: string; readonly offered: string }
  /** `isKept`: what runs is what was held before. */
  | { readonly kind: "altered"; readonly path: string; readonly isKept: boolean }
  | { readonly kind: "unreachable" };

/** What runs, as far as a page can know it of itself. */
export interface Running {
  readonly id: string;
  /** Since when this browser keeps it, in milliseconds since 1970; undefined: it does not. */
  readonly since: number | undefined;
}

/** Which build of this page runs, and whether the server still offers it. */
export interface ReleaseModel {
  /** Undefined: not known (yet). */
  readonly running: Readable<Running | undefined>;
  /** The release that the server offers instead. */
  readonly other: Readable<string | undefined>;
  readonly notice: Readable<ReleaseNotice | undefined>;
  readonly taking: Readable<boolean>;
  /** What was to be taken did not come whole. */
  readonly failed: Readable<boolean>;
  /** Looks again, if it was not done just now. */
  check(): void;
  /** The offered one, and loads the page again. Not during a meeting. */
  take(): void;
  /** Stays with what is held: not asked again about this offer. */
  decline(): void;
  /** Erases what is kept. */
  forget(): void;
}

export interface ReleaseContext {
  readonly loadKeeper: () => Promise<ReleaseKeeper>;
  readonly preferences: PreferenceStore;
  readonly clock: Clock;
  readonly reload: () => void;
}

/** The page itself is drawn and its call preloaded first. */
export const FIRST_CHECK_MS = 2500;
/** Between meetings, a new release is soon enough known. */
export const CHECK_AGAIN_MS = 10 * 60_000;

export function createRelease(context: ReleaseContext): ReleaseModel {
  const { preferences, clock } = context;
  const verdict = cell<Verdict | undefined>(undefined);
  const declined = cell(preferences.read().declinedRelease);
  const taking = cell(false);
  const failed = cell(false);
  let keeper: Promise<ReleaseKeeper> | undefined;
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  const other = derived(() =>
    verdict.value?.kind === "offered" ? verdict.value.offered : undefined,
  );
  const look = () => {
    if (clock.now() - lookedAtMs < CHECK_AGAIN_MS) return;
    lookedAtMs = clock.now();
    keeper ??= context.loadKeeper();
    keeper
      .then((ready) => ready.check())
      .then((found) => {
        verdict.value = found;
      })
      // The page works without: from the server, each time.
      .catch(() => {});
  };
  return {
    other,
    taking,
    failed,
    running: derived(() => runningIn(verdict.value)),
    notice: derived(() => noticeOf(verdict.value, declined.value)),
    check: () => void clock.after(FIRST_CHECK_MS, look),
    take() {
      const id = other.peek();
      if (id === undefined || taking.peek()) return;
      taking.value = true;
      failed.value = false;
      void (keeper ?? Promise.reject())
        .then((ready) => ready.take(id))
        .catch(() => false)
        .then((taken) => {
          taking.value = false;
          failed.value = !taken;
          if (taken) context.reload();
        });
    },
    decline() {
      const id = other.peek();
      if (id === undefined) return;
      declined.value = id;
      preferences.write({ declinedRelease: id });
    },
    forget() {
      verdict.value = undefined;
      lookedAtMs = clock.now();
      keeper?.then((ready) => ready.forget()).catch(() => {});
      keeper = undefined;
    },
  };
}

/** The one of this page; undefined where it is not built but served while developing. */
export const release = cell<ReleaseModel | undefined>(undefined);

/** What two people can read to each other: groups of four, sixteen of them in all. */
export function groupsOf(id: string): string[] {
  return id.match(/.{4}/g) ?? [];
}

/** Enough to tell two releases apart at a glance. */
export function shortOf(id: string): string {
  return groupsOf(id).slice(0, 2).join(" ");
}

function runningIn(verdict: Verdict | undefined): Running | undefined {
  if (verdict === undefined || verdict.kind === "none") return undefined;
  return verdict.kind === "unkept" ? { id: verdict.id, since: undefined } : verdict.held;
}

function noticeOf(
  verdict: Verdict | undefined,
  declined: string | undefined,
): ReleaseNotice | undefined {
  switch (verdict?.kind) {
    case "offered":
      if (verdict.offered === declined) return undefined;
      return { kind: "offered", held: verdict.held.id, offered: verdict.offered };
    case "altered":
      return { kind: "altered", path: verdict.path, isKept: verdict.held !== undefined };
    case "unreachable":
      return { kind: "unreachable" };
    default:
      return undefined;
  }
}
