import { encode } from "ts-mls/codec/tlsEncoder.js";
import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js";
import type { Hash } from "ts-mls/crypto/hash.js";
import type { GroupContext } from "ts-mls/groupContext.js";
import { verifyLeafNodeSignature } from "ts-mls/leafNode.js";
import { parentHashInputEncoder } from "ts-mls/parentHash.js";
import { findFirstNonBlankAncestor, type RatchetTree, removeLeaves } from "ts-mls/ratchetTree.js";
import { leafNodeHashInputEncoder, parentNodeHashInputEncoder, treeHash } from "ts-mls/treeHash.js";
import {
  directPath,
  isLeaf,
  leafToNodeIndex,
  leafWidth,
  left,
  type NodeIndex,
  nodeToLeafIndex,
  right,
  root,
  toLeafIndex,
  toNodeIndex,
} from "ts-mls/treemath.js";
import { equalBytes, hex } from "./bytes.ts";
import { decodeIdentity } from "./credential.ts";
import { ROOM_POLICY_EXTENSION } from "./policy.ts";

/** Whether a leaf's credential is acceptable; the admission proof's check. */
export type CredentialCheck = (identity: Uint8Array, signatureKey: Uint8Array) => Promise<boolean>;

/**
 * Whether a newcomer may believe a ratchet tree: what RFC 9420 asks of it, and what this project asks of
 * its leaves. Undefined, or what is wrong.
 */
export async function treeFault(
  tree: RatchetTree,
  context: TreeContext,
  checkCredential: CredentialCheck,
  suite: CiphersuiteImpl,
): Promise<string | undefined> {
  return (
    participantsFault(tree) ??
    (await ratchetTreeFault(tree, context, suite)) ??
    (await leavesFault(tree, checkCredential))
  );
}

/** What of a group's context a tree is checked against. */
export type TreeContext = Pick<GroupContext, "groupId" | "treeHash">;

/**
 * What RFC 9420 §12.4.3.1 asks of any group's tree: undefined, or what is wrong.
 *
 * ts-mls 1.6.4 has this check too, but refuses good trees: it wants an unmerged leaf in every parent up
 * to the root, though a commit from elsewhere has cleared those above (§7.9 asks only for the nodes
 * between the leaf and the one that lists it). With committers that rotate, newcomers would be
 * refused for ever. Its time also grows with the square of the group.
 */
export async function ratchetTreeFault(
  tree: RatchetTree,
  context: TreeContext,
  suite: CiphersuiteImpl,
): Promise<string | undefined> {
  const structure = structureFault(tree) ?? uniquenessFault(tree) ?? unmergedFault(tree);
  if (structure !== undefined) return structure;
  const hashes = await subtreeHashes(tree, suite.hash);
  const top = hashes[root(leafWidth(tree.length))];
  if (top === undefined || !equalBytes(top, context.treeHash)) return "tree hash";
  return (
    (await parentHashFault(tree, hashes, suite.hash)) ??
    (await signaturesFault(tree, context, suite))
  );
}

function structureFault(tree: RatchetTree): string | undefined {
  // A full binary tree (RFC 9420 §4.1): 2^n leaves.
  if ((tree.length & (tree.length + 1)) !== 0) return "size of the tree";
  const misplaced = tree.some(
    (node, i) => node !== undefined && (node.nodeType === "leaf") !== isLeaf(toNodeIndex(i)),
  );
  return misplaced ? "kind of a node" : undefined;
}

function uniquenessFault(tree: RatchetTree): string | undefined {
  const seen = new Set<string>();
  for (const node of tree) {
    if (node === undefined) continue;
    const own = node.nodeType === "leaf" ? node.leaf : node.parent;
    if (!isNew(seen, "hpke", own.hpkePublicKey)) return "an encryption key twice";
    if (node.nodeType === "parent") continue;
    if (!isNew(seen, "signature", node.leaf.signaturePublicKey)) return "a signature key twice";
  }
  return undefined;
}

/** Every leaf names a participant, none of them twice. */
function participantsFault(tree: RatchetTree): string | undefined {
  const seen = new Set<string>();
  for (const node of tree) {
    if (node?.nodeType !== "leaf") continue;
    const { credential } = node.leaf;
    if (credential.credentialType !== "basic") return "kind of credential";
    const pid = decodeIdentity(credential.identity)?.pid;
    if (pid === undefined || !isNew(seen, "pid", pid)) return "a participant twice";
  }
  return undefined;
}

function isNew(seen: Set<string>, kind: string, value: Uint8Array): boolean {
  const key = `${kind}${hex(value)}`;
  return seen.has(key) ? false : seen.add(key).has(key);
}

function unmergedFault(tree: RatchetTree): string | undefined {
  for (const [i, node] of tree.entries()) {
    if (node?.nodeType !== "parent") continue;
    const { unmergedLeaves } = node.parent;
    if (unmergedLeaves.some((leaf, n) => n > 0 && leaf <= (unmergedLeaves[n - 1] ?? -1))) {
      return "order of unmerged leaves";
    }
    for (const leaf of unmergedLeaves) {
      const path = pathOf(tree, leaf);
      const above = path.indexOf(toNodeIndex(i));
      if (above < 0 || tree[leaf * 2]?.nodeType !== "leaf") return "an unmerged leaf";
      const between = path.slice(0, above).map((index) => tree[index]);
      const listed = between.every(
        (other) => other?.nodeType !== "parent" || other.parent.unmergedLeaves.includes(leaf),
      );
      if (!listed) return "an unmerged leaf that is merged below";
    }
  }
  return undefined;
}

