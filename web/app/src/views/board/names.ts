import "../../messages/later/english.ts";
import type { BoardThing } from "@conclave/sdk/messages";
import { t } from "../../messages/messages.ts";

/** Of a long text, what one knows it by. */
const WORDS_MAX = 60;

/** What an element is called where it is not seen. */
export function nameOf({ kind, text, color }: BoardThing): string {
  const what = t(`board.kind.${kind}`);
  if (text !== "") return t("board.item", { kind: what, text: text.slice(0, WORDS_MAX) });
  if (kind === "image") return what;
  return t("board.item", { kind: what, text: t(`board.color.${color as 0 | 1 | 2 | 3 | 4 | 5}`) });
}
