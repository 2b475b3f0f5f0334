/** Recordings on their way to the person's downloads lie among the page's own files. */
const PREFIX = "recording-";

export function ownFileName(nowMs: number): string {
  return `${PREFIX}${nowMs}-${crypto.randomUUID()}`;
}

/**
 * Removes what a page that was closed meanwhile has left, if it began before that time. What is being
 * written now is locked by the browser, and stays.
 */
export async function forgetRecordings(beforeMs: number): Promise<void> {
  const root = await navigator.storage.getDirectory();
  const names: string[] = [];
  for await (const name of root.keys()) names.push(name);
  const old = names.filter((name) => {
    return name.startsWith(PREFIX) && Number.parseInt(name.slice(PREFIX.length), 10) < beforeMs;
  });
  await Promise.all(old.map((name) => root.removeEntry(name).catch(() => {})));
}
