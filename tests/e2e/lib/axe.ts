/** Accessibility as axe-core sees it (WCAG 2.2 AA and its own best practices). */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface AxeWindow extends Window {
  axe?: { run: () => Promise<AxeResults> };
}

/** Fails with what is wrong, and where. `state` names what is on the screen. */
export async function assertAccessible(page: Page, state: string): Promise<void> {
  const isThere = await page.evaluate(() => (window as AxeWindow).axe !== undefined);
  // Not a script of the page: its security policy holds no more for the debugger than for us.
  if (!isThere) await page.evaluate(source);
  const violations = await page.evaluate(async () => {
    const results = await (window as AxeWindow).axe?.run();
    return (results?.violations ?? []).map(({ id, help, nodes }) => ({
      id,
      help,
      where: nodes.map(({ target, failureSummary }) => `${target.join(" ")}: ${failureSummary}`),
    }));
  });
  assert.deepEqual(violations, [], `${state} is accessible`);
}
