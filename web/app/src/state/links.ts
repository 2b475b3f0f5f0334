/** Finds web addresses in what people write. Plain text in, pieces out; views make no HTML of it. */
export interface TextPiece {
  readonly text: string;
  /** Set where the piece is a link. */
  readonly href?: string;
}

const ADDRESS = /\bhttps?:\/\/[^\s<>"']+/gi;
/** What ends a sentence or closes a bracket is not part of an address. */
const TRAILING = /[.,;:!?)\]}]+$/;

export function splitLinks(text: string): TextPiece[] {
  const pieces: TextPiece[] = [];
  let from = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = match[0].replace(TRAILING, "");
    const url = URL.canParse(address) ? new URL(address) : undefined;
    // With a user name in front, the eye takes that for where the link leads.
    if (url === undefined || url.username !== "" || url.password !== "") continue;
    if (match.index > from) pieces.push({ text: text.slice(from, match.index) });
    pieces.push({ text: address, href: url.href });
    from = match.index + address.length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from) });
  return pieces;
}
