/**
 * Starts fetching what a call needs. The build names those files in links that do nothing yet, with
 * their integrity; giving one its `rel` makes the browser fetch it. The styles can be applied at once:
 * they are for elements that only a call has.
 */
export function preloadCall(sealed: boolean): void {
  for (const link of document.querySelectorAll<HTMLLinkElement>("link[data-preload]")) {
    if (link.dataset["preload"] === "sealed" && !sealed) continue;
    link.rel = link.dataset["preload"] === "style" ? "stylesheet" : "modulepreload";
  }
}
