import type { ClientState } from "ts-mls/clientState.js";
import { createCommit } from "ts-mls/createCommit.js";
import { decodeKeyPackage } from "ts-mls/keyPackage.js";
import { encodeMlsMessage } from "ts-mls/message.js";
import { RoomLink } from "../keys/link_secrets.ts";
import { MlsGroup } from "../keys/mls_group.ts";
import { WireSeal } from "../keys/wire_seal.ts";
import { OPEN_POLICY, type TestRoom } from "./people.ts";
import type { Seeded } from "./seeded.ts";
import type { Client, World } from "./world.ts";

/**
 * A server to whom somebody gave the key that hides handshakes: it makes what it likes look as if a member
 * had sent it. It lacks the admission key alone, and members' own keys.
 */
export class Forger {
  readonly #room: TestRoom;
  readonly #random: Seeded;
  readonly #seal: WireSeal;
  readonly #own: ClientState;
  made = 0;

  private constructor(room: TestRoom, random: Seeded, seal: WireSeal, own: ClientState) {
    this.#room = room;
    this.#random = random;
    this.#seal = seal;
    this.#own = own;
  }

  static async in(world: World): Promise<Forger> {
    const { room } = world;
    const random = world.random.fork("forger");
    const { wire } = room.secrets;
    const seal = await WireSeal.create(wire, room.roomId, random.bytes);
    const ghost = new RoomLink(random.bytes(32));
    const admission = room.admissionBy(ghost);
    const setup = { ...room.setup, admission };
    const keys = await room.newcomer(admission);
    const group = await MlsGroup.create(setup, random.bytes(16), keys, OPEN_POLICY);
    const state = group.stateForTests();
    const authService = { validateCredential: async () => true };
    return new Forger(room, random, seal, {
      ...state,
      clientConfig: { ...state.clientConfig, authService },
    });
  }

  /** A Welcome into a group of the server's own, for somebody who waits to be let in. */
  async welcome(world: World, victim: Client): Promise<void> {
    const { keyPackage: sealed } = [...victim.sent].reverse().find(isJoin) ?? {};
    const bytes = sealed && (await this.#seal.open("key-package", 0, sealed));
    const keyPackage = bytes && decodeKeyPackage(bytes, 0)?.[0];
    if (!keyPackage || victim.membership.group !== undefined) return;
    const { pskId, psk } = this.#room.secrets;
    const preSharedKeyId = {
      ...{ psktype: "external" as const, pskId },
      pskNonce: this.#random.bytes(32),
    };
    const { welcome } = await createCommit(
      { state: this.#own, cipherSuite: this.#room.suite, pskIndex: { findPsk: () => psk } },
      {
        ...{ wireAsPublicMessage: true, ratchetTreeExtension: true },
        extraProposals: [
          { proposalType: "add", add: { keyPackage } },
          { proposalType: "psk", psk: { preSharedKeyId } },
        ],
      },
    );
    if (welcome === undefined) throw new Error("no welcome");
    const encoded = encodeMlsMessage({ version: "mls10", wireformat: "mls_welcome", welcome });
    const message = await this.#seal.seal("welcome", 1, encoded);
    this.made += 1;
    world.deliver({
      session: victim.session,
      message: { type: "welcome", epoch: 1, welcome: message },
    });
  }

  /** A member's own commit with one bit changed, sealed like every other. */
  async commit(world: World, author: Client, victim: Client): Promise<void> {
    const post = [...author.sent].reverse().find((message) => message.type === "commit");
    if (post === undefined) return;
    const opened = await this.#seal.open("commit", post.epoch, post.commit);
    if (opened === undefined) return;
    const forged = new Uint8Array(opened);
    const at = this.#random.below(forged.length);
    forged[at] = (forged[at] ?? 0) ^ (1 << this.#random.below(8));
    const commit = await this.#seal.seal("commit", post.epoch, forged);
    this.made += 1;
    const message = { type: "epoch" as const, epoch: post.epoch, commit };
    world.deliver({ session: victim.session, message });
  }
}

function isJoin(message: Client["sent"][number]): message is { type: "join" } & typeof message {
  return message.type === "join";
}
