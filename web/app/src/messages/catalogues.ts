import type { Language } from "./languages.ts";

/** Texts by key; a key with a plural has one for each of the language's forms, such as `_few`. */
export type Catalogue = Readonly<Record<string, string>>;

/** Each language but English is a chunk of its own, fetched when it is wanted. */
const LOADERS: Readonly<Record<Exclude<Language, "en">, () => Promise<{ default: Catalogue }>>> = {
  de: () => import("./de.json"),
  es: () => import("./es.json"),
  fr: () => import("./fr.json"),
  it: () => import("./it.json"),
  pl: () => import("./pl.json"),
  "pt-BR": () => import("./pt-BR.json"),
  tr: () => import("./tr.json"),
  bg: () => import("./bg.json"),
  uk: () => import("./uk.json"),
  ar: () => import("./ar.json"),
  hi: () => import("./hi.json"),
  "zh-Hans": () => import("./zh-Hans.json"),
  ja: () => import("./ja.json"),
};

export async function loadCatalogue(language: Exclude<Language, "en">): Promise<Catalogue> {
  return (await LOADERS[language]()).default;
}
