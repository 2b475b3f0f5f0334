import { decodeAuthenticatedContent } from "ts-mls/authenticatedContent.js";
import { makePskIndex } from "ts-mls/clientState.js";
import { applyUpdatePathSecret } from "ts-mls/createCommit.js";
import { refhash } from "ts-mls/crypto/hash.js";
import { decryptWithLabel, encryptWithLabel } from "ts-mls/crypto/hpke.js";
import { deriveSecret, expandWithLabel } from "ts-mls/crypto/kdf.js";
import { signWithLabel, verifyWithLabel } from "ts-mls/crypto/signature.js";
import { verifyConfirmationTag } from "ts-mls/framedContent.js";
import { encodeGroupContext, extractJoinerSecret, type GroupContext } from "ts-mls/groupContext.js";
import { extractWelcomeSecret } from "ts-mls/groupInfo.js";
import { deriveKeySchedule, initializeEpoch, mlsExporter } from "ts-mls/keySchedule.js";
import { getCommitSecret, pathToRoot } from "ts-mls/pathSecrets.js";
import { toPrivateKeyPath } from "ts-mls/privateKeyPath.js";
import { decodeProposal } from "ts-mls/proposal.js";
import { accumulatePskSecret } from "ts-mls/pskIndex.js";
import {
  addLeafNode,
  decodeRatchetTree,
  encodeRatchetTree,
  type RatchetTree,
  removeLeafNode,
  resolution,
} from "ts-mls/ratchetTree.js";
import { createConfirmedHash, createInterimHash } from "ts-mls/transcriptHash.js";
import { treeHashRoot } from "ts-mls/treeHash.js";
import { leafWidth, root, toLeafIndex, toNodeIndex } from "ts-mls/treemath.js";
import { applyUpdatePath, decodeUpdatePath } from "ts-mls/updatePath.js";
import { bytesToBase64 } from "ts-mls/util/byteArray.js";
import { expect, it, vi } from "vitest";
import { hex, owned } from "./bytes.ts";
import { makeSuite, SUITE_NAME } from "./suite.ts";
import basics from "./testing/rfc9420/crypto_basics.json" with { type: "json" };
import schedules from "./testing/rfc9420/key_schedule.json" with { type: "json" };
import psks from "./testing/rfc9420/psk_secret.json" with { type: "json" };
import transcripts from "./testing/rfc9420/transcript_hashes.json" with { type: "json" };
import operations from "./testing/rfc9420/tree_operations.json" with { type: "json" };
import trees from "./testing/rfc9420/tree_validation.json" with { type: "json" };
import treekem from "./testing/rfc9420/treekem.json" with { type: "json" };
import { decoded, unhex } from "./testing/vectors.ts";
import { ratchetTreeFault, subtreeHashes } from "./tree_check.ts";

// The MLS working group's vectors for the one suite, through the algorithms and checks with which this
// project replaces the library's (suite.ts, tree_check.ts). Passive clients: mls_passive.test.ts.
vi.setConfig({ testTimeout: 60_000 });

const suite = await makeSuite();
const { hash, hpke, kdf, signature } = suite;

function contextOf(parts: Partial<GroupContext> & Pick<GroupContext, "epoch">): GroupContext {
  const none = new Uint8Array();
  return {
    version: "mls10",
    cipherSuite: SUITE_NAME,
    groupId: none,
    treeHash: none,
    confirmedTranscriptHash: none,
    extensions: [],
    ...parts,
  };
}

it.each(basics.cases)("crypto basics", async (vector) => {
  const { ref_hash, expand_with_label, derive_secret, sign_with_label, encrypt_with_label } =
    vector;
  expect(hex(await refhash(ref_hash.label, unhex(ref_hash.value), hash))).toBe(ref_hash.out);
  const { secret, label, context, length, out } = expand_with_label;
  const expanded = await expandWithLabel(unhex(secret), label, unhex(context), length, kdf);
  expect(hex(expanded)).toBe(out);
  const derived = await deriveSecret(unhex(derive_secret.secret), derive_secret.label, kdf);
  expect(hex(derived)).toBe(derive_secret.out);
  await expectSignature(sign_with_label);
  await expectEncryption(encrypt_with_label);
});

async function expectSignature(vector: (typeof basics.cases)[number]["sign_with_label"]) {
  const [key, content] = [unhex(vector.pub), unhex(vector.content)];
  const own = await signWithLabel(unhex(vector.priv), vector.label, content, signature);
  // Ed25519 signs the same in the same way.
  expect(hex(own)).toBe(vector.signature);
  expect(await verifyWithLabel(key, vector.label, content, own, signature)).toBe(true);
  expect(await verifyWithLabel(key, `${vector.label}!`, content, own, signature)).toBe(false);
}

