/** Other builds of the web client than the one that was built: altered behind its list's back, or honestly. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./server.ts";

export class WebRoot {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** A copy of the build. */
  static async make(): Promise<WebRoot> {
    const path = await mkdtemp(join(tmpdir(), "conclave-web-"));
    await cp(join(root, "web/app/dist"), path, { recursive: true });
    return new WebRoot(path);
  }

  /** The name, such as "assets/call-Ab12Cd34.js", of the one file that matches. */
  async find(pattern: RegExp): Promise<string> {
    const files = await readdir(this.path, { recursive: true });
    const [file, ...more] = files.filter((name) => pattern.test(name));
    if (file === undefined || more.length > 0) throw new Error(`${pattern}: ${more.length} more`);
    return file;
  }

  async write(file: string, content: string): Promise<void> {
    await writeFile(join(this.path, file), content);
  }

  /** Changes a file's text; its compressed forms are left out. */
  async edit(file: string, change: (text: string) => string): Promise<void> {
    const path = join(this.path, file);
    const text = await readFile(path, "utf8");
    const changed = change(text);
    if (changed === text) throw new Error(`${file} was not changed`);
    await writeFile(path, changed);
    for (const encoding of [".br", ".gz"]) await rm(path + encoding, { force: true });
  }

  /** Lists the files as they are now, as an honest build does. */
  async list(): Promise<void> {
    await this.edit("release.sha384", (list) => {
      const lines = list.split("\n").filter((line) => line !== "");
      return lines.map((line) => this.#line(line.slice(98))).join("");
    });
  }

  #line(file: string): string {
    const hash = createHash("sha384").update(readFileSync(join(this.path, file)));
    return `${hash.digest("hex")}  ${file}\n`;
  }

  remove(): Promise<void> {
    return rm(this.path, { recursive: true, force: true });
  }
}
