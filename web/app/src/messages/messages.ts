import en from "./en.json";

/** Every text that a person reads is in the catalogue; `{name}` is filled in from the parameters. */
type CatalogueKey = keyof typeof en;
type WithoutPlural<K extends string> = K extends `${infer Base}_${"one" | "other"}` ? Base : K;
export type MessageKey = WithoutPlural<CatalogueKey>;
export type Parameters = Readonly<Record<string, string | number>>;

const texts: Readonly<Record<string, string>> = en;
const plurals = new Intl.PluralRules("en");

/** The text for `key`; a parameter `count` picks the plural form. */
export function t(key: MessageKey, parameters: Parameters = {}): string {
  const text = texts[key] ?? texts[`${key}_${pluralForm(parameters["count"])}`] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(parameters[name] ?? whole));
}

function pluralForm(count: string | number | undefined): string {
  return plurals.select(Number(count ?? 0)) === "one" ? "one" : "other";
}
