import { defineConfig } from "vite";
import { checkedFiles } from "./tools/checked_files.ts";
import { fakeEntry } from "./tools/fakeEntry.ts";
import { integrity } from "./tools/integrity.ts";
import { precompress } from "./tools/precompress.ts";
import { release } from "./tools/release.ts";

export default defineConfig({
  base: "/",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2022",
    // A data: URL in the script would need a wider policy.
    assetsInlineLimit: 0,
    // The polyfill serves browsers that cannot call anyway.
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  plugins: [checkedFiles(), fakeEntry(), integrity(), release(), precompress()],
});
