/** What the keeper found when it compared what it holds with what the server offers. */
export type Verdict =
  /** Held, and the server offers the same. */
  | { readonly kind: "kept"; readonly held: Held }
  /** The server offers another release: its id. */
  | { readonly kind: "offered"; readonly held: Held; readonly offered: string }
  /**
   * The server gives other bytes for `path` than its own list says. Without `held` nothing could be
   * kept: what runs came from that server just now.
   */
  | { readonly kind: "altered"; readonly held: Held | undefined; readonly path: string }
  | { readonly kind: "unreachable"; readonly held: Held | undefined }
  /** Nothing can be kept here; the page came from the server, which lists `id`. */
  | { readonly kind: "unkept"; readonly id: string }
  /** Nothing is kept: the server has no list, or the browser no room. */
  | { readonly kind: "none" };

/** The release that this browser runs, whatever the server offers. */
export interface Held {
  readonly id: string;
  /** Since when, in milliseconds since 1970. */
  readonly since: number;
}

/** What a page asks its keeper; it answers by the port that came with the question. */
export type Question =
  /** Keeps the server's release where none is held yet, else compares. Answer: a Verdict. */
  | { readonly ask: "check" }
  /** Replaces what is held by the release `id`. Answer: whether it is so now. */
  | { readonly ask: "take"; readonly id: string }
  /** Erases all that is kept. Answer: undefined. */
  | { readonly ask: "forget" }
  /** A newer keeper, which waits, may replace the one that runs. No answer. */
  | { readonly ask: "activate" };
