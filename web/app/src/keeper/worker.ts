/**
 * The service worker: hands what the browser and its pages ask to the Keeper. Bundled by
 * tools/release.ts into one file; it holds nothing of a release, so it changes rarely.
 */
import { Keeper } from "./keeper.ts";
import type { Question } from "./verdict.ts";

interface LastingEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface WorkerFetchEvent extends LastingEvent {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface WorkerMessageEvent extends LastingEvent {
  readonly data: Question;
  readonly ports: readonly MessagePort[];
}
interface WorkerEvents {
  fetch: WorkerFetchEvent;
  message: WorkerMessageEvent;
}
/** As far as it is used; the DOM's types have none of it. */
interface WorkerScope {
  addEventListener<K extends keyof WorkerEvents>(
    name: K,
    listen: (event: WorkerEvents[K]) => void,
  ): void;
  skipWaiting(): Promise<void>;
}

const scope = globalThis as unknown as WorkerScope;
const keeper = new Keeper({
  caches,
  fetch: (path, init) => fetch(path, init),
  now: () => Date.now(),
  random: () => Math.random(),
});

scope.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  const navigates = request.mode === "navigate";
  // Data that scripts ask for (the operator's name, the server's health) is none of ours.
  if (url.origin !== location.origin || request.method !== "GET") return;
  if (!navigates && request.destination === "") return;
  const wanted = { path: url.pathname, navigates, destination: request.destination };
  event.respondWith(keeper.respond(wanted, () => fetch(request)));
});

/** One at a time: two tabs must not store the same release at once. */
let last: Promise<unknown> = Promise.resolve();

scope.addEventListener("message", (event) => {
  const question = event.data;
  const answer = last.then(() => act(question));
  last = answer.catch(() => {});
  event.waitUntil(answer.then((said) => event.ports[0]?.postMessage(said)));
});

function act(question: Question): Promise<unknown> {
  switch (question.ask) {
    case "check":
      return keeper.check();
    case "take":
      return keeper.take(question.id);
    case "forget":
      return keeper.forget();
    case "activate":
      return scope.skipWaiting();
  }
}
