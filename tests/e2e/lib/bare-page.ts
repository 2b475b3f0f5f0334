/** A bare page with a module of the SDK in it, served under the security policy of the real page. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { build } from "vite";
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

/** An entry file, relative to the tree's root, as one module. */
export async function bundle(entry: string): Promise<Buffer> {
  const outDir = `${root}tests/e2e/out/${entry.replaceAll(/[/.]/g, "-")}`;
  await build({
    configFile: false,
    logLevel: "error",
    build: {
      lib: { entry: `${root}${entry}`, formats: ["es"], fileName: "page" },
      // The page serves one file.
      rollupOptions: { output: { inlineDynamicImports: true } },
      outDir,
    },
  });
  return readFile(`${outDir}/page.js`);
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
