import { trustedScriptUrl } from "@conclave/sdk";
import { RELEASE_PATH, readRelease } from "../keeper/release.ts";
import type { Question, Verdict } from "../keeper/verdict.ts";
import type { ReleaseKeeper } from "../state/release.ts";

/**
 * The page's side of the service worker (keeper/). Where the browser has none, or refuses it, as behind
 * a certificate that it does not trust, nothing is kept, and only the server's own words are compared.
 */
export async function createReleaseKeeper(): Promise<ReleaseKeeper> {
  const registration = await register().catch(() => undefined);
  return registration ? keeperOf(registration) : unkept;
}

async function register(): Promise<ServiceWorkerRegistration> {
  const { serviceWorker } = navigator;
  await serviceWorker.register(trustedScriptUrl("/service-worker.js"), { updateViaCache: "none" });
  return serviceWorker.ready;
}

function keeperOf(registration: ServiceWorkerRegistration): ReleaseKeeper {
  let wasReplaced = false;
  registration.addEventListener("updatefound", () => {
    wasReplaced = true;
  });
  const ask = <T>(question: Question) => askWorker<T>(registration.active, question);
  return {
    async check() {
      // The browser compares the worker's script with the server's.
      await registration.update().catch(() => {});
      const verdict = await ask<Verdict>({ ask: "check" });
      if (verdict.kind === "none") return unkept.check();
      if (verdict.kind !== "kept" || !wasReplaced) return verdict;
      // The list has that script's hash too: it cannot be another while the list is the same.
      return { kind: "altered", held: verdict.held, path: "/service-worker.js" };
    },
    async take(id) {
      if (!(await ask<boolean>({ ask: "take", id }))) return false;
      registration.waiting?.postMessage({ ask: "activate" } satisfies Question);
      return true;
    },
    async forget() {
      await ask<void>({ ask: "forget" });
      await registration.unregister();
    },
  };
}

const unkept: ReleaseKeeper = {
  async check() {
    const answer = await fetch(RELEASE_PATH, { cache: "no-store" });
    const release = answer.ok ? await readRelease(await answer.text()) : undefined;
    if (release === undefined) return { kind: "none" };
    for (const [path, integrity] of scriptsOfPage()) {
      if (integrity === sri(release.files.get(path) ?? "")) continue;
      return { kind: "altered", held: undefined, path };
    }
    return { kind: "unkept", id: release.id };
  },
  take: async () => false,
  forget: async () => {},
};

/** What the page's import map lets it run. */
function scriptsOfPage(): [path: string, integrity: string][] {
  const map = document.querySelector('script[type="importmap"]')?.textContent ?? "{}";
  return Object.entries(
    (JSON.parse(map) as { integrity?: Record<string, string> }).integrity ?? {},
  );
}

function sri(hex: string): string {
  const bytes = hex.match(/../g) ?? [];
  return `sha384-${btoa(String.fromCharCode(...bytes.map((byte) => Number.parseInt(byte, 16))))}`;
}

function askWorker<T>(worker: ServiceWorker | null, question: Question): Promise<T> {
  return new Promise((resolve, reject) => {
    if (worker === null) return reject(new Error("no service worker"));
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => {
      port1.close();
      resolve(data as T);
    };
    worker.postMessage(question, [port2]);
  });
}
