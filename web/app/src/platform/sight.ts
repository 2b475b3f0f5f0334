/**
 * Tells which elements can be seen at all: those that are scrolled away (also with the page that
 * embeds this one) or in a part that is not shown cannot. One observer for all.
 */
export class Sight {
  readonly #listeners = new Map<Element, (seen: boolean) => void>();
  readonly #observer: IntersectionObserver | undefined;

  constructor() {
    if (typeof IntersectionObserver !== "function") return;
    this.#observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries)
        this.#listeners.get(target)?.(isIntersecting);
    });
  }

  /** Calls `listener` now-ish and at every change; returns how to stop. */
  watch(element: Element, listener: (seen: boolean) => void): () => void {
    this.#listeners.set(element, listener);
    this.#observer?.observe(element);
    return () => {
      this.#listeners.delete(element);
      this.#observer?.unobserve(element);
    };
  }

  close(): void {
    this.#observer?.disconnect();
    this.#listeners.clear();
  }
}

/** Calls `listener` whenever a CSS pixel becomes another number of device pixels. */
export function onPixelRatio(listener: () => void): () => void {
  const query = () => matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
  let present = query();
  const onChange = () => {
    // The query is for one ratio: the next change needs another one.
    present.removeEventListener("change", onChange);
    present = query();
    present.addEventListener("change", onChange);
    listener();
  };
  present.addEventListener("change", onChange);
  return () => present.removeEventListener("change", onChange);
}
