/** What a link asks for. The link alone decides the encryption mode, never the server. */
export type Route =
  | { readonly kind: "landing" }
  /** Encrypted to the server, not end to end. `room` is the address: "open/weekly-standup". */
  | { readonly kind: "open"; readonly room: string; readonly name: string }
  /** Needs end-to-end encryption, which this version does not have: it must refuse. */
  | { readonly kind: "needs-encryption" }
  /** The link's secret, the part after `#`, is missing. */
  | { readonly kind: "incomplete" }
  | { readonly kind: "invalid-name" }
  | { readonly kind: "unknown" };

/** The protocol's limit on a room's address. */
const ROOM_ADDRESS_BYTES_MAX = 128;

export function parseRoute(url: URL): Route {
  const [mode, rest, ...more] = url.pathname.split("/").filter((part) => part !== "");
  if (mode === undefined) return { kind: "landing" };
  if (mode === "r") return { kind: hasSecret(url.hash) ? "needs-encryption" : "incomplete" };
  if (mode === "n") return { kind: "needs-encryption" };
  if (mode !== "open" || more.length > 0) return { kind: "unknown" };
  const name = roomName(decode(rest ?? ""));
  if (name === undefined) return { kind: "invalid-name" };
  return { kind: "open", room: `open/${name}`, name };
}

/** The name as all write it: lower case, words joined by hyphens. Undefined: no name or too long. */
export function roomName(typed: string): string | undefined {
  const name = typed
    .normalize("NFKC")
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}._~]+/gu, "-")
    .replace(/^[-.]+|[-.]+$/g, "");
  if (name === "") return undefined;
  if (new TextEncoder().encode(`open/${name}`).length > ROOM_ADDRESS_BYTES_MAX) return undefined;
  return name;
}

/** The path of a meeting of that name. */
export function roomPath(name: string): string {
  return `/open/${encodeURIComponent(name)}`;
}

/**
 * Where what a person typed or pasted leads: a path on this origin, or undefined where it is neither
 * a name nor a link to this server.
 */
export function destination(typed: string, origin: string): string | undefined {
  const text = typed.trim();
  const host = new URL(origin).host;
  const looksLikeLink = /^[a-z][a-z0-9+.-]*:/i.test(text) || text.startsWith(`${host}/`);
  if (looksLikeLink) return linkDestination(text, origin);
  if (/^\/?(open|r|n)\/./.test(text)) {
    return linkDestination(`${origin}/${text.replace(/^\//, "")}`, origin);
  }
  const name = roomName(text);
  return name === undefined ? undefined : roomPath(name);
}

function linkDestination(text: string, origin: string): string | undefined {
  const link = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  if (!URL.canParse(link)) return undefined;
  const url = new URL(link);
  if (url.host !== new URL(origin).host) return undefined;
  const kind = parseRoute(url).kind;
  if (kind === "landing" || kind === "unknown" || kind === "invalid-name") return undefined;
  return url.pathname + url.hash;
}

/** Fragment items are joined by `&`; the one that begins with `1.` is the secret. */
function hasSecret(hash: string): boolean {
  return hash
    .slice(1)
    .split("&")
    .some((item) => item.startsWith("1.") && item.length > 2);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}
