import type { ClientConfig } from "ts-mls/clientConfig.js";
import type { ClientState } from "ts-mls/clientState.js";
import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js";
import {
  type GroupInfo,
  ratchetTreeFromExtension,
  verifyGroupInfoConfirmationTag,
  verifyGroupInfoSignature,
} from "ts-mls/groupInfo.js";
import { type KeyPackage, makeKeyPackageRef, type PrivateKeyPackage } from "ts-mls/keyPackage.js";
import { deriveKeySchedule } from "ts-mls/keySchedule.js";
import { pathToRoot } from "ts-mls/pathSecrets.js";
import { mergePrivateKeyPaths, toPrivateKeyPath } from "ts-mls/privateKeyPath.js";
import { accumulatePskSecret, type PskIndex } from "ts-mls/pskIndex.js";
import { findLeafIndex, type RatchetTree } from "ts-mls/ratchetTree.js";
import { createSecretTree } from "ts-mls/secretTree.js";
import { leafToNodeIndex, leafWidth, toLeafIndex } from "ts-mls/treemath.js";
import { firstCommonAncestor } from "ts-mls/updatePath.js";
import { decryptGroupInfo, decryptGroupSecrets, type Welcome } from "ts-mls/welcome.js";
import { Refused } from "./group_crypto.ts";
import { policyOfExtensions, type RoomPolicy } from "./policy.ts";
import { type CredentialCheck, treeFault } from "./tree_check.ts";

export interface NewcomerKeys {
  readonly keyPackage: KeyPackage;
  readonly privateKeys: PrivateKeyPackage;
}

/**
 * Joins by a Welcome (RFC 9420 §12.4.3.1): the library's steps with a tree check that accepts all good
 * trees (tree_check.ts). `credentialCheck` gets the policy that the group claims; `pskWanted` refuses a
 * Welcome into which the link's secret did not go.
 */
export async function joinByWelcome(
  welcome: Welcome,
  own: NewcomerKeys,
  pskIndex: PskIndex,
  pskWanted: boolean,
  credentialCheck: (policy: RoomPolicy) => CredentialCheck,
  suite: CiphersuiteImpl,
  clientConfig: ClientConfig,
): Promise<ClientState> {
  const opened = await openWelcome(welcome, own, pskIndex, pskWanted, suite);
  const { info } = opened;
  const policy = policyOfExtensions(info.groupContext.extensions);
  if (policy === undefined) throw new Refused("welcome: room policy");
  const tree = ratchetTreeFromExtension(info);
  if (tree === undefined) throw new Refused("welcome: no tree");
  const check = credentialCheck(policy);
  const fault = await treeFault(tree, info.groupContext, check, suite);
  if (fault !== undefined) throw new Refused(`welcome: ${fault}`);
  return enterGroup(opened, tree, own, suite, clientConfig);
}

/** The newcomer's state (RFC 9420 §12.4.3.1), once its tree was found good. Throws Refused. */
export async function enterGroup(
  { info, pskSecret, joinerSecret, pathSecret }: OpenedWelcome,
  tree: RatchetTree,
  own: NewcomerKeys,
  suite: CiphersuiteImpl,
  clientConfig: ClientConfig,
): Promise<ClientState> {
  await checkSigner(info, tree, suite);
  if (!(await verifyGroupInfoConfirmationTag(info, joinerSecret, pskSecret, suite))) {
    throw new Refused("welcome: confirmation tag");
  }
  const ownLeaf = findLeafIndex(tree, own.keyPackage.leafNode);
  if (ownLeaf === undefined) throw new Refused("welcome: not in the tree");
  const leafKey = {
    leafIndex: ownLeaf,
    privateKeys: { [leafToNodeIndex(ownLeaf)]: own.privateKeys.hpkePrivateKey },
  };
  const pathKeys =
    pathSecret === undefined
      ? leafKey
      : await pathKeysOf(tree, ownLeaf, info.signer, pathSecret, suite);
  const [keySchedule, encryptionSecret] = await deriveKeySchedule(
    joinerSecret,
    pskSecret,
    info.groupContext,
    suite.kdf,
  );
  return {
    groupContext: info.groupContext,
    ratchetTree: tree,
    privatePath: mergePrivateKeyPaths(pathKeys, leafKey),
    signaturePrivateKey: own.privateKeys.signaturePrivateKey,
    confirmationTag: info.confirmationTag,
    unappliedProposals: {},
    keySchedule,
    secretTree: await createSecretTree(leafWidth(tree.length), encryptionSecret, suite.kdf),
    historicalReceiverData: new Map(),
    groupActiveState: { kind: "active" },
    clientConfig,
  };
}

/** What a Welcome says to its newcomer. */
export interface OpenedWelcome {
  readonly info: GroupInfo;
  readonly pskSecret: Uint8Array;
  readonly joinerSecret: Uint8Array;
  readonly pathSecret: Uint8Array | undefined;
}

/** Decrypts a Welcome; neither its tree nor its signature is checked yet. Throws Refused. */
export async function openWelcome(
  welcome: Welcome,
  { keyPackage, privateKeys }: NewcomerKeys,
  pskIndex: PskIndex,
  pskWanted: boolean,
  suite: CiphersuiteImpl,
): Promise<OpenedWelcome> {
  if (welcome.cipherSuite !== suite.name) throw new Refused("welcome: cipher suite");
  const ref = await makeKeyPackageRef(keyPackage, suite.hash);
  const initKey = await suite.hpke.importPrivateKey(privateKeys.initPrivateKey);
  const secrets = await decryptGroupSecrets(initKey, ref, welcome, suite.hpke);
  if (secrets === undefined) throw new Refused("welcome: group secrets");
  const onlyOurs = secrets.psks.every(({ psktype }) => psktype === "external");
  if (!onlyOurs || secrets.psks.length !== (pskWanted ? 1 : 0)) throw new Refused("welcome: psk");
  const zeroes = new Uint8Array(suite.kdf.size);
  const [pskSecret] = await accumulatePskSecret(secrets.psks, pskIndex, suite, zeroes);
  const info = await decryptGroupInfo(welcome, secrets.joinerSecret, pskSecret, suite);
  if (info === undefined) throw new Refused("welcome: group info");
  const { version, cipherSuite } = info.groupContext;
  if (version !== "mls10" || cipherSuite !== suite.name) throw new Refused("welcome: version");
  return { info, pskSecret, joinerSecret: secrets.joinerSecret, pathSecret: secrets.pathSecret };
}

async function checkSigner(
  info: GroupInfo,
  tree: RatchetTree,
  suite: CiphersuiteImpl,
): Promise<void> {
  const signer = tree[leafToNodeIndex(toLeafIndex(info.signer))];
  const good =
    signer?.nodeType === "leaf" &&
    (await verifyGroupInfoSignature(info, signer.leaf.signaturePublicKey, suite.signature));
  if (!good) throw new Refused("welcome: signature");
}

/** The committer's path secret opens the nodes from the common ancestor to the root. */
async function pathKeysOf(
  tree: RatchetTree,
  ownLeaf: ReturnType<typeof toLeafIndex>,
  signer: number,
  pathSecret: Uint8Array,
  suite: CiphersuiteImpl,
): ReturnType<typeof toPrivateKeyPath> {
  const ancestor = firstCommonAncestor(tree, ownLeaf, toLeafIndex(signer));
  const secrets = await pathToRoot(tree, ancestor, pathSecret, suite.kdf);
  return toPrivateKeyPath(secrets, ownLeaf, suite);
}
