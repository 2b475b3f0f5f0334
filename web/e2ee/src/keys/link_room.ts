import { Admission, type LongTermKey } from "./admission.ts";
import { PID_BYTES } from "./credential.ts";
import { RoomLink } from "./link_secrets.ts";
import type { GroupMaker, Newcomer } from "./membership.ts";
import { type GroupSetup, MlsGroup } from "./mls_group.ts";
import { encodedPackage, lifetimeAround, makeNewcomer } from "./newcomer.ts";
import type { RoomPolicy } from "./policy.ts";
import { browserRandom, makeSuite } from "./suite.ts";
import { WireSeal } from "./wire_seal.ts";

const GROUP_ID_BYTES = 16;

/** Rooms of `/r/` links: whoever has the secret is let in, and the first comer moderates. */
export async function linkRoom(
  roomId: string,
  secret: Uint8Array,
  /** In seconds since 1970. */
  timeOfDay: () => number,
  longTerm?: LongTermKey,
): Promise<{ maker: GroupMaker; seal: WireSeal }> {
  const suite = await makeSuite();
  const link = new RoomLink(secret);
  const rule = { kind: "link" as const, link };
  const admission = new Admission(roomId, rule, suite.signature);
  const setup: GroupSetup = {
    suite,
    admission,
    link,
  };
  const newcomer = async (): Promise<Newcomer> => {
    const leafKeys = await suite.signature.keygen();
    const pid = browserRandom(PID_BYTES);
    const identity = await admission.proveByLink(pid, leafKeys.publicKey, longTerm);
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
  const seal = await WireSeal.create(link.secrets.wire, roomId, browserRandom);
  return { maker: { newcomer }, seal };
}

function foundersPolicy(founder: Uint8Array): RoomPolicy {
  return {
    locked: false,
    moderators: [founder],
    admitters: [founder],
    retired: [],
  };
}
