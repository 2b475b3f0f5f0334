import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin, Rolldown } from "vite";

type Bundle = Rolldown.OutputBundle;
type Chunk = Rolldown.OutputChunk & { viteMetadata?: { importedCss: Set<string> } };

/**
 * Gives everything that the page runs its integrity. Scripts and styles that the page names carry it
 * themselves; lazily imported modules are covered by an import map, which is inline, so the server
 * puts its hash into the policy. What a call needs is named in links without `rel`, which the page
 * activates while the person gets ready (see platform/preloadCall.ts).
 */
export function integrity(): Plugin {
  return {
    name: "conclave-integrity",
    apply: "build",
    enforce: "post",
    writeBundle: {
      order: "post",
      handler(options, bundle) {
        const dist = options.dir ?? "dist";
        // From the files themselves: an earlier stage would hash what is still being changed.
        const hashOf = (file: string) => sri(readFileSync(join(dist, file)));
        const page = join(dist, "index.html");
        writeFileSync(page, rewrite(readFileSync(page, "utf8"), bundle, hashOf));
      },
    },
  };
}

function rewrite(html: string, bundle: Bundle, hashOf: (file: string) => string): string {
  const chunks = Object.values(bundle).filter((part): part is Chunk => part.type === "chunk");
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const atStart = closure(
    chunks.filter((chunk) => chunk.isEntry),
    byName,
  );
  const lazy = importedLazily(atStart, byName);
  // What only an encrypted call needs.
  const later = importedLazily(lazy, byName).filter((chunk) => !atStart.includes(chunk));
  const importMap = JSON.stringify({
    integrity: Object.fromEntries(
      chunks.map(({ fileName }) => [`/${fileName}`, hashOf(fileName)]).sort(),
    ),
  });
  const withIntegrity = html.replace(
    /<(script|link)\b[^>]*?\b(?:src|href)="\/(assets\/[^"]+)"[^>]*?(?=>)/g,
    (tag, _element, file: string) => `${tag} integrity="${hashOf(file)}"`,
  );
  const links = [
    ...lazy.map(({ fileName }) => link("module", fileName, hashOf)),
    ...later.map(({ fileName }) => link("sealed", fileName, hashOf)),
    ...lazy
      .flatMap((chunk) => [...(chunk.viteMetadata?.importedCss ?? [])])
      .map((fileName) => link("style", fileName, hashOf)),
  ];
  const map = `<script type="importmap">${importMap}</script>`;
  // An import map must come before the first module.
  return withIntegrity
    .replace(/(?=<script type="module")/, `${map}\n    `)
    .replace("</head>", `${links.map((text) => `  ${text}\n  `).join("")}</head>`);
}

/** What a few people ask for, such as a language, is fetched then, and needs only its integrity. */
const ON_DEMAND = [
  /\/messages\/[\w-]+\.json$/,
  /\/node_modules\/lean-qr\//,
  /\/views\/(meeting|settings)\/\w+(Panel|Sheet)\.tsx$/,
  /\/state\/(polls|check)\.ts$/,
  /\/platform\/(boardPictures|chime|connectionProbe|faces|releaseKeeper)\.ts$/,
  /\/platform\/(background|suppression|checked)/,
  /\?checked$/,
  /\/views\/(breakouts|check|hosting|board|recording)\//,
  /\/state\/(board|files|recording)\//,
  /\/views\/meeting\/SmallPicture\.tsx$/,
  /\/session\/moderation_wire\.ts$/,
  /\/room\/sealed_moderation\.ts$/,
];

function isOnDemand({ facadeModuleId, moduleIds }: Chunk): boolean {
  const names = facadeModuleId === null ? moduleIds : [facadeModuleId];
  return names.every((id) => ON_DEMAND.some((pattern) => pattern.test(id)));
}

function link(
  kind: "module" | "sealed" | "style",
  file: string,
  hashOf: (file: string) => string,
): string {
  return `<link data-preload="${kind}" href="/${file}" crossorigin integrity="${hashOf(file)}">`;
}

function importedLazily(
  by: readonly Chunk[],
  byName: ReadonlyMap<string, Chunk>,
): readonly Chunk[] {
  const roots = by
    .flatMap((chunk) => chunk.dynamicImports)
    .flatMap((name) => byName.get(name) ?? []);
  // What those on demand share among each other is fetched with the first of them.
  const all = closure(
    roots.filter((chunk) => !isOnDemand(chunk)),
    byName,
  );
  return all.filter((chunk) => !by.includes(chunk));
}

/** The chunks and what they import statically. */
function closure(roots: readonly Chunk[], byName: ReadonlyMap<string, Chunk>): Chunk[] {
  const seen = new Set<Chunk>();
  const visit = (chunk: Chunk | undefined) => {
    if (chunk === undefined || seen.has(chunk)) return;
    seen.add(chunk);
    for (const name of chunk.imports) visit(byName.get(name));
  };
  roots.forEach(visit);
  return [...seen];
}

function sri(content: Buffer): string {
  return `sha384-${createHash("sha384").update(content).digest("base64")}`;
}
