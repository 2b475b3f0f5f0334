import { locale } from "./messages.ts";

/** Times, dates, shares and the order of names, as the language that is spoken has them. */

interface Formats {
  readonly time: Intl.DateTimeFormat;
  readonly day: Intl.DateTimeFormat;
  readonly share: Intl.NumberFormat;
  readonly wholeShare: Intl.NumberFormat;
  readonly names: Intl.Collator;
  readonly list: Intl.ListFormat;
}

/** Making one takes longer than using it a hundred times. */
const made = new Map<string, Formats>();

function formats(): Formats {
  const tag = locale();
  const known = made.get(tag);
  if (known) return known;
  const fresh = {
    time: new Intl.DateTimeFormat(tag, { timeStyle: "short" }),
    day: new Intl.DateTimeFormat(tag, { dateStyle: "medium" }),
    share: new Intl.NumberFormat(tag, {
      style: "percent",
      minimumFractionDigits: 1,
      maximumFractionDigits: 1,
    }),
    wholeShare: new Intl.NumberFormat(tag, { style: "percent", maximumFractionDigits: 0 }),
    names: new Intl.Collator(tag, { sensitivity: "base", numeric: true }),
    list: new Intl.ListFormat(tag, { style: "short", type: "unit" }),
  };
  made.set(tag, fresh);
  return fresh;
}

export function formatTime(at: number | Date): string {
  return formats().time.format(at);
}

export function formatDay(at: number | Date): string {
  return formats().day.format(at);
}

/** `share`: 0 .. 1, as per cent. */
export function formatShare(share: number): string {
  return formats().share.format(share);
}

/** `share`: 0 .. 1, without decimals. */
export function formatWholeShare(share: number): string {
  return formats().wholeShare.format(share);
}

/** In kilobytes or megabytes. */
export function formatBytes(bytes: number): string {
  const isLarge = bytes >= 1_000_000;
  return new Intl.NumberFormat(locale(), {
    style: "unit",
    unit: isLarge ? "megabyte" : "kilobyte",
    maximumFractionDigits: isLarge ? 1 : 0,
  }).format(Math.max(isLarge ? bytes / 1_000_000 : bytes / 1000, 1));
}

/** Names side by side. */
export function formatList(names: readonly string[]): string {
  return formats().list.format(names);
}

/** For `sort`: capitals and numbers as people expect them. */
export function compareNames(a: string, b: string): number {
  return formats().names.compare(a, b);
}
