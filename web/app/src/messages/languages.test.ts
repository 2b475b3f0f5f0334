import { afterEach, expect, test } from "vitest";
import {
  directionOf,
  firstLanguage,
  LANGUAGE_NAMES,
  LANGUAGES,
  languageFor,
  localeFor,
} from "./languages.ts";
import { isRightToLeft, language, speak, t } from "./messages.ts";

/** Every file is read and made into a module, on a machine that may be busy. */
const LOADING_MS = 60_000;

afterEach(() => speak("en"));

test("a tag finds the language with its base", () => {
  expect(languageFor("de-AT")).toBe("de");
  expect(languageFor("DE")).toBe("de");
  expect(languageFor("pt-PT")).toBe("pt-BR");
  expect(languageFor("zh-TW")).toBe("zh-Hans");
  expect(languageFor("tlh")).toBeUndefined();
  expect(languageFor("")).toBeUndefined();
  expect(languageFor(null)).toBeUndefined();
});

test("the first language that is spoken here is taken, and English where none is", () => {
  expect(firstLanguage([undefined, "nb-NO", "de-CH", "en"])).toBe("de");
  expect(firstLanguage(["nb", "?"])).toBe("en");
});

test("numbers and times follow the person's country, where it is one of the language", () => {
  expect(localeFor("en", ["de", "en-GB", "en-US"])).toBe("en-GB");
  expect(localeFor("de", ["en-GB"])).toBe("de");
  expect(localeFor("de", ["de-!"])).toBe("de");
});

test("every language has a name, and loads", { timeout: LOADING_MS }, async () => {
  for (const each of LANGUAGES) {
    expect(LANGUAGE_NAMES[each]).not.toBe("");
    expect(await speak(each)).toBe(true);
    expect(language.peek()).toBe(each);
  }
});

test("the last choice wins, whichever loads first", async () => {
  const first = speak("de");
  const second = speak("en");
  expect(await first).toBe(false);
  expect(await second).toBe(true);
  expect(t("landing.join")).toBe("Join");
});

test("other languages have their own words and plurals", { timeout: LOADING_MS }, async () => {
  const told = (count: number) => t("people.count", { count });
  await speak("de");
  expect([1, 5].map(told)).toEqual([
    "1 Person in dieser Besprechung",
    "5 Personen in dieser Besprechung",
  ]);
  await speak("pl");
  expect([1, 3, 5, 22].map(told)).toEqual([
    "1 osoba w tym spotkaniu",
    "3 osoby w tym spotkaniu",
    "5 osób w tym spotkaniu",
    "22 osoby w tym spotkaniu",
  ]);
  await speak("ja");
  expect(told(2)).toBe("この会議には2人います");
});

test("Arabic goes from right to left, and isolates what goes the other way", async () => {
  expect(directionOf("ar")).toBe("rtl");
  expect(directionOf("de")).toBe("ltr");
  await speak("ar");
  expect(isRightToLeft()).toBe(true);
  expect(t("people.count", { count: 2 })).toBe("شخصان في هذا الاجتماع");
  expect(t("tile.screenOf", { name: "Ana" })).toBe("شاشة \u2068Ana\u2069");
  expect(t("tile.screenOf", { name: "ليلى" })).toBe("شاشة ليلى");
});