async function expectEncryption(vector: (typeof basics.cases)[number]["encrypt_with_label"]) {
  const { label } = vector;
  const [context, plaintext] = [unhex(vector.context), unhex(vector.plaintext)];
  const privateKey = await hpke.importPrivateKey(unhex(vector.priv));
  const open = (kemOutput: Uint8Array, ciphertext: Uint8Array) =>
    decryptWithLabel(privateKey, label, context, kemOutput, ciphertext, hpke);
  expect(await open(unhex(vector.kem_output), unhex(vector.ciphertext))).toEqual(plaintext);
  const publicKey = await hpke.importPublicKey(unhex(vector.pub));
  const { enc, ct } = await encryptWithLabel(publicKey, label, context, plaintext, hpke);
  expect(await open(enc, ct)).toEqual(plaintext);
}

it.each(schedules.cases)("key schedule, all epochs", async (vector) => {
  let initSecret = unhex(vector.initial_init_secret);
  expect(vector.epochs.length).toBeGreaterThan(1);
  for (const [i, epoch] of vector.epochs.entries()) {
    const context = contextOf({
      epoch: BigInt(i),
      groupId: unhex(vector.group_id),
      treeHash: unhex(epoch.tree_hash),
      confirmedTranscriptHash: unhex(epoch.confirmed_transcript_hash),
    });
    expect(hex(encodeGroupContext(context))).toBe(epoch.group_context);
    const [commitSecret, pskSecret] = [unhex(epoch.commit_secret), unhex(epoch.psk_secret)];
    const joiner = await extractJoinerSecret(context, initSecret, commitSecret, kdf);
    expect(hex(joiner)).toBe(epoch.joiner_secret);
    expect(hex(await extractWelcomeSecret(joiner, pskSecret, kdf))).toBe(epoch.welcome_secret);
    const entered = await initializeEpoch(initSecret, commitSecret, context, pskSecret, kdf);
    const [keys, encryptionSecret] = await deriveKeySchedule(joiner, pskSecret, context, kdf);
    expect(entered.keySchedule).toEqual(keys);
    expect(hex(encryptionSecret)).toBe(epoch.encryption_secret);
    expect({
      init_secret: hex(keys.initSecret),
      sender_data_secret: hex(keys.senderDataSecret),
      exporter_secret: hex(keys.exporterSecret),
      epoch_authenticator: hex(keys.epochAuthenticator),
      external_secret: hex(keys.externalSecret),
      confirmation_key: hex(keys.confirmationKey),
      membership_key: hex(keys.membershipKey),
      resumption_psk: hex(keys.resumptionPsk),
    }).toEqual(expect.objectContaining(secretsOf(epoch)));
    const { label, context: exporterContext, length, secret } = epoch.exporter;
    const place = unhex(exporterContext);
    expect(hex(await mlsExporter(keys.exporterSecret, label, place, length, suite))).toBe(secret);
    const { publicKey } = await hpke.deriveKeyPair(owned(keys.externalSecret));
    expect(hex(await hpke.exportPublicKey(publicKey))).toBe(epoch.external_pub);
    initSecret = owned(keys.initSecret);
  }
});

function secretsOf(epoch: (typeof schedules.cases)[number]["epochs"][number]) {
  const { init_secret, sender_data_secret, exporter_secret, epoch_authenticator } = epoch;
  const { external_secret, confirmation_key, membership_key, resumption_psk } = epoch;
  const first = { init_secret, sender_data_secret, exporter_secret, epoch_authenticator };
  return { ...first, external_secret, confirmation_key, membership_key, resumption_psk };
}

it.each(psks.cases)("pre-shared keys", async (vector) => {
  const ids = vector.psks.map(({ psk_id, psk_nonce }) => ({
    psktype: "external" as const,
    pskId: unhex(psk_id),
    pskNonce: unhex(psk_nonce),
  }));
  const known = vector.psks.map(({ psk_id, psk }) => [bytesToBase64(unhex(psk_id)), unhex(psk)]);
  const index = makePskIndex(undefined, Object.fromEntries(known));
  const [secret] = await accumulatePskSecret(ids, index, suite, new Uint8Array(kdf.size));
  expect(hex(secret)).toBe(vector.psk_secret);
});

it.each(transcripts.cases)("transcript hashes", async (vector) => {
  const message = decoded(decodeAuthenticatedContent, vector.authenticated_content);
  const { wireformat, content, auth } = message;
  if (content.contentType !== "commit" || auth.contentType !== "commit") throw new Error("kind");
  const before = unhex(vector.interim_transcript_hash_before);
  const input = { wireformat, content, signature: auth.signature };
  const confirmed = await createConfirmedHash(before, input, hash);
  expect(hex(confirmed)).toBe(vector.confirmed_transcript_hash_after);
  const interim = await createInterimHash(confirmed, auth.confirmationTag, hash);
  expect(hex(interim)).toBe(vector.interim_transcript_hash_after);
  const key = unhex(vector.confirmation_key);
  expect(await verifyConfirmationTag(key, auth.confirmationTag, confirmed, hash)).toBe(true);
});

