/** Browsers that share two cores take their time: what is to become true is looked at again. */

import { inspect } from "node:util";

const PATIENCE_MS = 30_000;
const LOOK_EVERY_MS = 100;

/** Looks until it is so; fails with what was seen last. */
export async function eventually<Seen>(
  what: string,
  look: () => Promise<Seen>,
  isSo: (seen: Seen) => boolean,
): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const seen = await look();
    if (isSo(seen)) return;
    if (Date.now() > until) throw new Error(`not ${what}: ${inspect(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
