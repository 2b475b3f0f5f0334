/**
 * Makes the background worker's text: `node tools/background_worker.ts` bundles it with the model's
 * runtime and writes a module that exports it as a string. A worker from a blob cannot import by path,
 * and one from a file runs unchecked by Integrity-Policy; as a string it is covered by the integrity of
 * the script that it is part of.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { build, type Plugin, type Rolldown } from "vite";

const folder = join(import.meta.dirname, "../src/platform/background");
const require = createRequire(import.meta.url);
/** The one for browsers without relaxed SIMD runs everywhere: one file of 9 MB is enough. */
const RUNTIME = "../wasm/litert_wasm_compat_internal.js";

/** A classic script that leaves a variable, as a module. */
function runtimeScript(): Plugin {
  const id = "litert:module";
  return {
    name: "litert-module",
    resolveId: (source) => (source === id ? `\0${id}` : undefined),
    load(resolved) {
      if (resolved !== `\0${id}`) return undefined;
      const script = join(dirname(require.resolve("@litertjs/core")), RUNTIME);
      return `${readFileSync(script, "utf8")}\nexport default ModuleFactory;`;
    },
  };
}

const built = await build({
  configFile: false,
  logLevel: "error",
  plugins: [runtimeScript()],
  resolve: { alias: { "@litertjs/wasm-utils": join(folder, "worker/runtime.ts") } },
  build: {
    write: false,
    target: "es2022",
    minify: true,
    lib: {
      entry: join(folder, "worker/main.ts"),
      formats: ["iife"],
      name: "worker",
      fileName: "worker",
    },
  },
});
const outputs = (Array.isArray(built) ? built : [built]) as Rolldown.RolldownOutput[];
const chunks = outputs.flatMap(({ output }) => output).filter((part) => part.type === "chunk");
const [chunk] = chunks;
if (chunk === undefined || chunks.length > 1) throw new Error(`${chunks.length} chunks, not one`);
const text = `"use strict";${chunk.code}`;
writeFileSync(
  join(folder, "background_worker_text.ts"),
  `// Made by tools/background_worker.ts.\nexport const BACKGROUND_WORKER_TEXT = ${JSON.stringify(text)};\n`,
);
console.log(`src/platform/background/background_worker_text.ts: ${text.length} characters`);
