/**
 * Makes a worker's text: `node tools/worker_text.ts ENTRY OUT NAME` bundles ENTRY with everything that
 * it imports and writes a module OUT that exports it as the string NAME. A worker from a blob cannot
 * import by path, and one from a file runs unchecked by Integrity-Policy; as a string it is covered by
 * the integrity of the script that it is part of.
 */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { build, type Rolldown } from "vite";

const [entry, out, name] = process.argv.slice(2);
if (entry === undefined || out === undefined || name === undefined) {
  throw new Error("usage: node tools/worker_text.ts ENTRY OUT NAME");
}

const built = await build({
  configFile: false,
  logLevel: "error",
  build: {
    write: false,
    target: "es2022",
    minify: true,
    lib: { entry: resolve(entry), formats: ["iife"], name: "worker", fileName: "worker" },
  },
});
const outputs = (Array.isArray(built) ? built : [built]) as Rolldown.RolldownOutput[];
const chunks = outputs.flatMap(({ output }) => output).filter((part) => part.type === "chunk");
const [chunk] = chunks;
if (chunk === undefined || chunks.length > 1) throw new Error(`${chunks.length} chunks, not one`);
const text = `"use strict";${chunk.code}`;
writeFileSync(
  out,
  `// Made by tools/worker_text.ts.\nexport const ${name} = ${JSON.stringify(text)};\n`,
);
console.log(`${out}: ${text.length} characters`);
