import { hexDigest, RELEASE_PATH, type Release, readRelease } from "./release.ts";
import type { Held } from "./verdict.ts";

/** All names of this page's caches begin with it, so that they can be found and erased. */
export const CACHE_PREFIX = "conclave-";
const PIN_CACHE = `${CACHE_PREFIX}pin`;
const PIN_PATH = "/pin";
/** A path is what a file is stored by: neither what follows it nor how it was compressed. */
const BY_PATH = { ignoreSearch: true, ignoreVary: true } as const;

interface Pin extends Held {
  /** Held before: for tabs that still run it. */
  readonly previous?: string;
}

/**
 * Releases in the browser's Cache Storage, one cache each: the list and the files that were checked
 * against it. Nothing else is ever put there. What is read is checked again, since any script of this
 * origin could have written it.
 */
export class ReleaseStore {
  constructor(private readonly caches: CacheStorage) {}

  async pin(): Promise<Pin | undefined> {
    const stored = await (await this.caches.open(PIN_CACHE)).match(PIN_PATH);
    const pin: unknown = await stored?.json().catch(() => undefined);
    return isPin(pin) ? pin : undefined;
  }

  /** Undefined where it is not held, or is damaged. */
  async read(id: string): Promise<Release | undefined> {
    const stored = await (await this.#cache(id)).match(RELEASE_PATH, BY_PATH);
    const release = stored && (await readRelease(await stored.text()));
    return release?.id === id ? release : undefined;
  }

  /** The file, if what is stored is what the release says. */
  async file(release: Release, path: string): Promise<Response | undefined> {
    const stored = await (await this.#cache(release.id)).match(path, BY_PATH);
    return stored && (await isFile(stored, release, path)) ? stored : undefined;
  }

  /** Stores a file that was checked. */
  async putFile(release: Release, path: string, file: Response): Promise<void> {
    await (await this.#cache(release.id)).put(path, file);
  }

  /** All files of the release are there: from now on it is what runs. */
  async hold(release: Release, now: number): Promise<Held> {
    const before = await this.pin();
    await (await this.#cache(release.id)).put(RELEASE_PATH, new Response(release.text));
    const previous = before?.id === release.id ? before.previous : before?.id;
    const held = { id: release.id, since: now };
    const pin: Pin = previous === undefined ? held : { ...held, previous };
    await (await this.caches.open(PIN_CACHE)).put(PIN_PATH, Response.json(pin));
    await this.#forgetAllBut([release.id, ...(previous === undefined ? [] : [previous])]);
    return held;
  }

  /** As if nothing had ever been held. */
  async forget(): Promise<void> {
    await this.caches.delete(PIN_CACHE);
    await this.#forgetAllBut([]);
  }

  async #forgetAllBut(ids: readonly string[]): Promise<void> {
    const wanted = new Set([PIN_CACHE, ...ids.map(cacheName)]);
    for (const name of await this.caches.keys()) {
      if (name.startsWith(CACHE_PREFIX) && !wanted.has(name)) await this.caches.delete(name);
    }
  }

  #cache(id: string): Promise<Cache> {
    return this.caches.open(cacheName(id));
  }
}

/** Whether a response is the whole file that the release names; it can still be read after it. */
export async function isFile(file: Response, release: Release, path: string): Promise<boolean> {
  if (!file.ok || file.redirected) return false;
  const bytes = await file.clone().arrayBuffer();
  return (await hexDigest("SHA-384", bytes)) === release.files.get(path);
}

function cacheName(id: string): string {
  return `${CACHE_PREFIX}release-${id}`;
}

function isPin(value: unknown): value is Pin {
  if (typeof value !== "object" || value === null) return false;
  const { id, since, previous } = value as Record<string, unknown>;
  const isId = (name: unknown) => typeof name === "string" && /^[0-9a-f]{64}$/.test(name);
  return isId(id) && typeof since === "number" && (previous === undefined || isId(previous));
}
