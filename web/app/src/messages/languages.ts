/** The languages that the client speaks, by BCP 47 tag, each with its name in itself. */
export const LANGUAGE_NAMES = {
  de: "Deutsch",
  en: "English",
  es: "Español",
  fr: "Français",
  it: "Italiano",
  pl: "Polski",
  "pt-BR": "Português (Brasil)",
  tr: "Türkçe",
  bg: "Български",
  uk: "Українська",
  ar: "العربية",
  hi: "हिन्दी",
  "zh-Hans": "中文（简体）",
  ja: "日本語",
} as const;

export type Language = keyof typeof LANGUAGE_NAMES;

/** In the order of their names, as in a list to choose from. */
export const LANGUAGES = Object.keys(LANGUAGE_NAMES) as readonly Language[];

const RIGHT_TO_LEFT: ReadonlySet<string> = new Set(["ar"]);

export function directionOf(language: Language): "ltr" | "rtl" {
  return RIGHT_TO_LEFT.has(language) ? "rtl" : "ltr";
}

/**
 * The language for a tag such as "de-AT" or "zh-TW": ours with the same base, since every base is
 * there once; undefined where there is none, and for what is no tag.
 */
export function languageFor(tag: string | null | undefined): Language | undefined {
  const base = baseOf(tag ?? "");
  return LANGUAGES.find((language) => baseOf(language) === base);
}

/** The first of `tags` that is spoken here, else English. */
export function firstLanguage(tags: readonly (string | null | undefined)[]): Language {
  return tags.map(languageFor).find((language) => language !== undefined) ?? "en";
}

/**
 * The tag for numbers, times and sorting: the person's own where they have the language with a
 * country ("en-GB"), else the language's.
 */
export function localeFor(language: Language, tags: readonly string[]): string {
  return tags.find((tag) => languageFor(tag) === language && isLocale(tag)) ?? language;
}

function baseOf(tag: string): string {
  return (tag.split(/[-_]/, 1)[0] ?? "").toLowerCase();
}

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length > 0;
  } catch {
    return false;
  }
}
