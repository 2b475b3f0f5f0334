import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Catalogue } from "./catalogues.ts";
import { LANGUAGES, type Language } from "./languages.ts";

/** No count that a person reads is larger: people in a room, unread messages, minutes. */
const COUNT_MAX = 1000;

/** English comes in two parts: what the page begins with, and what comes with later parts of it. */
function partsOf(language: Language): readonly string[] {
  const files = [`${language}.json`, ...(language === "en" ? ["later/en.json"] : [])];
  return files.map((file) => readFileSync(join(import.meta.dirname, file), "utf8"));
}

function textOf(language: Language): string {
  return partsOf(language).join("\n");
}

function read(language: Language): Catalogue {
  return Object.assign({}, ...partsOf(language).map((text) => JSON.parse(text))) as Catalogue;
}

/** Of each plural form that the language uses for counts: the counts. */
function countsByForm(language: Language): ReadonlyMap<string, readonly number[]> {
  const rules = new Intl.PluralRules(language);
  const byForm = new Map<string, number[]>();
  for (let count = 0; count <= COUNT_MAX; count++) {
    const form = rules.select(count);
    byForm.set(form, [...(byForm.get(form) ?? []), count]);
  }
  return byForm;
}

const english = read("en");
const counted = Object.keys(english)
  .filter((key) => key.endsWith("_other"))
  .map((key) => key.slice(0, -"_other".length));

/** What a language has to have, each with the English text that it stands for. */
function expected(language: Language): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const [key, text] of Object.entries(english)) {
    const base = key.replace(/_(one|other)$/, "");
    if (!counted.includes(base)) texts.set(key, text);
    else for (const form of countsByForm(language).keys()) texts.set(`${base}_${form}`, text);
  }
  return texts;
}

function placeholders(text: string): string[] {
  return Array.from(text.matchAll(/\{\w+\}/g), String).sort();
}

test("there is one file for each language, and no other", () => {
  const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith(".json"));
  expect(files.sort()).toEqual(LANGUAGES.map((language) => `${language}.json`).sort());
});

test("plural forms are what the languages have", () => {
  const forms = (tag: string) => [...countsByForm(tag as Language).keys()].sort();
  expect(forms("pl")).toEqual(["few", "many", "one"]);
  expect(forms("ja")).toEqual(["other"]);
  expect(forms("ar")).toEqual(["few", "many", "one", "other", "two", "zero"]);
});

describe.each(LANGUAGES)("%s", (language) => {
  const texts = read(language);
  const wanted = expected(language);

  test("has every text once, and no other", () => {
    const keys = Object.keys(texts);
    expect([...wanted.keys()].filter((key) => !keys.includes(key))).toEqual([]);
    expect(keys.filter((key) => !wanted.has(key))).toEqual([]);
    // A key that is there twice would be read as its last text.
    const written = Array.from(textOf(language).matchAll(/^\s*"([\w.-]+)":/gm), ([, key]) => key);
    expect(written).toEqual(keys);
  });

  test("keeps the placeholders", () => {
    const counts = countsByForm(language);
    const wrong = Object.entries(texts).filter(([key, text]) => {
      const [, form = ""] = /_([a-z]+)$/.exec(key) ?? [];
      // A form of one number only, such as the Arabic dual, may say the number in the word.
      const mayOmit = counts.get(form)?.length === 1 && !text.includes("{count}");
      const names = placeholders(wanted.get(key) ?? "");
      return String(placeholders(text)) !== String(mayOmit ? names.filter(isNotCount) : names);
    });
    expect(wrong).toEqual([]);
  });

  test("is translated, and has nothing odd at the ends", () => {
    const offenders = Object.entries(texts).filter(([key, text]) => {
      const sentence = / \w+ /.test(text.replace(/\{\w+\}/g, ""));
      const same = language !== "en" && sentence && text === wanted.get(key);
      return same || text.trim() !== text || text === "" || / {2}|<|&\w+;/.test(text);
    });
    expect(offenders).toEqual([]);
  });
});

function isNotCount(name: string): boolean {
  return name !== "{count}";
}
