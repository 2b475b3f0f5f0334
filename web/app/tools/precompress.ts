import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const SMALLER = /\.(html|js|css|svg|json|webmanifest|txt|wasm|tflite)$/;

/** Puts `.br` and `.gz` beside every file of the build that gets smaller, as small as they get. */
export function precompress(): Plugin {
  let dist = "dist";
  return {
    name: "conclave-precompress",
    apply: "build",
    enforce: "post",
    configResolved(config) {
      dist = join(config.root, config.build.outDir);
    },
    closeBundle: {
      order: "post",
      handler() {
        for (const file of readdirSync(dist, { recursive: true, encoding: "utf8" })) {
          if (SMALLER.test(file)) compress(join(dist, file));
        }
      },
    },
  };
}

function compress(path: string): void {
  const content = readFileSync(path);
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
  };
  writeFileSync(`${path}.br`, brotliCompressSync(content, { params }));
  writeFileSync(`${path}.gz`, gzipSync(content, { level: constants.Z_BEST_COMPRESSION }));
}
