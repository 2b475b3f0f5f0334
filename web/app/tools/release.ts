import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, type Plugin } from "vite";

/** The list must not name itself; encodings are another form of what it names. */
const LIST = "release.sha384";
const ENCODED = /\.(?:br|gz)$/;

/**
 * Bundles the service worker, and lists the hashes of all files in the format of `sha384sum`:
 * `sha384sum --check release.sha384` in the build's folder. The list's own SHA-256 stands for the build.
 */
export function release(): Plugin {
  let root = ".";
  let dist = "dist";
  return {
    name: "conclave-release",
    apply: "build",
    enforce: "post",
    configResolved(config) {
      root = config.root;
      dist = join(root, config.build.outDir);
    },
    closeBundle: {
      order: "post",
      async handler() {
        const worker = await bundle(join(root, "src/keeper/worker.ts"));
        writeFileSync(join(dist, "service-worker.js"), worker);
        const list = listOf(dist);
        writeFileSync(join(dist, LIST), list);
        const id = createHash("sha256").update(list).digest("hex");
        this.info(`release ${id}`);
      },
    },
  };
}

/** Self-contained: nothing checks what a service worker imports. */
async function bundle(entry: string): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      target: "es2022",
      lib: { entry, formats: ["iife"], name: "keeper", fileName: "keeper" },
    },
  });
  const outputs = (Array.isArray(built) ? built : [built]).flatMap((one) =>
    "output" in one ? one.output : [],
  );
  const [chunk] = outputs;
  if (chunk?.type !== "chunk" || outputs.length > 1) throw new Error("not one script");
  return `"use strict";${chunk.code}`;
}

function listOf(dist: string): string {
  const files = readdirSync(dist, { recursive: true, encoding: "utf8" })
    .filter((file) => statSync(join(dist, file)).isFile())
    .filter((file) => file !== LIST && !ENCODED.test(file))
    .sort();
  const lines = files.map((file) => {
    const hash = createHash("sha384").update(readFileSync(join(dist, file)));
    return `${hash.digest("hex")}  ${file}\n`;
  });
  return lines.join("");
}
