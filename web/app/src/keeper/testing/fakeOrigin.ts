import { createHash } from "node:crypto";

/** For tests: a server's files, and the browser's caches in memory. */
export class FakeServer {
  readonly files = new Map<string, string>();
  /** Paths that were asked for. */
  readonly asked: string[] = [];
  isDown = false;

  constructor(files: Readonly<Record<string, string>>) {
    for (const [path, text] of Object.entries(files)) this.files.set(path, text);
    this.list();
  }

  /** Lists the files as they are, as an honest build does. */
  list(): void {
    this.files.delete("/release.sha384");
    const lines = [...this.files].map(
      ([path, text]) => `${createHash("sha384").update(text).digest("hex")}  ${path.slice(1)}\n`,
    );
    this.files.set("/release.sha384", lines.sort().join(""));
  }

  get id(): string {
    const list = this.files.get("/release.sha384") ?? "";
    return createHash("sha256").update(list).digest("hex");
  }

  readonly fetch = async (path: string): Promise<Response> => {
    this.asked.push(path);
    if (this.isDown) throw new TypeError("no route");
    const text = this.files.get(path);
    return text === undefined ? new Response("nothing", { status: 404 }) : new Response(text);
  };
}

class FakeCache {
  readonly entries = new Map<string, Response>();

  async match(path: string): Promise<Response | undefined> {
    return this.entries.get(path)?.clone();
  }
  async put(path: string, response: Response): Promise<void> {
    this.entries.set(path, response);
  }
}

/** As far as the keeper uses it. */
export class FakeCaches {
  readonly all = new Map<string, FakeCache>();

  async open(name: string): Promise<FakeCache> {
    const cache = this.all.get(name) ?? new FakeCache();
    this.all.set(name, cache);
    return cache;
  }
  async keys(): Promise<string[]> {
    return [...this.all.keys()];
  }
  async delete(name: string): Promise<boolean> {
    return this.all.delete(name);
  }

  get asCacheStorage(): CacheStorage {
    return this as unknown as CacheStorage;
  }
}
