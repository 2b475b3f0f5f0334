import type { FramedContentCommit } from "ts-mls/framedContent.js";
import type { MLSMessage } from "ts-mls/message.js";
import type { Proposal } from "ts-mls/proposal.js";
import type { PublicMessage } from "ts-mls/publicMessage.js";
import { equalBytes, hex } from "./bytes.ts";
import { decodeIdentity } from "./credential.ts";
import type { GroupMember } from "./group_crypto.ts";
import type { LinkSecrets } from "./link_secrets.ts";
import { policyOfExtensions, type RoomPolicy } from "./policy.ts";

/** What the rules are checked against: the group before the commit. */
export interface CommitContext {
  readonly epoch: number;
  readonly members: readonly GroupMember[];
  readonly policy: RoomPolicy;
  /** Of the room's present link; undefined in rooms without. Its pre-shared key must go in with every Add. */
  readonly link: Pick<LinkSecrets, "pskId" | "admit"> | undefined;
  /** RFC 9420 §8.4: the length of a PSK's nonce. */
  readonly pskNonceBytes: number;
  /** The most leaves that may be there after the commit. */
  readonly membersMax: number;
}

export type CheckedCommit =
  | { readonly message: PublicMessage; readonly committer: GroupMember }
  | { readonly fault: string };

/**
 * Rules of ours on top of RFC 9420, which the library checks. They hold whatever the library thinks: a
 * library that took a Remove without a path would let the removed read on, and one did.
 */
export function checkCommit(decoded: MLSMessage, context: CommitContext): CheckedCommit {
  if (decoded.wireformat !== "mls_public_message") return { fault: "not a public message" };
  const message = decoded.publicMessage;
  const { content } = message;
  if (content.contentType !== "commit") return { fault: "not a commit" };
  if (content.epoch !== BigInt(context.epoch)) return { fault: "epoch" };
  const { sender } = content;
  if (sender.senderType !== "member") return { fault: "not from a member" };
  const committer = context.members.find(({ leaf }) => leaf === sender.leafIndex);
  if (committer === undefined) return { fault: "from an empty leaf" };
  const fault = proposalsFault(content, committer, context);
  return fault === undefined ? { message, committer } : { fault };
}

function proposalsFault(
  { commit }: FramedContentCommit,
  committer: GroupMember,
  context: CommitContext,
): string | undefined {
  const proposals: Proposal[] = [];
  for (const item of commit.proposals) {
    if (item.proposalOrRefType !== "proposal") return "a proposal by reference";
    proposals.push(item.proposal);
  }
  const removed = new Set<number>();
  let adds = 0;
  for (const proposal of proposals) {
    if (proposal.proposalType === "remove") removed.add(proposal.remove.removed);
    if (proposal.proposalType === "add") ++adds;
  }
  if (commit.path === undefined && (removed.size > 0 || proposals.length === 0)) return "no path";
  const after = context.members.length - removed.size + adds;
  if (adds > 0 && after > context.membersMax) return "too many members";
  if (adds > 0 && context.policy.locked && !committer.isModerator) return "locked";
  if (adds > 0 && !mayAdmit(committer, context)) return "an Add by somebody who may not admit";
  return (
    pathFault(commit.path, committer) ??
    pskFault(proposals, adds, context) ??
    pidsFault(proposals, removed, context) ??
    kindsFault(proposals, committer, context)
  );
}

/** A new leaf key is welcome; a new name in the same leaf is not. */
function pathFault(
  path: FramedContentCommit["commit"]["path"],
  committer: GroupMember,
): string | undefined {
  if (path === undefined) return undefined;
  const { credential, signaturePublicKey, extensions } = path.leafNode;
  if (!equalBytes(signaturePublicKey, committer.signatureKey)) return "a new signature key";
  const pid = credential.credentialType === "basic" && decodeIdentity(credential.identity)?.pid;
  if (!pid || !equalBytes(pid, committer.pid)) return "a new participant in the same leaf";
  return extensions.length > 0 ? "extensions of a leaf" : undefined;
}

function pskFault(
  proposals: readonly Proposal[],
  adds: number,
  { link, pskNonceBytes }: CommitContext,
): string | undefined {
  const psks = proposals.flatMap((p) => (p.proposalType === "psk" ? [p.psk.preSharedKeyId] : []));
  if (link === undefined || adds === 0) return psks.length > 0 ? "an unexpected psk" : undefined;
  const [psk] = psks;
  const good =
    psks.length === 1 &&
    psk?.psktype === "external" &&
    equalBytes(psk.pskId, link.pskId) &&
    psk.pskNonce.length === pskNonceBytes;
  return good ? undefined : "an Add without the link's psk";
}

/** The library looks at signature keys only. */
function pidsFault(
  proposals: readonly Proposal[],
  removed: ReadonlySet<number>,
  { members }: CommitContext,
): string | undefined {
  const staying = members.filter(({ leaf }) => !removed.has(leaf));
  const pids = new Set(staying.map(({ pid }) => hex(pid)));
  for (const proposal of proposals) {
    if (proposal.proposalType !== "add") continue;
    const { credential, extensions } = proposal.add.keyPackage.leafNode;
    const pid = credential.credentialType === "basic" && decodeIdentity(credential.identity)?.pid;
    if (!pid || extensions.length > 0) return "a leaf that is not ours";
    if (pids.has(hex(pid))) return "a participant twice";
    pids.add(hex(pid));
  }
  return undefined;
}

function kindsFault(
  proposals: readonly Proposal[],
  committer: GroupMember,
  { members, policy, link }: CommitContext,
): string | undefined {
  for (const proposal of proposals) {
    if (proposal.proposalType === "group_context_extensions") {
      const next = policyOfExtensions(proposal.groupContextExtensions.extensions);
      if (next === undefined) return "room policy";
      if (!mayChangePolicy(committer, members)) return "policy by somebody who does not moderate";
      if (!retiresWell(policy.retired, next.retired, link?.admit)) return "policy: retired links";
      const replaces = next.retired.length > policy.retired.length;
      if (replaces && proposals.some(({ proposalType }) => proposalType === "add")) {
        return "somebody added while the link is replaced";
      }
    } else if (!["add", "remove", "psk"].includes(String(proposal.proposalType))) {
      return "kind of proposal";
    }
  }
  return undefined;
}

/** None is forgotten, and the one that is retired is the present one. */
function retiresWell(
  before: readonly Uint8Array[],
  after: readonly Uint8Array[],
  present: Uint8Array | undefined,
): boolean {
  const kept = before.every((key, i) => equalBytes(key, after[i] ?? new Uint8Array()));
  const [added, ...more] = after.slice(before.length);
  if (added === undefined) return kept;
  return kept && more.length === 0 && present !== undefined && equalBytes(added, present);
}

/** Whoever has the link admits whoever has it; without one, those who may change the policy do. */
export function mayAdmit(
  who: GroupMember,
  { link, members }: Pick<CommitContext, "link" | "members">,
): boolean {
  return link !== undefined || mayChangePolicy(who, members);
}

/** A moderator; where all have left, the lowest leaf. */
export function mayChangePolicy(who: GroupMember, members: readonly GroupMember[]): boolean {
  if (members.some(({ isModerator }) => isModerator)) return who.isModerator;
  return members[0]?.leaf === who.leaf;
}
