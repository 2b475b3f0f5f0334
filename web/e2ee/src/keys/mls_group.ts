import type { ClientConfig } from "ts-mls/clientConfig.js";
import { type ClientState, createGroup, makePskIndex } from "ts-mls/clientState.js";
import { createCommit } from "ts-mls/createCommit.js";
import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js";
import { decodeKeyPackage, verifyKeyPackage } from "ts-mls/keyPackage.js";
import { defaultKeyPackageEqualityConfig } from "ts-mls/keyPackageEqualityConfig.js";
import { defaultKeyRetentionConfig } from "ts-mls/keyRetentionConfig.js";
import { mlsExporter } from "ts-mls/keySchedule.js";
import { defaultLifetimeConfig } from "ts-mls/lifetimeConfig.js";
import { decodeMlsMessage, encodeMlsMessage } from "ts-mls/message.js";
import { defaultPaddingConfig } from "ts-mls/paddingConfig.js";
import { processPublicMessage } from "ts-mls/processMessages.js";
import type { Proposal } from "ts-mls/proposal.js";
import type { PskIndex } from "ts-mls/pskIndex.js";
import type { PublicMessage } from "ts-mls/publicMessage.js";
import { bytesToBase64 } from "ts-mls/util/byteArray.js";
import { LEAVES_MAX } from "../keys.ts";
import type { Admission, Admitting } from "./admission.ts";
import { equalBytes, hex, owned } from "./bytes.ts";
import { checkCommit, mayAdmit, mayChangePolicy } from "./commit_rules.ts";
import { decodeIdentity } from "./credential.ts";
import {
  type EpochChange,
  type GroupChange,
  type GroupCrypto,
  type GroupMember,
  type NewLink,
  type PendingCommit,
  Refused,
} from "./group_crypto.ts";
import { joinByWelcome, type NewcomerKeys } from "./join_group.ts";
import { type LeafOpener, leafOpener, sealToLeaf } from "./leaf_seal.ts";
import type { RoomLink } from "./link_secrets.ts";
import {
  policyExtensions,
  policyOfExtensions,
  RETIRED_MAX,
  ROOM_POLICY_EXTENSION,
  type RoomPolicy,
} from "./policy.ts";

/** What a room's groups have in common. */
export interface GroupSetup {
  readonly suite: CiphersuiteImpl;
  readonly admission: Admission;
  /** One member's own; `admission` has the same one. Undefined in rooms without a link secret. */
  readonly link: RoomLink | undefined;
  /** The most members; never more than a key id can name. */
  readonly membersMax?: number;
}

/** GroupCrypto over ts-mls 1.6.4. */
export class MlsGroup implements GroupCrypto {
  readonly #setup: GroupSetup;
  #state: ClientState;
  #policy: RoomPolicy;
  #members: readonly GroupMember[];
  readonly #prepared = new WeakMap<PendingCommit, ClientState>();

  private constructor(setup: GroupSetup, state: ClientState) {
    this.#setup = setup;
    this.#state = state;
    this.#policy = policyOf(state);
    this.#members = membersOf(state, this.#policy);
  }

  /** A group of one, in epoch 0. `groupId` must be new and random. */
  static async create(
    setup: GroupSetup,
    groupId: Uint8Array,
    own: NewcomerKeys,
    policy: RoomPolicy,
  ): Promise<MlsGroup> {
    const { keyPackage, privateKeys } = own;
    const extensions = policyExtensions(policy);
    const config = configOf(setup);
    const state = await createGroup(
      groupId,
      keyPackage,
      privateKeys,
      extensions,
      setup.suite,
      config,
    );
    return new MlsGroup(setup, state);
  }

