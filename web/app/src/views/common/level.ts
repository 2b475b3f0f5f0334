/** Drawn in eighths: the eye tells no more, and each write costs the page a style pass. */
const STEPS = 8;

/**
 * Shows a loudness (0..1) on an element that is styled by --level (base.css: not inherited, so that
 * nothing below the element is looked at).
 */
export function showLevel(element: HTMLElement | null | undefined, level: number): void {
  const value = String(Math.round(level * STEPS) / STEPS);
  if (!element || element.style.getPropertyValue("--level") === value) return;
  element.style.setProperty("--level", value);
}
