import type { Capabilities } from "ts-mls/capabilities.js";
import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js";
import { encodeKeyPackage, generateKeyPackageWithKey } from "ts-mls/keyPackage.js";
import { encodeIdentity, type Identity } from "./credential.ts";
import type { NewcomerKeys } from "./join_group.ts";
import { ROOM_POLICY_EXTENSION } from "./policy.ts";
import { SUITE_NAME } from "./suite.ts";

/** A leaf's signature key pair; new with every join. */
export interface LeafKeys {
  readonly publicKey: Uint8Array;
  readonly signKey: Uint8Array;
}

const CAPABILITIES: Capabilities = {
  versions: ["mls10"],
  ciphersuites: [SUITE_NAME],
  extensions: [ROOM_POLICY_EXTENSION],
  proposals: [],
  credentials: ["basic"],
};

/** A key package is used at once; a day is for wrong clocks. */
const LIFETIME_S = 24 * 3600;

/** When a key package may be used, in seconds since 1970. */
export interface Lifetime {
  readonly fromS: number;
  readonly untilS: number;
}

export function lifetimeAround(nowS: number): Lifetime {
  return { fromS: Math.floor(nowS) - LIFETIME_S, untilS: Math.floor(nowS) + LIFETIME_S };
}

/** A key package for one join, and its private half. */
export async function makeNewcomer(
  identity: Identity,
  leafKeys: LeafKeys,
  { fromS, untilS }: Lifetime,
  suite: CiphersuiteImpl,
): Promise<NewcomerKeys> {
  const { publicPackage, privatePackage } = await generateKeyPackageWithKey(
    { credentialType: "basic", identity: encodeIdentity(identity) },
    CAPABILITIES,
    { notBefore: BigInt(fromS), notAfter: BigInt(untilS) },
    [],
    leafKeys,
    suite,
  );
  return { keyPackage: publicPackage, privateKeys: privatePackage };
}

/** As others get it. */
export function encodedPackage({ keyPackage }: NewcomerKeys): Uint8Array {
  return encodeKeyPackage(keyPackage);
}
