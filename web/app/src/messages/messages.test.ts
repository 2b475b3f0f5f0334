import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import en from "./en.json";
import later from "./later/en.json";
import { t } from "./messages.ts";

const source = join(import.meta.dirname, "..");
const files = readdirSync(source, { recursive: true, encoding: "utf8" })
  .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file))
  .map((file) => [file, readFileSync(join(source, file), "utf8")] as const);
const code = files.map(([, text]) => text).join("\n");

/** Keys as they are asked for: without the plural's ending. */
const withoutPlural = (texts: object) =>
  new Set(Object.keys(texts).map((key) => key.replace(/_(one|other)$/, "")));
const keys = [...withoutPlural({ ...en, ...later })];

/** Keys made of parts, as patterns: `device.${kind}.${status}`. */
const patterns = patternsOf(code);

function patternsOf(text: string): readonly RegExp[] {
  const templates = text.matchAll(/`([a-z]+\.(?:[\w.-]|\$\{[^`}]*\})*\$\{[^`}]*\}[\w.-]*)`/gi);
  return Array.from(templates, ([, template]) => {
    const parts = (template ?? "").split(/\$\{[^}]*\}/).map((part) => part.replaceAll(".", "\\."));
    return new RegExp(`^${parts.join("[\\w-]+(?:\\.[\\w-]+)*")}$`);
  });
}

test("texts of later parts are asked for where those parts bring them along", () => {
  const late = withoutPlural(later);
  const asks = files.filter(([, text]) => {
    const whole = Array.from(text.matchAll(/"([\w.-]+)"/g), ([, key]) => key ?? "");
    const made = patternsOf(text);
    return [...late].some((key) => whole.includes(key) || made.some((some) => some.test(key)));
  });
  expect(asks.length).toBeGreaterThan(3);
  const without = asks.filter(([, text]) => !text.includes('messages/later/english.ts"'));
  expect(without.map(([file]) => file)).toEqual([]);
});

test("every text of the catalogue is used", () => {
  const unused = keys.filter(
    (key) => !code.includes(`"${key}"`) && !patterns.some((pattern) => pattern.test(key)),
  );
  expect(unused).toEqual([]);
});

test("every text that the code asks for is in the catalogue", () => {
  // Whole keys are checked by the compiler; this also finds those that reach `t` as plain strings.
  const prefixes = new Set(keys.map((key) => key.split(".")[0]));
  const asked = Array.from(code.matchAll(/\bt\(\s*"([^"]+)"/g), ([, key]) => key ?? "");
  expect(asked.length).toBeGreaterThan(50);
  expect(asked.filter((key) => !keys.includes(key))).toEqual([]);
  for (const pattern of patterns) {
    const [prefix] = /[a-z]+/.exec(pattern.source) ?? [""];
    if (prefixes.has(prefix)) expect(keys.some((key) => pattern.test(key))).toBe(true);
  }
});

test("no text is written into a view", () => {
  const views = join(source, "views");
  const literal = />\s*[A-Z][a-z]+[^<>{}=;()]*<\//;
  const attribute = /\b(?:aria-label|placeholder|title|alt)="[^"]+"/;
  const offenders = readdirSync(views, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".tsx"))
    .filter((file) => {
      const text = readFileSync(join(views, file), "utf8");
      return literal.test(text) || attribute.test(text);
    });
  expect(offenders).toEqual([]);
});

test("parameters are filled in, and numbers pick their plural", () => {
  expect(t("notice.joined", { name: "Ana" })).toBe("Ana joined.");
  expect(t("notice.manyJoined", { count: 1 })).toBe("1 person joined.");
  expect(t("notice.manyJoined", { count: 5 })).toBe("5 people joined.");
  // What a person typed is never read as a placeholder.
  expect(t("notice.chat", { name: "{text}", text: "{name}" })).toBe("{text}: {name}");
});

test("a name of the other direction does not turn the sentence around, and a link stays whole", () => {
  expect(t("notice.joined", { name: "ليلى" })).toBe("\u2068ليلى\u2069 joined.");
  const link = "https://meet.example/open/ليلى";
  expect(t("notice.linkNotCopied", { link })).toBe(`Copy this link: ${link}`);
});
