/** From the click on "Join" to the first presented remote frame, with the page loaded and the preview running. */
import type { Meeting } from "../tests/e2e/lib/meeting.ts";

export function percentile(samples: readonly number[], part: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
}

/** In the page: clicks, and waits for the first video that presents a remote frame. */
async function clickAndWait(): Promise<number> {
  const presented = new Promise<number>((resolve) => {
    const watched = new WeakSet<HTMLVideoElement>();
    const look = (): void => {
      for (const video of document.querySelectorAll<HTMLVideoElement>("[data-testid=tile] video")) {
        const tile = video.closest("[data-testid=tile]");
        if (watched.has(video) || tile?.getAttribute("data-local") === "true") continue;
        watched.add(video);
        video.requestVideoFrameCallback((now) => resolve(now));
      }
    };
    new MutationObserver(look).observe(document, {
      childList: true,
      subtree: true,
      attributes: true,
    });
  });
  const start = performance.now();
  document.querySelector<HTMLButtonElement>("[data-testid=join-button]")?.click();
  return (await presented) - start;
}

/** Joins, waits for the picture and leaves again; ms. */
export async function joinOnce(meeting: Meeting, url: string): Promise<number> {
  // The same page with another fragment would not be loaded anew.
  await meeting.page.goto("about:blank");
  await meeting.open(url);
  await meeting.page.getByTestId("join-button").waitFor();
  // The preview and the chunk of the call are there: that is what a person's click finds.
  await meeting.page.waitForTimeout(700);
  const took = await meeting.page.evaluate(clickAndWait);
  await meeting.click("leave-button");
  await meeting.page.getByTestId("end-screen").waitFor();
  return took;
}
