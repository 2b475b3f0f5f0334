import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js";
import { Admission } from "../keys/admission.ts";
import { type Identity, PID_BYTES } from "../keys/credential.ts";
import type { NewcomerKeys } from "../keys/join_group.ts";
import { deriveLinkSecrets, type LinkSecrets, RoomLink } from "../keys/link_secrets.ts";
import { type GroupSetup, MlsGroup } from "../keys/mls_group.ts";
import { encodedPackage, type LeafKeys, makeNewcomer } from "../keys/newcomer.ts";
import type { RoomPolicy } from "../keys/policy.ts";
import { makeSuite, type RandomBytes } from "../keys/suite.ts";
import { Seeded } from "./seeded.ts";

export const OPEN_POLICY: RoomPolicy = {
  locked: false,
  moderators: [],
  retired: [],
};

/** The same bytes whenever a seed runs. */
export const ANY_TIME = { fromS: 0, untilS: 2 ** 40 };

/** A room with a link, and people who come through it; or one without, where a moderator lets them in. */
export class TestRoom {
  readonly roomId: string;
  readonly isNamed: boolean;
  readonly random: { readonly bytes: RandomBytes };
  readonly suite: CiphersuiteImpl;
  readonly secret: Uint8Array;
  readonly secrets: LinkSecrets;
  readonly admission: Admission;

  private constructor(random: TestRoom["random"], suite: CiphersuiteImpl, isNamed = false) {
    this.isNamed = isNamed;
    this.roomId = isNamed ? "n/test" : "r/test";
    this.random = random;
    this.suite = suite;
    this.secret = random.bytes(32);
    this.secrets = deriveLinkSecrets(this.secret);
    this.admission = this.admissionBy(new RoomLink(this.secret));
  }

  static async open(seed: string | number, isNamed = false): Promise<TestRoom> {
    const random = new Seeded(seed);
    return new TestRoom(random, await makeSuite(random.bytes, { deterministic: true }), isNamed);
  }

  /** For benchmarks: keys as in the browser. */
  static async withSuite(suite: CiphersuiteImpl, bytes: RandomBytes): Promise<TestRoom> {
    return new TestRoom({ bytes }, suite);
  }

  admissionBy(link: RoomLink): Admission {
    const rule = this.isNamed ? { kind: "moderator" as const } : { kind: "link" as const, link };
    return new Admission(this.roomId, rule, this.suite.signature);
  }

  prove(pid: Uint8Array, leaf: LeafKeys, admission = this.admission): Promise<Identity> {
    return this.isNamed
      ? admission.proveByOwnKey(pid, leaf)
      : admission.proveByLink(pid, leaf.publicKey);
  }

  /** Of one more member, with the room's first link, or with one of its own. */
  get setup(): GroupSetup {
    return this.setupWith(new RoomLink(this.secret));
  }

  setupWith(link: RoomLink, suite = this.suite): GroupSetup {
    return { suite, admission: this.admissionBy(link), link: this.isNamed ? undefined : link };
  }

  async newcomer(admission = this.admission): Promise<NewcomerKeys> {
    const leafKeys = await this.suite.signature.keygen();
    const pid = this.random.bytes(PID_BYTES);
    const identity = await this.prove(pid, leafKeys, admission);
    return makeNewcomer(identity, leafKeys, ANY_TIME, this.suite);
  }

  async found(policy: RoomPolicy = OPEN_POLICY): Promise<MlsGroup> {
    return MlsGroup.create(this.setup, this.random.bytes(16), await this.newcomer(), policy);
  }
}

/** A group with everybody's state, and a delivery that loses nothing. */
export class TestGroup {
  readonly room: TestRoom;
  /** By arrival; undefined once removed. */
  readonly states: (MlsGroup | undefined)[];

  private constructor(room: TestRoom, founder: MlsGroup) {
    this.room = room;
    this.states = [founder];
  }

  static async of(count: number, seed: string | number = count): Promise<TestGroup> {
    const room = await TestRoom.open(seed);
    const group = new TestGroup(room, await room.found());
    if (count > 1) await group.add(0, count - 1);
    return group;
  }

  at(index: number): MlsGroup {
    const state = this.states[index];
    if (state === undefined) throw new Error(`member ${index} is gone`);
    return state;
  }

  /** Adds newcomers by a commit of member `by`; they are the last of `states`. */
  async add(by: number, count = 1): Promise<void> {
    const newcomers: NewcomerKeys[] = [];
    for (let i = 0; i < count; ++i) newcomers.push(await this.room.newcomer());
    const welcome = await this.commit(by, { adds: newcomers.map(encodedPackage) });
    if (welcome === undefined) throw new Error("no welcome");
    for (const newcomer of newcomers) {
      this.states.push(await MlsGroup.join(this.room.setup, welcome, newcomer));
    }
  }

  async remove(by: number, who: number): Promise<void> {
    const removes = [this.at(who).ownLeaf];
    await this.commit(by, { removes });
    this.states[who] = undefined;
  }

  /** Everybody takes it; returns the welcome. */
  async commit(
    by: number,
    change: Parameters<MlsGroup["prepare"]>[0] = {},
  ): Promise<Uint8Array | undefined> {
    const pending = await this.at(by).prepare(change);
    for (const [i, state] of this.states.entries()) {
      if (i === by) state?.apply(pending);
      else await state?.process(pending.message);
    }
    return pending.welcome;
  }

  /** Those who are in agree on the epoch's secret. */
  authenticators(): Set<string> {
    const present = this.states.filter((state) => state !== undefined);
    return new Set(present.map(({ epochAuthenticator }) => epochAuthenticator.join(",")));
  }
}
