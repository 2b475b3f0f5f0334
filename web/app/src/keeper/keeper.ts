import { RELEASE_PATH, type Release, readRelease } from "./release.ts";
import { isFile, ReleaseStore } from "./store.ts";
import type { Held, Verdict } from "./verdict.ts";

/** Of the page's address; the server answers all of them with the same page. */
const PAGES = /^\/(?:check$|$|r\/|n\/|open\/)/;
/** What becomes code, or changes what a page shows, is run from the release or not at all. */
const CODE = new Set([
  "script",
  "style",
  "worker",
  "sharedworker",
  "audioworklet",
  "paintworklet",
  "xslt",
  "object",
  "embed",
]);
/** Other pages of this origin are shown, but as strangers: no script, nothing of what we store. */
const STRANGER =
  "sandbox allow-downloads allow-forms allow-popups allow-popups-to-escape-sandbox allow-top-navigation";
/** Beside a call that may begin meanwhile. */
const FETCHED_AT_ONCE = 3;
/** A server that does not answer for so long is not reachable; megabytes may take their time. */
const PATIENCE_MS = 20_000;
const LARGE_PATIENCE_MS = 180_000;
const SCRIPT_PATH = "/service-worker.js";
const PAGE = "/index.html";
/**
 * Megabytes that few people ask for: kept when they are first asked for. The scripts that ask have their
 * hashes, and are kept as all are.
 */
const LARGE = /^\/assets\/[\w.-]+\.(?:wasm|tflite)$/;
/** Scripts that the page names itself. */
const STARTED = /<script\b[^>]*\bsrc="([^"]+)"/g;
const NOT_FOUND = "/404.html";

export interface KeeperPorts {
  readonly caches: CacheStorage;
  readonly fetch: (path: string, init: RequestInit) => Promise<Response>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** 0 <= x < 1. */
  readonly random: () => number;
}

/** What a page asked for. */
export interface Wanted {
  readonly path: string;
  /** A page, not a part of one. */
  readonly navigates: boolean;
  /** As the Fetch standard names it: "script", "image", ...; empty for what scripts fetch as data. */
  readonly destination: string;
}

/** The server's own bytes were not what its list says. */
class Altered extends Error {
  constructor(readonly path: string) {
    super(`not as listed: ${path}`);
  }
}

/**
 * Runs the release that this browser saw first, or that the person chose since. Files come from what
 * was stored and checked; the server is asked only for what it offers now. It is asked for nothing but
 * the files of a release, and nothing else is stored: no token, no answer of the server's, no address.
 */
export class Keeper {
  readonly #store: ReleaseStore;
  /** What is held, as read from the store; a keeper is started and ended by the browser at will. */
  #held: Promise<readonly Release[]> | undefined;

  constructor(private readonly ports: KeeperPorts) {
    this.#store = new ReleaseStore(ports.caches);
  }

  /** What the page gets; `fromServer` asks the server as the page would have. */
  async respond(wanted: Wanted, fromServer: () => Promise<Response>): Promise<Response> {
    const releases = await this.#releases();
    const [current] = releases;
    if (current === undefined) return fromServer();
    if (wanted.navigates) return this.#page(current, wanted.path, fromServer);
    const release = releases.find(({ files }) => files.has(wanted.path));
    if (release !== undefined) {
      return this.#file(release, wanted.path).catch(() => Response.error());
    }
    return CODE.has(wanted.destination) ? Response.error() : fromServer();
  }

  /** Keeps what the server offers, where nothing is held; else compares. Never rejects. */
  async check(): Promise<Verdict> {
    const held = await this.#pin();
    try {
      const offered = await this.#offered();
      if (held === undefined) return offered ? await this.#keepFirst(offered) : { kind: "none" };
      if (offered === undefined) return { kind: "altered", held, path: RELEASE_PATH };
      if (offered.id !== held.id) return { kind: "offered", held, offered: offered.id };
      return await this.#spotCheck(held, offered);
    } catch (error) {
      if (error instanceof Altered) return { kind: "altered", held, path: error.path };
      return isNoRoom(error) ? { kind: "none" } : { kind: "unreachable", held };
    }
  }

  /** Holds the release `id` from now on; false where the server did not give it, whole and as listed. */
  async take(id: string): Promise<boolean> {
    try {
      const offered = await this.#offered();
      if (offered?.id !== id) return false;
      await this.#keep(offered);
      return true;
    } catch {
      return false;
    }
  }

  /** As if nothing had ever been held. */
  async forget(): Promise<void> {
    await this.#store.forget();
    this.#held = undefined;
  }

