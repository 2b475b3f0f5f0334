/**
 * Prints what the built page's JavaScript weighs, gzipped: what the page before a call loads, and
 * all that a call needs. Fails over the budget.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** A phone on a slow link shows the page before a call within a second. */
const PREJOIN_KB_MAX = 60;
const CALL_KB_MAX = 150;
/** With the group's protocol and the frames' encryption, which encrypted calls load besides: 50 KB. */
const SEALED_CALL_KB_MAX = 155;

const dist = join(import.meta.dirname, "../dist");
const html = readFileSync(join(dist, "index.html"), "utf8");

function filesOf(pattern: RegExp): string[] {
  return Array.from(html.matchAll(pattern), (match) => match[1] ?? "");
}

function kilobytes(files: readonly string[]): number {
  const bytes = files.map((file) => gzipSync(readFileSync(join(dist, file))).length);
  return bytes.reduce((sum, size) => sum + size, 0) / 1000;
}

const prejoin = [
  ...filesOf(/<script type="module"[^>]*src="\/([^"]+)"/g),
  ...filesOf(/<link rel="modulepreload"[^>]*href="\/([^"]+)"/g),
];
const call = [...prejoin, ...filesOf(/<link data-preload="module"[^>]*href="\/([^"]+)"/g)];
const prejoinKb = kilobytes(prejoin);
const callKb = kilobytes(call);
const sealed = [...call, ...filesOf(/<link data-preload="sealed"[^>]*href="\/([^"]+)"/g)];
const sealedKb = kilobytes(sealed);
console.log(
  `size: prejoin_gzip_kb=${prejoinKb.toFixed(1)} call_gzip_kb=${callKb.toFixed(1)} sealed_call_gzip_kb=${sealedKb.toFixed(1)}`,
);
if (prejoin.length === 0 || call.length === prejoin.length || sealed.length === call.length)
  throw new Error("no bundle in dist/");
if (prejoinKb > PREJOIN_KB_MAX || callKb > CALL_KB_MAX || sealedKb > SEALED_CALL_KB_MAX) {
  console.error(
    `over the budget: ${PREJOIN_KB_MAX} KB before a call, ${CALL_KB_MAX} KB in one, ` +
      `${SEALED_CALL_KB_MAX} KB in an encrypted one`,
  );
  process.exitCode = 1;
}