  /** `credentialCheck` of rooms by moderators needs the policy that the Welcome brings. Throws Refused. */
  static async join(setup: GroupSetup, welcome: Uint8Array, own: NewcomerKeys): Promise<MlsGroup> {
    const decoded = decodeMlsMessage(welcome, 0)?.[0];
    if (decoded?.wireformat !== "mls_welcome") throw new Refused("not a welcome");
    const state = await refusing(() =>
      joinByWelcome(
        decoded.welcome,
        own,
        pskIndexOf(setup),
        setup.link !== undefined,
        (policy) => (identity, key) => setup.admission.verify(identity, key, policy),
        setup.suite,
        configOf(setup),
      ),
    );
    const group = new MlsGroup(setup, state);
    if (group.#members.length > membersMax(setup)) throw new Refused("too many members");
    return group;
  }

  get groupId(): Uint8Array {
    return this.#state.groupContext.groupId;
  }

  get epoch(): number {
    return Number(this.#state.groupContext.epoch);
  }

  get ownLeaf(): number {
    return this.#state.privatePath.leafIndex;
  }

  get policy(): RoomPolicy {
    return this.#policy;
  }

  get epochAuthenticator(): Uint8Array {
    return this.#state.keySchedule.epochAuthenticator;
  }

  members(): readonly GroupMember[] {
    return this.#members;
  }

  async exportBaseKey(): Promise<CryptoKey> {
    const { suite } = this.#setup;
    const { exporterSecret } = this.#state.keySchedule;
    const secret = await mlsExporter(exporterSecret, EXPORTER_LABEL, new Uint8Array(), 16, suite);
    return crypto.subtle.importKey("raw", owned(secret), "HKDF", false, [
      "deriveKey",
      "deriveBits",
    ]);
  }

  sign(message: Uint8Array): Promise<Uint8Array> {
    return this.#setup.suite.signature.sign(this.#state.signaturePrivateKey, message);
  }

  verify(signatureKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
    return this.#setup.suite.signature.verify(signatureKey, message, signature);
  }

  async sealTo(leaf: number, place: Uint8Array, plaintext: Uint8Array): Promise<Uint8Array> {
    const node = this.#state.ratchetTree[2 * leaf];
    if (node?.nodeType !== "leaf") throw new Refused(`no leaf ${leaf}`);
    return sealToLeaf(this.#setup.suite.hpke, node.leaf.hpkePublicKey, place, plaintext);
  }

  leafOpener(): LeafOpener {
    const key = this.#state.privatePath.privateKeys[2 * this.ownLeaf];
    if (key === undefined) throw new Error("a member without a leaf key");
    return leafOpener(this.#setup.suite.hpke, key);
  }

  get mayChangePolicy(): boolean {
    return mayChangePolicy(this.#own(), this.#members);
  }

  get admitters(): readonly number[] {
    const context = this.#rules();
    return this.#members.flatMap((one) => (mayAdmit(one, context) ? [one.leaf] : []));
  }

  policyWithoutLink(): RoomPolicy | undefined {
    const { link } = this.#setup;
    const { retired } = this.#policy;
    if (link === undefined || !this.mayChangePolicy || retired.length >= RETIRED_MAX)
      return undefined;
    return { ...this.#policy, retired: [...retired, link.secrets.admit] };
  }

  async followLink(): Promise<NewLink> {
    const { link, suite } = this.#setup;
    if (link === undefined) throw new Error("this room has no link");
    const { exporterSecret } = this.#state.keySchedule;
    link.advance(await mlsExporter(exporterSecret, LINK_LABEL, new Uint8Array(), 32, suite));
    return { fragment: link.fragment, wireKey: link.secrets.wire };
  }

  async prepare(change: GroupChange): Promise<PendingCommit> {
    const removes = [...(change.removes ?? [])].filter(
      (leaf) => leaf !== this.ownLeaf && this.#members.some((member) => member.leaf === leaf),
    );
    if (change.policy !== undefined && removes.length > 0) {
      throw new Refused("policy and removals in one commit");
    }
    const room = membersMax(this.#setup) - this.#members.length + removes.length;
    const { accepted, refused } = await this.#acceptable(change.adds ?? [], room, removes);
    if (change.policy !== undefined && !mayChangePolicy(this.#own(), this.#members)) {
      throw new Refused("policy by somebody who does not moderate");
    }
    const proposals = [
      ...removes.map((removed): Proposal => ({ proposalType: "remove", remove: { removed } })),
      ...accepted,
      ...(accepted.length > 0 ? this.#pskProposals() : []),
      ...policyProposals(change.policy),
    ];
    const { newState, commit, welcome } = await createCommit(
      {
        state: this.#withAuthentication(),
        cipherSuite: this.#setup.suite,
        pskIndex: pskIndexOf(this.#setup),
      },
      { wireAsPublicMessage: true, extraProposals: proposals, ratchetTreeExtension: true },
    );
    // The same rules as for others: a library that leaves out a path is noticed before it is sent.
    const checked = checkCommit(commit, this.#rules());
    if ("fault" in checked) throw new Refused(`own commit: ${checked.fault}`);
    const pending: PendingCommit = {
      epoch: this.epoch,
      message: encodeMlsMessage(commit),
      welcome:
        welcome && encodeMlsMessage({ version: "mls10", wireformat: "mls_welcome", welcome }),
      refusedAdds: refused,
    };
    this.#prepared.set(pending, newState);
    return pending;
  }

  apply(commit: PendingCommit): EpochChange {
    const state = this.#prepared.get(commit);
    if (state === undefined || commit.epoch !== this.epoch) throw new Refused("not of this epoch");
    return this.#advance(state, this.#own());
  }

  async process(encoded: Uint8Array): Promise<EpochChange> {
    const decoded = decodeMlsMessage(encoded, 0)?.[0];
    if (decoded === undefined) throw new Refused("not an MLS message");
    const checked = checkCommit(decoded, this.#rules());
    if ("fault" in checked) throw new Refused(checked.fault);
    if (checked.committer.leaf === this.ownLeaf) throw new Refused("from this leaf, not by us");
    await this.#checkAdds(checked.message);
    const { newState } = await refusing(() =>
      processPublicMessage(
        this.#withAuthentication(),
        checked.message,
        pskIndexOf(this.#setup),
        this.#setup.suite,
      ),
    );
    return this.#advance(newState, checked.committer);
  }

  /** What an attacker would hold who is a member: tests show that it does not suffice. */
  stateForTests(): ClientState {
    return this.#state;
  }

  #advance(state: ClientState, committer: GroupMember): EpochChange {
    const before = this.#members;
    const selfRemoved = state.groupActiveState.kind === "removedFromGroup";
    const policy = selfRemoved ? this.#policy : policyOf(state);
    const after = membersOf(state, policy);
    const linkRetired = policy.retired.length > this.#policy.retired.length;
    const pids = (members: readonly GroupMember[]) => new Set(members.map(({ pid }) => hex(pid)));
    const [was, is] = [pids(before), pids(after)];
    this.#state = state;
    this.#policy = policy;
    this.#members = after;
    return {
      epoch: this.epoch + (selfRemoved ? 1 : 0),
      committer,
      added: after.filter(({ pid }) => !was.has(hex(pid))),
      removed: before.filter(({ pid }) => !is.has(hex(pid))),
      selfRemoved,
      linkRetired,
    };
  }

  /** Those of the key packages that the group may take; one bad package must not spoil a batch. */
  async #acceptable(
    packages: readonly Uint8Array[],
    room: number,
    removes: readonly number[],
  ): Promise<{ accepted: Proposal[]; refused: number[] }> {
    const staying = this.#members.filter(({ leaf }) => !removes.includes(leaf));
    const taken = new Set(
      staying.flatMap(({ pid, signatureKey }) => [hex(pid), hex(signatureKey)]),
    );
    const accepted: Proposal[] = [];
    const refused: number[] = [];
    for (const [i, bytes] of packages.entries()) {
      const keyPackage = await this.#checkedPackage(bytes);
      const names = keyPackage === undefined ? [] : namesOf(keyPackage.leafNode);
      const isFree = names.length > 0 && !names.some((name) => taken.has(name));
      if (keyPackage === undefined || !isFree || accepted.length >= room) {
        refused.push(i);
        continue;
      }
      for (const name of names) taken.add(name);
      accepted.push({ proposalType: "add", add: { keyPackage } });
    }
    return { accepted, refused };
  }

  async #checkedPackage(bytes: Uint8Array) {
    const { suite, admission } = this.#setup;
    const decoded = decodeKeyPackage(bytes, 0);
    if (decoded === undefined || decoded[1] !== bytes.length) return undefined;
    const [keyPackage] = decoded;
    const { credential, signaturePublicKey, capabilities, extensions, lifetime } =
      keyPackage.leafNode as typeof keyPackage.leafNode & { lifetime: { notAfter: bigint } };
    const fits =
      keyPackage.cipherSuite === suite.name &&
      credential.credentialType === "basic" &&
      capabilities.extensions.includes(ROOM_POLICY_EXTENSION) &&
      extensions.length === 0 &&
      lifetime.notAfter > BigInt(Math.floor(Date.now() / 1000));
    if (!fits || !(await verifyKeyPackage(keyPackage, suite.signature))) return undefined;
    const admitted = await admission.verify(
      credential.identity,
      signaturePublicKey,
      NO_FORMER_LINKS,
    );
    return admitted ? keyPackage : undefined;
  }

  /** The library's hook lets stay who came by a former link; nobody new comes by one. */
  async #checkAdds({ content }: PublicMessage): Promise<void> {
    const items = content.contentType === "commit" ? content.commit.proposals : [];
    for (const item of items) {
      if (item.proposalOrRefType !== "proposal" || item.proposal.proposalType !== "add") continue;
      const { credential, signaturePublicKey } = item.proposal.add.keyPackage.leafNode;
      const admitted =
        credential.credentialType === "basic" &&
        (await this.#setup.admission.verify(
          credential.identity,
          signaturePublicKey,
          NO_FORMER_LINKS,
        ));
      if (!admitted) throw new Refused("an Add that this room does not admit");
    }
  }

  #pskProposals(): Proposal[] {
    const { link, suite } = this.#setup;
    if (link === undefined) return [];
    const pskNonce = suite.rng.randomBytes(suite.kdf.size);
    const preSharedKeyId = { psktype: "external" as const, pskId: link.secrets.pskId, pskNonce };
    return [{ proposalType: "psk", psk: { preSharedKeyId } }];
  }

  #rules() {
    return {
      epoch: this.epoch,
      members: this.#members,
      policy: this.#policy,
      link: this.#setup.link?.secrets,
      pskNonceBytes: this.#setup.suite.kdf.size,
      membersMax: membersMax(this.#setup),
    };
  }

  /** The hook is told who may admit in this very epoch. */
  #withAuthentication(): ClientState {
    return { ...this.#state, clientConfig: configOf(this.#setup, this.#policy) };
  }

  #own(): GroupMember {
    const own = this.#members.find(({ leaf }) => leaf === this.ownLeaf);
    if (own === undefined) throw new Refused("not a member");
    return own;
  }
}

/** RFC 9605 §5.2. */
const EXPORTER_LABEL = "SFrame 1.0 Base Key";
/** What makes the next link (RoomLink). */
const LINK_LABEL = "conclave link";

function membersMax({ membersMax: wanted = LEAVES_MAX }: GroupSetup): number {
  return Math.min(wanted, LEAVES_MAX);
}

function configOf({ admission }: GroupSetup, policy?: RoomPolicy): ClientConfig {
  return {
    // Old epochs' message keys are of no use here, so none are kept (0 would keep all: slice(-0)).
    keyRetentionConfig: { ...defaultKeyRetentionConfig, retainKeysForEpochs: 1 },
    lifetimeConfig: defaultLifetimeConfig,
    keyPackageEqualityConfig: defaultKeyPackageEqualityConfig,
    paddingConfig: defaultPaddingConfig,
    authService: {
      validateCredential: async (credential, signatureKey) =>
        credential.credentialType === "basic" &&
        admission.verify(credential.identity, signatureKey, policy ?? NO_FORMER_LINKS),
    },
  };
}

const NO_FORMER_LINKS: Admitting = { retired: [] };

function pskIndexOf({ link }: GroupSetup): PskIndex {
  if (link === undefined) return makePskIndex(undefined, {});
  const { pskId, psk } = link.secrets;
  return makePskIndex(undefined, { [bytesToBase64(pskId)]: psk });
}

function policyProposals(policy: RoomPolicy | undefined): Proposal[] {
  if (policy === undefined) return [];
  const extensions = policyExtensions(policy);
  return [{ proposalType: "group_context_extensions", groupContextExtensions: { extensions } }];
}

function policyOf(state: ClientState): RoomPolicy {
  const policy = policyOfExtensions(state.groupContext.extensions);
  if (policy === undefined) throw new Refused("room policy");
  return policy;
}

function membersOf(state: ClientState, { moderators }: RoomPolicy): GroupMember[] {
  return state.ratchetTree.flatMap((node, i) => {
    if (node?.nodeType !== "leaf" || node.leaf.credential.credentialType !== "basic") return [];
    const { signaturePublicKey, credential } = node.leaf;
    const identity = decodeIdentity(credential.identity);
    if (identity === undefined) return [];
    return [
      {
        leaf: i / 2,
        pid: identity.pid,
        signatureKey: signaturePublicKey,
        longTermKey: identity.longTerm?.key,
        isModerator: moderators.some((key) => equalBytes(key, signaturePublicKey)),
      },
    ];
  });
}

function namesOf(leaf: NewcomerKeys["keyPackage"]["leafNode"]): string[] {
  const { credential, signaturePublicKey } = leaf;
  const identity =
    credential.credentialType === "basic" ? decodeIdentity(credential.identity) : undefined;
  return identity === undefined ? [] : [hex(identity.pid), hex(signaturePublicKey)];
}

/** What the library throws at bad input is a refusal; its own errors are told apart by nothing. */
async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw new Refused(error instanceof Error ? error.message : String(error));
  }
}