it.each(operations.cases)("tree operations: Add and Remove", async (vector) => {
  const tree = decoded(decodeRatchetTree, vector.tree_before);
  expect(hex(await treeHashRoot(tree, hash))).toBe(vector.tree_hash_before);
  const proposal = decoded(decodeProposal, vector.proposal);
  const after =
    proposal.proposalType === "add"
      ? addLeafNode(tree, proposal.add.keyPackage.leafNode)[0]
      : proposal.proposalType === "remove"
        ? removeLeafNode(tree, toLeafIndex(proposal.remove.removed))
        : tree;
  expect(hex(encodeRatchetTree(after))).toBe(vector.tree_after);
  expect(hex(await treeHashRoot(after, hash))).toBe(vector.tree_hash_after);
});

it.each(trees.cases)("tree validation: good trees are accepted ($group_id)", async (vector) => {
  const tree = decoded(decodeRatchetTree, vector.tree);
  for (const [i, expected] of vector.resolutions.entries()) {
    expect(resolution(tree, toNodeIndex(i))).toEqual(expected);
  }
  const hashes = await subtreeHashes(tree, hash);
  expect(hashes.map(hex)).toEqual(vector.tree_hashes);
  const context = contextOfTree(vector.group_id, tree, hashes);
  expect(await ratchetTreeFault(tree, context, suite)).toBeUndefined();
});

function contextOfTree(groupId: string, tree: RatchetTree, hashes: readonly Uint8Array[]) {
  const treeHash = hashes[root(leafWidth(tree.length))] ?? new Uint8Array();
  return { groupId: unhex(groupId), treeHash };
}

it("tree validation: no bad one of them is", async () => {
  const accepted: string[] = [];
  let spoilt = 0;
  for (const { tree: text, group_id } of trees.cases) {
    const tree = decoded(decodeRatchetTree, text);
    for (const [name, bad] of spoiltTrees(tree)) {
      ++spoilt;
      const context = contextOfTree(group_id, bad, await subtreeHashes(bad, hash));
      if ((await ratchetTreeFault(bad, context, suite)) === undefined) accepted.push(name);
    }
  }
  expect(spoilt).toBeGreaterThan(50);
  expect(accepted).toEqual([]);
});

/** With their own tree hash, so that only the parents' hashes and the signatures are against them. */
function* spoiltTrees(tree: RatchetTree): Generator<[string, RatchetTree]> {
  for (const [i, node] of tree.entries()) {
    if (node === undefined) continue;
    const copy = tree.slice();
    if (node.nodeType === "parent") {
      const hpkePublicKey = flipped(node.parent.hpkePublicKey);
      copy[i] = { nodeType: "parent", parent: { ...node.parent, hpkePublicKey } };
      yield [`key of parent ${i}`, copy];
    } else {
      const leaf = { ...node.leaf, hpkePublicKey: flipped(node.leaf.hpkePublicKey) };
      copy[i] = { nodeType: "leaf", leaf };
      yield [`key of leaf ${i}`, copy];
    }
  }
}

function flipped(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte, i) => (i === 0 ? byte ^ 1 : byte));
}

it.each(treekem.cases)("TreeKEM: every member follows every path", async (vector) => {
  const tree = decoded(decodeRatchetTree, vector.ratchet_tree);
  const members = await Promise.all(
    vector.leaves_private.map(async (own) => {
      const keys: Record<number, Uint8Array> = { [own.index * 2]: unhex(own.encryption_priv) };
      for (const { node, path_secret } of own.path_secrets) {
        const secret = { [node]: unhex(path_secret) };
        Object.assign(keys, (await toPrivateKeyPath(secret, own.index, suite)).privateKeys);
      }
      return { leafIndex: own.index, privateKeys: keys };
    }),
  );
  let followed = 0;
  for (const { sender, update_path, path_secrets, ...after } of vector.update_paths) {
    const path = decoded(decodeUpdatePath, update_path);
    const newTree = await applyUpdatePath(tree, toLeafIndex(sender), path, hash);
    const treeHash = await treeHashRoot(newTree, hash);
    expect(hex(treeHash)).toBe(after.tree_hash_after);
    const context = contextOf({
      epoch: BigInt(vector.epoch),
      groupId: unhex(vector.group_id),
      treeHash,
      confirmedTranscriptHash: unhex(vector.confirmed_transcript_hash),
    });
    for (const member of members.filter(({ leafIndex }) => leafIndex !== sender)) {
      const from = toLeafIndex(sender);
      const { nodeIndex, pathSecret } = await applyUpdatePathSecret(
        ...[tree, member, from, context, path, [], suite],
      );
      expect(hex(pathSecret)).toBe(path_secrets[member.leafIndex]);
      const secrets = await pathToRoot(newTree, toNodeIndex(nodeIndex), pathSecret, kdf);
      const top = root(leafWidth(newTree.length));
      const commitSecret = await getCommitSecret(newTree, top, secrets[top] ?? pathSecret, kdf);
      expect(hex(commitSecret)).toBe(after.commit_secret);
      ++followed;
    }
  }
  expect(followed).toBeGreaterThan(0);
});
