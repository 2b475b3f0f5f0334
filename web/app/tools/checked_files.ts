import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

const QUERY = "?checked";

/**
 * `import file from "package/x.wasm?checked"` gives the address of a file that the build serves, and its
 * integrity for `fetch`: such files are no scripts, so no import map and no policy would check them.
 */
export function checkedFiles(): Plugin {
  return {
    name: "conclave-checked-files",
    enforce: "pre",
    async resolveId(source, importer) {
      if (!source.endsWith(QUERY)) return undefined;
      const file = await this.resolve(source.slice(0, -QUERY.length), importer, { skipSelf: true });
      return file ? `${file.id}${QUERY}` : undefined;
    },
    load(id) {
      if (!id.endsWith(QUERY)) return undefined;
      const file = id.slice(0, -QUERY.length);
      const hash = createHash("sha384").update(readFileSync(file)).digest("base64");
      const url = JSON.stringify(`${file}?url`);
      return `import url from ${url};\nexport default { url, integrity: "sha384-${hash}" };`;
    },
  };
}
