import type { FrameLabel, LabelStep } from "@conclave/e2ee/frames";
import type {
  Audience,
  ComparisonStep,
  GroupMember,
  OutReason,
  Presence,
  RoomPolicy,
} from "@conclave/e2ee/keys";
import type { ClientBody, GroupNews, MessageClass, Relay } from "../protocol/index.ts";

/** Who is in the room, by the only list there is: the group's own. */
export interface GroupRoster {
  readonly epoch: number;
  readonly ownLeaf: number;
  readonly members: readonly GroupMember[];
  readonly policy: RoomPolicy;
}

/** What a group tells the meeting. All of it is authenticated. */
export interface GroupEvents {
  onRoster(roster: GroupRoster): void;
  /** The room's link was replaced: the new one's fragment, without its `#`. */
  onLink(fragment: string): void;
  /** In no group: nothing is sealed or opened. "stuck" is being mended. */
  onOut(why: OutReason): void;
  /** What members say of themselves; `participant` is where the server has their media. */
  onPresences(presences: readonly Presence[]): void;
  onSaid(pid: Uint8Array, messageClass: MessageClass, body: Uint8Array, audience: Audience): void;
  onComparison(pid: Uint8Array, step: ComparisonStep): void;
  /** A slot carries another's frames from now on: see trailOf. */
  onLabels(): void;
}

/**
 * The group of an end-to-end encrypted room, as a meeting sees it: it carries messages between the
 * group and its server, and knows nothing of keys. `browser/` implements it.
 */
export interface GroupSide {
  listen(events: GroupEvents): void;
  /** The server has taken this client in, for the first time or again: join the group. */
  onJoined(send: (body: ClientBody) => void): void;
  onNews(news: GroupNews): void;
  onRelay(relay: Relay): void;
  /** The session is back after a loss; what the service said meanwhile may be lost. */
  onResumed(): void;
  /** Told to all who are in and to whoever comes, until it is replaced. */
  setPresence(participant: number, body: Uint8Array): void;
  /**
   * To everybody who is in now, sealed and signed; or to these numbers of the server's. All who are in
   * could open it, unless it is `onlyFor` one of them. Without keys it is not said.
   */
  say(messageClass: number, body: Uint8Array, to?: readonly number[], onlyFor?: Uint8Array): void;
  /** Whose frames a slot's track has carried, by their authenticated key ids; the newest last. */
  trailOf(track: MediaStreamTrack): readonly LabelStep[];
  /** Happens once a commit of this client's is the first; where it may not, it does not. */
  setPolicy(policy: RoomPolicy): void;
  remove(pids: readonly Uint8Array[]): void;
  /** Everybody in the room sees the same 30 digits, unless somebody is between them. */
  roomCode(): Promise<string>;
  /** With another member, where the server has it as `participant`. Told by onComparison. */
  compare(pid: Uint8Array, participant: number, act: "begin" | "accept" | "stop"): void;
  /** After the media connection. */
  close(): void;
}

export type { FrameLabel, LabelStep };

/** What a client that seals all it sends says in Join. */
export const GROUP_PROTOCOL = 1;
