/**
 * Of the generated contract, what a client needs: `node tools/one_way.ts IN OUT` copies IN without what
 * reads a ClientMessage or writes a ServerMessage, which would be half of its weight in every page.
 */
import { readFileSync, writeFileSync } from "node:fs";

const [from, to] = process.argv.slice(2);
if (from === undefined || to === undefined) throw new Error("usage: node tools/one_way.ts IN OUT");

/** `export const Join: MessageFns<Join> = {`, its methods, and `};`, as ts-proto lays them out. */
const MESSAGE = /^export const (\w+): MessageFns<\1> = \{\n([\s\S]*?)^\};\n/gm;
const METHOD = /^ {2}(\w+)\([\s\S]*?^ {2}\},\n\n?/gm;

const source = readFileSync(from, "utf8");
const methods = new Map<string, string>();
for (const [, message = "", body = ""] of source.matchAll(MESSAGE)) {
  for (const [text, method = ""] of body.matchAll(METHOD))
    methods.set(`${message}.${method}`, text);
}

/** The methods that are called, from those that this client calls itself. */
const needed = new Set<string>();
const visit = (name: string): void => {
  const text = methods.get(name);
  if (text === undefined || needed.has(name)) return;
  needed.add(name);
  for (const [, called = ""] of text.matchAll(/\b(\w+\.(?:encode|decode|fromPartial))\(/g))
    visit(called);
};
for (const entry of ["ClientMessage.encode", "ClientMessage.fromPartial", "ServerMessage.decode"]) {
  if (!methods.has(entry)) throw new Error(`${from}: no ${entry}`);
  visit(entry);
}

const kept = source.replaceAll(MESSAGE, (_, message: string) => {
  const own = [...methods].filter(([name]) => name.startsWith(`${message}.`) && needed.has(name));
  if (own.length === 0) return "";
  return `export const ${message} = {\n${own.map(([, text]) => text).join("")}};\n`;
});
writeFileSync(to, kept.replace(/^export interface MessageFns<T> \{[\s\S]*?^\}\n/m, ""));
