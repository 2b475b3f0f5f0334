/** A bare page with a module of the SDK in it, served under the security policy of the real page. */
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { build as viteBuild } from "vite";
import { root } from "./server.ts";

export interface BarePage {
  /** "http://localhost:PORT", no slash at the end. */
  readonly url: string;
  readonly close: () => void;
}

function policyFor(connect: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `connect-src ${connect}`,
    "img-src 'self'",
    "worker-src 'self' blob:",
    "require-trusted-types-for 'script'",
    "trusted-types app-url",
  ].join("; ");
}

/** An entry file, relative to the tree's root, as one module: a page serves one file. */
export async function bundle(entry: string): Promise<Buffer> {
  return readFile(join(await build(entry, true), "page.js"));
}

/** The same as an application has it: what is loaded at once, and what only where it is needed. */
export async function chunks(entry: string): Promise<Chunks> {
  const outDir = await build(entry, false);
  const files = (await readdir(outDir)).filter((file) => file.endsWith(".js"));
  const texts = new Map(
    await Promise.all(
      files.map(async (file) => [file, await readFile(join(outDir, file))] as const),
    ),
  );
  const eager = new Set(["page.js"]);
  for (const file of eager) {
    const imports =
      texts
        .get(file)
        ?.toString()
        .matchAll(/from\s*"\.\/([^"]+)"/g) ?? [];
    for (const [, imported = ""] of imports) eager.add(imported);
  }
  const of = (isWanted: (file: string) => boolean) =>
    [...texts].flatMap(([file, text]) => (isWanted(file) ? [text] : []));
  return {
    eager: of((file) => eager.has(file)),
    sealed: of((file) => file.startsWith("sealed_join")),
    later: of((file) => !eager.has(file) && !file.startsWith("sealed_join")),
  };
}

interface Chunks {
  readonly eager: Buffer[];
  /** For encrypted rooms. */
  readonly sealed: Buffer[];
  /** When somebody else is there. */
  readonly later: Buffer[];
}

async function build(entry: string, inlineDynamicImports: boolean): Promise<string> {
  const name = `${entry.replaceAll(/[/.]/g, "-")}${inlineDynamicImports ? "" : "-chunks"}`;
  const outDir = `${root}tests/e2e/out/${name}`;
  await viteBuild({
    configFile: false,
    logLevel: "error",
    build: {
      lib: { entry: `${root}${entry}`, formats: ["es"], fileName: "page" },
      rollupOptions: { output: { inlineDynamicImports } },
      outDir,
    },
  });
  return outDir;
}

/** `connect`: the sources of connect-src. */
export async function serveBarePage(script: Buffer, connect = "'self'"): Promise<BarePage> {
  const server = createServer((request, response) => {
    const isScript = request.url === "/page.js";
    response.setHeader("content-security-policy", policyFor(connect));
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? script : "<!doctype html><script type=module src=/page.js></script>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://localhost:${port}`, close: () => void server.close() };
}
