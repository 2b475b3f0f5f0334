/** What a link asks for. The link alone decides the encryption mode, never the server. */
export type Route =
  | { readonly kind: "landing" }
  /** Of the connection, without a meeting. */
  | { readonly kind: "check" }
  /** Encrypted to the server, not end to end. `room` is the address: "open/weekly-standup". */
  | { readonly kind: "open"; readonly room: string; readonly name: string }
  /**
   * Encrypted end to end, or not at all. `room`: "r/bimofa-..."; `fragment` is the secret's item of
   * the address, which is never sent. "n/weekly": the same with a name that can be typed and no secret,
   * so that whoever moderates lets people in.
   */
  | {
      readonly kind: "sealed";
      readonly room: string;
      readonly name: string;
      readonly fragment: string | undefined;
    }
  /** The link's secret, the part after `#`, is missing. */
  | { readonly kind: "incomplete" }
  | { readonly kind: "invalid-name" }
  | { readonly kind: "unknown" };

/** The protocol's limit on a room's address. */
const ROOM_ADDRESS_BYTES_MAX = 128;
/** The version of what the secret is for. */
const SECRET_PREFIX = "1.";
export const SECRET_BYTES = 32;

export function parseRoute(url: URL): Route {
  const [mode, rest, ...more] = url.pathname.split("/").filter((part) => part !== "");
  if (mode === undefined) return { kind: "landing" };
  if (mode === "check" && rest === undefined) return { kind: "check" };
  if (mode === "r") return sealedRoute(rest ?? "", more, url.hash);
  if ((mode !== "open" && mode !== "n") || more.length > 0) return { kind: "unknown" };
  const name = roomName(decode(rest ?? ""));
  if (name === undefined) return { kind: "invalid-name" };
  const room = `${mode}/${encodeURIComponent(name)}`;
  if (mode === "n") return { kind: "sealed", room, name, fragment: undefined };
  return { kind: "open", room, name };
}

function sealedRoute(id: string, more: readonly string[], hash: string): Route {
  if (more.length > 0) return { kind: "unknown" };
  const room = `r/${id}`;
  // As the server has it: it is part of its members' proofs, so nothing of it is normalized.
  const isValid = /^[A-Za-z0-9_.~-]+$/.test(id) && !/^\.\.?$/.test(id);
  if (!isValid || room.length > ROOM_ADDRESS_BYTES_MAX) return { kind: "invalid-name" };
  const fragment = secretItem(hash);
  if (fragment === undefined) return { kind: "incomplete" };
  return { kind: "sealed", room, name: id, fragment };
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
  if (`open/${encodeURIComponent(name)}`.length > ROOM_ADDRESS_BYTES_MAX) return undefined;
  return name;
}

/** Whether a path is of a meeting that whoever knows its name may come to, encrypted end to end. */
export function isNamed(path: string): boolean {
  return path.startsWith("/n/");
}

/** The path of the meeting of that name, encrypted end to end. */
export function namedPath(name: string): string {
  return `/n/${encodeURIComponent(name)}`;
}

/** And of the open one. */
export function openPath(name: string): string {
  return `/open/${encodeURIComponent(name)}`;
}

/** The path of an encrypted meeting, with what its people share and the server never sees. */
export function sealedPath(id: string, secret: Uint8Array): string {
  const binary = Array.from(secret, (byte) => String.fromCharCode(byte)).join("");
  const text = btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return `/r/${id}#${SECRET_PREFIX}${text}`;
}

/** What an invitation is made of: the path, and of the fragment nothing but the secret. */
export function invitationPath(url: Pick<URL, "pathname" | "hash">): string {
  const item = url.pathname.startsWith("/r/") ? secretItem(url.hash) : undefined;
  return item === undefined ? url.pathname : `${url.pathname}#${item}`;
}

/** A fragment, without its `#`, with another secret; its other items stay. */
export function withSecret(hash: string, item: string): string {
  const others = hash.replace(/^#/, "").split("&");
  return [item, ...others.filter((one) => one !== "" && !one.startsWith(SECRET_PREFIX))].join("&");
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
  return name === undefined ? undefined : namedPath(name);
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

/**
 * Fragment items are joined by `&`; the one that begins with `1.` is the secret: 32 bytes, base64url.
 * Undefined: there is none, or it was cut short.
 */
function secretItem(hash: string): string | undefined {
  const item = hash
    .slice(1)
    .split("&")
    .find((part) => part.startsWith(SECRET_PREFIX));
  return item !== undefined && /^1\.[A-Za-z0-9_-]{43}$/.test(item) ? item : undefined;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}
