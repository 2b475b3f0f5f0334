import type { ClientBody, GroupNews } from "../protocol/index.ts";

/**
 * The group of an end-to-end encrypted room, as a meeting sees it: it carries messages between the
 * group and its delivery service, and knows nothing of keys. `browser/` implements it.
 */
export interface GroupSide {
  /** The server has taken this client in, for the first time or again: join the group. */
  onJoined(send: (body: ClientBody) => void): void;
  onNews(news: GroupNews): void;
  /** The session is back after a loss; what the service said meanwhile may be lost. */
  onResumed(): void;
  close(): void;
}

/** What a client that seals all it sends says in Join. */
export const GROUP_PROTOCOL = 1;
