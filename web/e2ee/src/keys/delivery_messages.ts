/**
 * What a member and the delivery service say to each other. The service orders commits and passes bytes
 * on; it holds no key and understands none of them. `pid` names a member's leaf to it.
 */

/** From a member to the service. */
export type ToDelivery =
  /** Wants in. What the same session asked for or was before is over. */
  | { readonly type: "join"; readonly pid: Uint8Array; readonly keyPackage: Uint8Array }
  /** After an invitation: the group exists, with this member as epoch 0. */
  | { readonly type: "found"; readonly groupId: Uint8Array }
  /** Is among the first to commit in this epoch; the service sends the work to those first. */
  | { readonly type: "volunteer"; readonly epoch: number }
  | ({ readonly type: "commit" } & CommitPost)
  /** Of the work, there is nothing to do for these: bad key packages, or leaves that are not there. */
  | { readonly type: "refuse"; readonly pids: readonly Uint8Array[] }
  /** The commit that ended this epoch is not acceptable. */
  | { readonly type: "reject"; readonly epoch: number }
  /** Missed something: all commits from the one that ended this epoch. */
  | { readonly type: "fetch"; readonly epoch: number };

export interface CommitPost {
  /** The epoch that it ends. */
  readonly epoch: number;
  readonly commit: Uint8Array;
  readonly welcome: Uint8Array | undefined;
  /** Whom it adds and removes, for the service's books. */
  readonly joined: readonly Uint8Array[];
  readonly removed: readonly Uint8Array[];
  /** Whose key packages are not acceptable. */
  readonly refused: readonly Uint8Array[];
}

/** From the service to a member. */
export type FromDelivery =
  /** There is no group yet: found one. */
  | { readonly type: "invite" }
  | ({ readonly type: "work" } & Work)
  /** Whether one's commit for this epoch was the first. */
  | { readonly type: "result"; readonly epoch: number; readonly accepted: boolean }
  /** The commit that ended this epoch. */
  | { readonly type: "epoch"; readonly epoch: number; readonly commit: Uint8Array }
  /** For somebody who was added: the group in the epoch that began. */
  | { readonly type: "welcome"; readonly epoch: number; readonly welcome: Uint8Array }
  /** So many members rejected the commit that ended this epoch that it never was. */
  | { readonly type: "reopened"; readonly epoch: number }
  /** The service cannot help: join again. */
  | { readonly type: "lost" }
  /** A member says that this newcomer's key package is not acceptable. */
  | { readonly type: "refused" };

/** What waits to be committed. A hint: who is really added is for the committer's checks. */
export interface Work {
  readonly epoch: number;
  readonly joins: readonly {
    readonly pid: Uint8Array;
    readonly keyPackage: Uint8Array;
    /** The service's number of this newcomer: where to tell it who is there. */
    readonly participant: number;
  }[];
  readonly gone: readonly Uint8Array[];
}
