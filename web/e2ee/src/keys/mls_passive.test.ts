import { type ClientState, makePskIndex } from "ts-mls/clientState.js";
import {
  ratchetTreeFromExtension,
  verifyGroupInfoConfirmationTag,
  verifyGroupInfoSignature,
} from "ts-mls/groupInfo.js";
import { defaultKeyPackageEqualityConfig } from "ts-mls/keyPackageEqualityConfig.js";
import { defaultKeyRetentionConfig } from "ts-mls/keyRetentionConfig.js";
import { defaultLifetimeConfig } from "ts-mls/lifetimeConfig.js";
import { decodeMlsMessage } from "ts-mls/message.js";
import { defaultPaddingConfig } from "ts-mls/paddingConfig.js";
import { processPublicMessage } from "ts-mls/processMessages.js";
import { emptyPskIndex, type PskIndex } from "ts-mls/pskIndex.js";
import { decodeRatchetTree } from "ts-mls/ratchetTree.js";
import { bytesToBase64 } from "ts-mls/util/byteArray.js";
import { expect, it, vi } from "vitest";
import { hex } from "./bytes.ts";
import { enterGroup, type NewcomerKeys, openWelcome } from "./join_group.ts";
import { makeSuite } from "./suite.ts";
import commits from "./testing/rfc9420/passive_client_handling_commit.json" with { type: "json" };
import joins from "./testing/rfc9420/passive_client_welcome.json" with { type: "json" };
import welcomes from "./testing/rfc9420/welcome.json" with { type: "json" };
import { decoded, unhex } from "./testing/vectors.ts";
import { ratchetTreeFault } from "./tree_check.ts";

// The MLS working group's clients that only listen, through this project's own way into a group.
vi.setConfig({ testTimeout: 60_000 });

const suite = await makeSuite();

const CONFIG = {
  keyRetentionConfig: defaultKeyRetentionConfig,
  lifetimeConfig: defaultLifetimeConfig,
  keyPackageEqualityConfig: defaultKeyPackageEqualityConfig,
  paddingConfig: defaultPaddingConfig,
  // Whom this project admits is no matter of the vectors.
  authService: { validateCredential: async () => true },
};

function welcomeOf(text: string) {
  const message = decoded(decodeMlsMessage, text);
  if (message.wireformat !== "mls_welcome") throw new Error("not a Welcome");
  return message.welcome;
}

function newcomerOf(keyPackage: string, keys: { init: string; leaf: string; sign: string }) {
  const message = decoded(decodeMlsMessage, keyPackage);
  if (message.wireformat !== "mls_key_package") throw new Error("not a key package");
  const own: NewcomerKeys = {
    keyPackage: message.keyPackage,
    privateKeys: {
      initPrivateKey: unhex(keys.init),
      hpkePrivateKey: unhex(keys.leaf),
      // An Ed25519 key is its first 32 bytes.
      signaturePrivateKey: unhex(keys.sign),
    },
  };
  return own;
}

it.each(welcomes.cases)("a Welcome opens and is signed and confirmed", async (vector) => {
  const own = newcomerOf(vector.key_package, { init: vector.init_priv, leaf: "", sign: "" });
  const opened = await openWelcome(welcomeOf(vector.welcome), own, emptyPskIndex, false, suite);
  const { info, joinerSecret, pskSecret } = opened;
  const signer = unhex(vector.signer_pub);
  expect(await verifyGroupInfoSignature(info, signer, suite.signature)).toBe(true);
  expect(await verifyGroupInfoConfirmationTag(info, joinerSecret, pskSecret, suite)).toBe(true);
});

type Passive = Omit<(typeof joins.cases)[number], "epochs" | "ratchet_tree"> & {
  readonly ratchet_tree: string | null;
};

/** `state` for the pre-shared keys of resumption, which the vectors have and this project does not. */
function pskIndexOf({ external_psks }: Passive, state?: ClientState): PskIndex {
  const known = external_psks.map(({ psk_id, psk }) => [bytesToBase64(unhex(psk_id)), unhex(psk)]);
  return makePskIndex(state, Object.fromEntries(known));
}

async function join(vector: Passive): Promise<ClientState> {
  const { init_priv: init, encryption_priv: leaf, signature_priv: sign } = vector;
  const own = newcomerOf(vector.key_package, { init, leaf, sign });
  const isPskWanted = vector.external_psks.length > 0;
  const index = pskIndexOf(vector);
  const opened = await openWelcome(welcomeOf(vector.welcome), own, index, isPskWanted, suite);
  const { info } = opened;
  const tree =
    vector.ratchet_tree === null
      ? ratchetTreeFromExtension(info)
      : decoded(decodeRatchetTree, vector.ratchet_tree);
  if (tree === undefined) throw new Error("no tree");
  expect(await ratchetTreeFault(tree, info.groupContext, suite)).toBeUndefined();
  const state = await enterGroup(opened, tree, own, suite, CONFIG);
  expect(hex(state.keySchedule.epochAuthenticator)).toBe(vector.initial_epoch_authenticator);
  return state;
}

it.each(joins.cases)("a passive client comes in by a Welcome", async (vector) => {
  await join(vector);
});

it.each(commits.cases)("a passive client follows commits", async (vector) => {
  let state = await join(vector);
  for (const { proposals, commit, epoch_authenticator } of vector.epochs) {
    for (const text of [...proposals, commit]) {
      const message = decoded(decodeMlsMessage, text);
      if (message.wireformat !== "mls_public_message") throw new Error("not a public message");
      const { publicMessage } = message;
      const psks = pskIndexOf(vector, state);
      state = (await processPublicMessage(state, publicMessage, psks, suite)).newState;
    }
    expect(hex(state.keySchedule.epochAuthenticator)).toBe(epoch_authenticator);
  }
  expect(vector.epochs.length).toBeGreaterThan(0);
});
