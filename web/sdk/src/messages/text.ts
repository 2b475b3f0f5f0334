/** In UTF-16 units; in any script well below what a message may have. */
export const CHAT_TEXT_MAX = 4000;

/** Line ends of all kinds become one. */
const LINE_ENDS = /\r\n|[\r\u2028\u2029\u0085]/g;
// Controls; what turns the direction of a line or hides in it. Marks of direction and joiners stay:
// languages and emoji are written with them.
const HIDDEN =
  /(?![\n\t])\p{Cc}|[\u202a-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu;
/** More marks on one letter than any script has grow over the lines above and below. */
const PILED_MARKS = /(\p{M}{6})\p{M}+/gu;
const EMPTY_LINES = /\n(?:[ \t]*\n){2,}/g;

/** A text as it is sent and shown, at both ends: what it seems to be and where it seems to be. */
export function normalizeChatText(text: string): string {
  return wellFormed(text)
    .replace(LINE_ENDS, "\n")
    .replace(HIDDEN, "")
    .replace(PILED_MARKS, "$1")
    .replace(EMPTY_LINES, "\n\n")
    .trim()
    .slice(0, CHAT_TEXT_MAX)
    .replace(/[\ud800-\udbff]$/, "")
    .trimEnd();
}

function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, "\ufffd");
}
