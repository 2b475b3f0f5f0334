import { Admission, type AdmissionRule, type LongTermKey } from "./admission.ts";
import { type Identity, PID_BYTES } from "./credential.ts";
import { RoomLink } from "./link_secrets.ts";
import type { GroupMaker, Newcomer } from "./membership.ts";
import { type GroupSetup, MlsGroup } from "./mls_group.ts";
import { encodedPackage, type LeafKeys, lifetimeAround, makeNewcomer } from "./newcomer.ts";
import type { RoomPolicy } from "./policy.ts";
import { browserRandom, makeSuite } from "./suite.ts";
import { WireSeal } from "./wire_seal.ts";

const GROUP_ID_BYTES = 16;

/** What a member needs to take part in a room's group. */
export interface KeyRoom {
  readonly maker: GroupMaker;
  readonly seal: WireSeal;
}

/** Rooms of `/r/` links: whoever has the secret is let in, and the first comer moderates. */
export function linkRoom(
  roomId: string,
  secret: Uint8Array,
  /** In seconds since 1970. */
  timeOfDay: () => number,
  longTerm?: LongTermKey,
): Promise<KeyRoom> {
  const link = new RoomLink(secret);
  return keyRoom(roomId, { kind: "link", link }, link, timeOfDay, (admission, pid, leaf) =>
    admission.proveByLink(pid, leaf.publicKey, longTerm),
  );
}

/**
 * Rooms of `/n/` links, whose names can be typed: there is no secret, and whoever moderates lets people
 * in. Handshakes go bare, and who the server says wants in cannot be told from one whom it made up: all
 * that members know is whom they have let in.
 */
export function namedRoom(
  roomId: string,
  /** In seconds since 1970. */
  timeOfDay: () => number,
  longTerm?: LongTermKey,
): Promise<KeyRoom> {
  return keyRoom(roomId, { kind: "moderator" }, undefined, timeOfDay, (admission, pid, leaf) =>
    admission.proveByOwnKey(pid, leaf, longTerm),
  );
}

async function keyRoom(
  roomId: string,
  rule: AdmissionRule,
  link: RoomLink | undefined,
  timeOfDay: () => number,
  prove: (admission: Admission, pid: Uint8Array, leaf: LeafKeys) => Promise<Identity>,
): Promise<KeyRoom> {
  const suite = await makeSuite();
  const admission = new Admission(roomId, rule, suite.signature);
  const setup: GroupSetup = { suite, admission, link };
  const newcomer = async (): Promise<Newcomer> => {
    const leafKeys = await suite.signature.keygen();
    const pid = browserRandom(PID_BYTES);
    const identity = await prove(admission, pid, leafKeys);
    const own = await makeNewcomer(identity, leafKeys, lifetimeAround(timeOfDay()), suite);
    return {
      pid,
      keyPackage: encodedPackage(own),
      found: () =>
        MlsGroup.create(
          setup,
          browserRandom(GROUP_ID_BYTES),
          own,
          foundersPolicy(leafKeys.publicKey),
        ),
      join: (welcome) => MlsGroup.join(setup, welcome, own),
    };
  };
  const seal = await WireSeal.create(link?.secrets.wire, roomId, browserRandom);
  return { maker: { newcomer }, seal };
}

function foundersPolicy(founder: Uint8Array): RoomPolicy {
  return {
    locked: false,
    moderators: [founder],
    retired: [],
  };
}
