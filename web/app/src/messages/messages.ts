import { cell, type Readable } from "../state/cells.ts";
import { type Catalogue, loadCatalogue } from "./catalogues.ts";
import en from "./en.json";
import { directionOf, type Language, localeFor } from "./languages.ts";
import type later from "./later/en.json";

/** Every text that a person reads is in the catalogue; `{name}` is filled in from the parameters. */
type CatalogueKey = keyof typeof en | keyof typeof later;
type WithoutPlural<K extends string> = K extends `${infer Base}_${"one" | "other"}` ? Base : K;
export type MessageKey = WithoutPlural<CatalogueKey>;
export type Parameters = Readonly<Record<string, string | number>>;

interface Spoken {
  readonly language: Language;
  readonly texts: Catalogue;
  readonly plurals: Intl.PluralRules;
  readonly numbers: Intl.NumberFormat;
  /** For times and sorting. */
  readonly locale: string;
}

const english = spoken("en", { ...en });
const current = cell<Spoken>(english);
/** For the part of the English catalogue that comes with what needs it (later/english.ts). */
export function addEnglish(texts: Catalogue): void {
  Object.assign(english.texts, texts);
}

/** Counts wishes, so that a language that comes late does not undo a later choice. */
let wishes = 0;

/**
 * Speaks `language` as soon as its texts are there; whatever reads a text while it draws is drawn
 * again. False, and nothing changes, where they did not load or another language was wanted since.
 */
export async function speak(language: Language): Promise<boolean> {
  const wish = ++wishes;
  const texts =
    language === "en" ? english.texts : await loadCatalogue(language).catch(() => undefined);
  if (texts === undefined || wish !== wishes) return false;
  current.value = spoken(language, texts);
  return true;
}

export const language = {
  /** What is spoken now. Followed by whoever reads it while they draw. */
  get value(): Language {
    return current.value.language;
  },
  peek: () => current.peek().language,
  subscribe: (listener: (value: Language) => void) =>
    current.subscribe((now) => listener(now.language)),
} satisfies Readable<Language>;

/** The tag for `Intl`'s formats of times and lists, and for sorting names. */
export function locale(): string {
  return current.value.locale;
}

export function isRightToLeft(): boolean {
  return directionOf(current.value.language) === "rtl";
}

/** The text for `key`; a parameter `count` picks the plural form. English where it is missing. */
export function t(key: MessageKey, parameters: Parameters = {}): string {
  const now = current.value;
  const count = Number(parameters["count"] ?? 0);
  const text = find(now, key, count) ?? find(english, key, count) ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = parameters[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? now.numbers.format(value) : isolated(value);
  });
}

/** A number that stands by itself. */
export function formatNumber(value: number): string {
  return current.value.numbers.format(value);
}

function find({ texts, plurals }: Spoken, key: string, count: number): string | undefined {
  return texts[key] ?? texts[`${key}_${plurals.select(count)}`] ?? texts[`${key}_other`];
}

function spoken(language: Language, texts: Catalogue): Spoken {
  const locale = localeFor(language, globalThis.navigator?.languages ?? []);
  return {
    language,
    texts,
    plurals: new Intl.PluralRules(language),
    numbers: new Intl.NumberFormat(locale),
    locale,
  };
}

const RIGHT_TO_LEFT_LETTER = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/**
 * A name of the other direction is kept from turning the sentence around it. An address is not
 * touched: it is left to right by itself, and may be copied out of the sentence.
 */
function isolated(value: string): string {
  if (value.includes("://") || RIGHT_TO_LEFT_LETTER.test(value) === isRightToLeft()) return value;
  return `\u2068${value}\u2069`;
}
