/** A browser that tells nothing of its pictures has drawn one by then. */
const DRAWN_MS = 3000;

/**
 * Starts fetching what a call needs, once the page is drawn: on a narrow path it would keep the first
 * picture waiting. The build names those files in links that do nothing yet, with their integrity; giving
 * one its `rel` makes the browser fetch it. The styles can be applied at once: they are for elements that
 * only a call has.
 */
export function preloadCall(sealed: boolean): void {
  afterFirstPicture(() => {
    for (const link of document.querySelectorAll<HTMLLinkElement>("link[data-preload]")) {
      if (link.dataset["preload"] === "sealed" && !sealed) continue;
      link.rel = link.dataset["preload"] === "style" ? "stylesheet" : "modulepreload";
    }
  });
}

function afterFirstPicture(then: () => void): void {
  const timer = setTimeout(() => done(), DRAWN_MS);
  const observer = new PerformanceObserver((list) => {
    if (list.getEntriesByName("first-contentful-paint").length > 0) done();
  });
  const done = () => {
    clearTimeout(timer);
    observer.disconnect();
    then();
  };
  // Of a page that was drawn before, too. A type that a browser does not know is no error.
  observer.observe({ type: "paint", buffered: true });
}
