/** The page does not wait longer for a name and a picture. */
const WAIT_MS = 1500;

/** What the server says of whoever runs it; undefined where it says nothing. Never rejects. */
export async function loadBranding(): Promise<unknown> {
  try {
    const answer = await fetch("/branding.json", { signal: AbortSignal.timeout(WAIT_MS) });
    return answer.ok ? await answer.json() : undefined;
  } catch {
    return undefined;
  }
}