  async #page(
    release: Release,
    path: string,
    fromServer: () => Promise<Response>,
  ): Promise<Response> {
    const file = PAGES.test(path) ? PAGE : path;
    if (release.files.has(file)) {
      try {
        return await this.#file(release, file);
      } catch (error) {
        if (!(error instanceof Altered)) return Response.error();
        // What was stored is damaged, and the server has it no more: as on a first visit.
        await this.forget();
        return fromServer();
      }
    }
    const answer = await fromServer();
    if (answer.status !== 404 || !release.files.has(NOT_FOUND)) return stranger(answer);
    const page = await this.#file(release, NOT_FOUND);
    return new Response(page.body, { status: 404, headers: page.headers });
  }

  /**
   * From the store; what was lost there is fetched again, and has to be the same. Throws `Altered`, or
   * what fetching throws.
   */
  async #file(release: Release, path: string): Promise<Response> {
    return (await this.#store.file(release, path)) ?? this.#fetchFile(release, path);
  }

  async #fetchFile(release: Release, path: string): Promise<Response> {
    // What is named after its content may come from the browser's own cache: it was just loaded.
    const file = await this.#fetch(path, "default");
    if (!(await isFile(file, release, path))) throw new Altered(path);
    await this.#store.putFile(release, path, file.clone());
    return file;
  }

  async #keepFirst(offered: Release): Promise<Verdict> {
    return { kind: "kept", held: await this.#keep(offered) };
  }

  async #keep(release: Release): Promise<Held> {
    const [current] = await this.#releases();
    const paths = [...release.files.keys()];
    const fetchSome = async () => {
      for (let path = paths.pop(); path !== undefined; path = paths.pop()) {
        const isSame = current?.files.get(path) === release.files.get(path);
        const known = isSame && current ? await this.#store.file(current, path) : undefined;
        if (known) await this.#store.putFile(release, path, known);
        else if (!LARGE.test(path)) await this.#fetchFile(release, path);
      }
    };
    await Promise.all(Array.from({ length: FETCHED_AT_ONCE }, fetchSome));
    const held = await this.#store.hold(release, this.ports.now());
    this.#held = undefined;
    return held;
  }

  /**
   * The list is the same: the server has to give what it lists. Looked at are the page, which names the
   * hashes of all scripts, what it starts with, the keeper's own script, and one file more, another each
   * time.
   */
  async #spotCheck(held: Held, release: Release): Promise<Verdict> {
    const all = [...release.files.keys()].filter((path) => !LARGE.test(path));
    const any = all[Math.floor(this.ports.random() * all.length)] ?? SCRIPT_PATH;
    const page = await this.#file(release, PAGE);
    const started = Array.from((await page.clone().text()).matchAll(STARTED), ([, path]) => path);
    for (const path of new Set([PAGE, ...started, SCRIPT_PATH, any])) {
      if (path === undefined || !release.files.has(path)) continue;
      const file = await this.#fetch(path, "no-store");
      if (await isFile(file, release, path)) continue;
      const now = await this.#offered();
      // It was being replaced just then.
      if (now && now.id !== release.id) return { kind: "offered", held, offered: now.id };
      throw new Altered(path);
    }
    return { kind: "kept", held };
  }

  /** Undefined: the server answers, and has no list. Throws where it does not answer. */
  async #offered(): Promise<Release | undefined> {
    const answer = await this.#fetch(RELEASE_PATH, "no-store");
    return answer.ok ? readRelease(await answer.text()) : undefined;
  }

  async #fetch(path: string, cache: RequestCache): Promise<Response> {
    const signal = AbortSignal.timeout(LARGE.test(path) ? LARGE_PATIENCE_MS : PATIENCE_MS);
    const answer = await this.ports.fetch(path, { cache, credentials: "omit", signal });
    if (answer.status >= 500) throw new Error(`${path}: ${answer.status}`);
    return answer;
  }

  async #pin(): Promise<Held | undefined> {
    const [current] = await this.#releases();
    const pin = await this.#store.pin();
    return current && pin?.id === current.id ? { id: pin.id, since: pin.since } : undefined;
  }

  /** What is held, and what was before it. */
  #releases(): Promise<readonly Release[]> {
    this.#held ??= this.#readReleases();
    return this.#held;
  }

  async #readReleases(): Promise<readonly Release[]> {
    const pin = await this.#store.pin();
    const current = pin && (await this.#store.read(pin.id));
    if (pin === undefined || current === undefined) return [];
    const previous = pin.previous === undefined ? undefined : await this.#store.read(pin.previous);
    return previous ? [current, previous] : [current];
  }
}

/** The policies of all headers hold at once: the server's own, and this one. */
function stranger(answer: Response): Response {
  // The browser itself follows a redirection, and asks here again.
  if (answer.type === "opaqueredirect" || answer.type === "error") return answer;
  const isEmpty = [101, 204, 205, 304].includes(answer.status);
  const { status, statusText } = answer;
  const headers = new Headers(answer.headers);
  headers.append("Content-Security-Policy", STRANGER);
  return new Response(isEmpty ? null : answer.body, { status, statusText, headers });
}

function isNoRoom(error: unknown): boolean {
  return error instanceof DOMException && error.name === "QuotaExceededError";
}