function pathOf(tree: RatchetTree, leaf: number): NodeIndex[] {
  return leaf * 2 < tree.length
    ? directPath(leafToNodeIndex(toLeafIndex(leaf)), leafWidth(tree.length))
    : [];
}

/** The tree hash (RFC 9420 §7.8) of each node, each computed once. */
export async function subtreeHashes(tree: RatchetTree, hash: Hash): Promise<Uint8Array[]> {
  const hashes: Uint8Array[] = [];
  const visit = async (index: NodeIndex): Promise<Uint8Array> => {
    const node = tree[index];
    const input = isLeaf(index)
      ? encode(leafNodeHashInputEncoder)({
          nodeType: "leaf",
          leafIndex: nodeToLeafIndex(index),
          leafNode: node?.nodeType === "leaf" ? node.leaf : undefined,
        })
      : encode(parentNodeHashInputEncoder)({
          nodeType: "parent",
          parentNode: node?.nodeType === "parent" ? node.parent : undefined,
          leftHash: await visit(left(index)),
          rightHash: await visit(right(index)),
        });
    const digest = await hash.digest(input);
    hashes[index] = digest;
    return digest;
  };
  await visit(root(leafWidth(tree.length)));
  return hashes;
}

/**
 * Every parent that is not blank must be vouched for by exactly one node below it (RFC 9420 §7.9.2):
 * so a tree has no node whose key its maker alone knows.
 */
async function parentHashFault(
  tree: RatchetTree,
  hashes: readonly Uint8Array[],
  hash: Hash,
): Promise<string | undefined> {
  const vouchers = new Map<number, number>();
  const rootIndex = root(leafWidth(tree.length));
  for (const [i, node] of tree.entries()) {
    const index = toNodeIndex(i);
    const claimed = parentHashOf(tree, index);
    if (node === undefined || claimed === undefined || index === rootIndex) continue;
    const above = ancestorOf(tree, index);
    const parent = tree[above];
    if (parent?.nodeType !== "parent") continue;
    const sibling = index < above ? right(above) : left(above);
    const { hpkePublicKey, parentHash, unmergedLeaves } = parent.parent;
    const touched = unmergedLeaves.some((leaf) => isUnder(tree, leaf, sibling));
    const siblingHash = touched
      ? await treeHash(removeLeaves(tree, unmergedLeaves.map(toLeafIndex)), sibling, hash)
      : hashes[sibling];
    if (siblingHash === undefined) return "size of the tree";
    const input = {
      encryptionKey: hpkePublicKey,
      parentHash,
      originalSiblingTreeHash: siblingHash,
    };
    const expected = await hash.digest(encode(parentHashInputEncoder)(input));
    if (equalBytes(expected, claimed)) vouchers.set(above, (vouchers.get(above) ?? 0) + 1);
  }
  const covered = tree.every((node, i) => node?.nodeType !== "parent" || vouchers.get(i) === 1);
  return covered ? undefined : "parent hash";
}

function parentHashOf(tree: RatchetTree, index: NodeIndex): Uint8Array | undefined {
  const node = tree[index];
  if (node?.nodeType === "parent") return node.parent.parentHash;
  return node?.leaf.leafNodeSource === "commit" ? node.leaf.parentHash : undefined;
}

function ancestorOf(tree: RatchetTree, index: NodeIndex): NodeIndex {
  return findFirstNonBlankAncestor(tree, index);
}

function isUnder(tree: RatchetTree, leaf: number, top: NodeIndex): boolean {
  return leaf * 2 === top || pathOf(tree, leaf).includes(top);
}

async function signaturesFault(
  tree: RatchetTree,
  { groupId }: TreeContext,
  suite: CiphersuiteImpl,
): Promise<string | undefined> {
  // Together: each check waits for WebCrypto's threads, not for the one before.
  const signed = await Promise.all(
    tree.map((node, i) => {
      if (node?.nodeType !== "leaf") return true;
      const leafIndex = nodeToLeafIndex(toNodeIndex(i));
      return verifyLeafNodeSignature(node.leaf, groupId, leafIndex, suite.signature);
    }),
  );
  return signed.every(Boolean) ? undefined : "signature of a leaf";
}

async function leavesFault(
  tree: RatchetTree,
  checkCredential: CredentialCheck,
): Promise<string | undefined> {
  const faults = await Promise.all(
    tree.map(async (node) => {
      if (node?.nodeType !== "leaf") return undefined;
      const { credential, capabilities, extensions, signaturePublicKey } = node.leaf;
      if (credential.credentialType !== "basic") return "kind of credential";
      const able = capabilities.extensions.includes(ROOM_POLICY_EXTENSION);
      if (!able || extensions.length > 0) return "capabilities of a leaf";
      const admitted = await checkCredential(credential.identity, signaturePublicKey);
      return admitted ? undefined : "admission of a leaf";
    }),
  );
  return faults.find((fault) => fault !== undefined);
}
