/** What the page and the key worker say to each other. No key of the group passes through the page. */
import type { ComparisonStep } from "./comparison.ts";
import type { FromDelivery, ToDelivery } from "./delivery_messages.ts";
import type { GroupMember } from "./group_crypto.ts";
import type { OutReason } from "./membership.ts";
import type { RoomPolicy } from "./policy.ts";
import type { RelayedMessage, RoomMessageOutput, SaidTo } from "./room_messages.ts";

export type ToKeyWorker =
  /**
   * First, once. `secret` is the link's: 32 bytes; undefined in rooms without one. Asks to be let into the
   * room's group; with `lasting`, an Ed25519 pair, as somebody who can be recognised in other meetings.
   */
  | {
      readonly type: "start";
      readonly roomId: string;
      readonly secret: Uint8Array | undefined;
      readonly lasting?: CryptoKeyPair | undefined;
    }
  /**
   * Where the frame worker listens for FrameKeyMessages. Again with a new one where that has died:
   * it gets keys of a new epoch, never those that its predecessor has counted with.
   */
  | { readonly type: "frames"; readonly port: MessagePort }
  | { readonly type: "delivery"; readonly message: FromDelivery }
  /** The connection to the service was lost, and is back. */
  | { readonly type: "reconnected" }
  /** After having been removed. */
  | { readonly type: "rejoin" }
  | { readonly type: "remove"; readonly pids: readonly Uint8Array[] }
  | { readonly type: "set-policy"; readonly policy: RoomPolicy }
  /** Answered by "code", unless there is no group. */
  | { readonly type: "get-code"; readonly request: number }
  /** What this member says of itself; told to whoever comes, until it is replaced. */
  | { readonly type: "presence"; readonly participant: number; readonly body: Uint8Array }
  /** Once; to these numbers of the server's, empty: to everybody. */
  | ({ readonly type: "say" } & SaidTo)
  /** See Comparisons. `to`: the server's number of that member's connection. */
  | {
      readonly type: "compare";
      readonly act: "begin" | "accept" | "stop";
      readonly pid: Uint8Array;
      readonly to: number;
    }
  | ({ readonly type: "relayed" } & RelayedMessage);

export type FromKeyWorker =
  | { readonly type: "send"; readonly message: ToDelivery }
  /** Who is in the group, from its ratchet tree: the only list of people that there is. */
  | {
      readonly type: "roster";
      readonly epoch: number;
      readonly ownLeaf: number;
      readonly members: readonly GroupMember[];
      readonly policy: RoomPolicy;
      /** Of the change that brought it; undefined on arrival. */
      readonly change:
        | {
            readonly by: GroupMember;
            readonly added: readonly GroupMember[];
            readonly removed: readonly GroupMember[];
          }
        | undefined;
    }
  /** The room's link was replaced: the new one's fragment, without its `#`. */
  | { readonly type: "link"; readonly fragment: string }
  /** No keys, nobody in the list. */
  | { readonly type: "out"; readonly why: OutReason }
  /** "refused": something was not accepted. Says what in English, for logs, and no secret. */
  | RoomMessageOutput
  | { readonly type: "comparison"; readonly pid: Uint8Array; readonly step: ComparisonStep }
  /** The 30 digits that all in this epoch see. */
  | { readonly type: "code"; readonly request: number; readonly code: string };
