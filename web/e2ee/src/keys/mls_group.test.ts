import { createCommit } from "ts-mls/createCommit.js";
import { initializeEpoch } from "ts-mls/keySchedule.js";
import { encodeMlsMessage } from "ts-mls/message.js";
import { expect, it, vi } from "vitest";
import { OPEN_POLICY, TestGroup, TestRoom } from "../testing/people.ts";
import { Seeded } from "../testing/seeded.ts";
import { Refused } from "./group_crypto.ts";
import { RoomLink, secretOfFragment } from "./link_secrets.ts";
import { MlsGroup } from "./mls_group.ts";
import { encodedPackage } from "./newcomer.ts";
import type { RoomPolicy } from "./policy.ts";

// Real cryptography, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000 });

async function baseKeyBits(group: MlsGroup): Promise<string> {
  const key = await group.exportBaseKey();
  const params = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: new Uint8Array(1) };
  return new Uint8Array(await crypto.subtle.deriveBits(params, key, 128)).join(",");
}

it("members of an epoch share its key, and each epoch has another", async () => {
  const group = await TestGroup.of(4);
  const before = await Promise.all(group.states.map((state) => baseKeyBits(state as MlsGroup)));
  expect(new Set(before).size).toBe(1);
  await group.commit(2);
  const after = await Promise.all(group.states.map((state) => baseKeyBits(state as MlsGroup)));
  expect(new Set(after).size).toBe(1);
  expect(after[0]).not.toBe(before[0]);
  expect(
    group
      .at(3)
      .members()
      .map(({ leaf }) => leaf),
  ).toEqual([0, 1, 2, 3]);
});

// ts-mls 2.0.0-rc.10 let a removed member compute the next epoch from its own old state, since a
// commit with exactly one Remove had no path. All official vectors passed there too.
it("a removed member cannot go on: a commit with one Remove carries a path", async () => {
  const group = await TestGroup.of(3);
  const removed = group.at(2);
  const pending = await group.at(0).prepare({ removes: [removed.ownLeaf] });
  group.at(0).apply(pending);
  await group.at(1).process(pending.message);
  const before = removed.epochAuthenticator.join(",");
  const change = await removed.process(pending.message);
  expect(change.selfRemoved).toBe(true);
  expect(removed.epochAuthenticator.join(",")).toBe(before);
  expect(group.at(1).epochAuthenticator).toEqual(group.at(0).epochAuthenticator);
  // The attack: the next epoch from its own init secret, with no commit secret to know.
  const { initSecret } = removed.stateForTests().keySchedule;
  const none = new Uint8Array(32);
  const { suite } = group.room;
  const { groupContext } = group.at(0).stateForTests();
  const guess = await initializeEpoch(initSecret, none, groupContext, none, suite.kdf);
  expect(guess.keySchedule.epochAuthenticator).not.toEqual(group.at(0).epochAuthenticator);
  expect(guess.keySchedule.exporterSecret).not.toEqual(
    group.at(0).stateForTests().keySchedule.exporterSecret,
  );
});

it("that guess is right where a commit has no path, so the test above can fail", async () => {
  const group = await TestGroup.of(2, "guess");
  const { initSecret } = group.at(1).stateForTests().keySchedule;
  const { policy } = group.at(0);
  await group.commit(0, { policy: { ...policy, locked: !policy.locked } });
  const { groupContext, keySchedule } = group.at(0).stateForTests();
  const none = new Uint8Array(32);
  const guess = await initializeEpoch(initSecret, none, groupContext, none, group.room.suite.kdf);
  expect(guess.keySchedule.epochAuthenticator).toEqual(keySchedule.epochAuthenticator);
});

it("a Remove without a path is refused, whatever made it", async () => {
  const group = await TestGroup.of(3);
  const pending = await group.at(0).prepare({ removes: [2] });
  const { decodeMlsMessage } = await import("ts-mls/message.js");
  const message = decodeMlsMessage(pending.message, 0)?.[0];
  if (message?.wireformat !== "mls_public_message") throw new Error("kind");
  const { content } = message.publicMessage;
  if (content.contentType !== "commit") throw new Error("kind");
  content.commit.path = undefined;
  await expect(group.at(1).process(encodeMlsMessage(message))).rejects.toThrow("no path");
  // And the state is as it was: the true commit is still taken.
  await group.at(1).process(pending.message);
  group.at(0).apply(pending);
  expect(group.at(1).epochAuthenticator).toEqual(group.at(0).epochAuthenticator);
});

// ts-mls 1.6.4 refuses this tree to newcomers; see tree_check.ts.
it("somebody can join below a parent that lists an unmerged leaf which the root does not", async () => {
  const group = await TestGroup.of(8);
  await group.remove(6, 7);
  await group.add(0);
  await group.commit(1);
  await group.add(2);
  expect(group.authenticators().size).toBe(1);
});

it("many random changes leave everybody in agreement", async () => {
  const group = await TestGroup.of(5, "random changes");
  const random = new Seeded("random changes");
  for (let i = 0; i < 24; ++i) {
    const present = [...group.states.keys()].filter((n) => group.states[n] !== undefined);
    const by = random.pick(present) ?? 0;
    const other = random.pick(present.filter((n) => n !== by));
    if (random.chance(0.4)) await group.add(by, 1 + random.below(3));
    else if (other !== undefined && random.chance(0.6)) await group.remove(by, other);
    else await group.commit(by);
    expect(group.authenticators().size).toBe(1);
  }
}, 60_000);

it("somebody without the link's secret is not added, and says so nowhere", async () => {
  const room = await TestRoom.open("ghost");
  const founder = await room.found();
  const ghost = await room.newcomer(room.admissionBy(new RoomLink(room.random.bytes(32))));
  const guest = await room.newcomer();
  const adds = [encodedPackage(ghost), encodedPackage(guest)];
  const pending = await founder.prepare({ adds });
  expect(pending.refusedAdds).toEqual([0]);
  expect(founder.apply(pending).added).toHaveLength(1);
});

it("an insider cannot add a ghost", async () => {
  const group = await TestGroup.of(3, "insider");
  const { room } = group;
  const ghost = await room.newcomer(room.admissionBy(new RoomLink(new Uint8Array(32))));
  // The insider's client has no scruples: its hook accepts everybody.
  const lax = await MlsGroupLaxity.of(group.at(1));
  const message = await lax.addWithoutChecks(ghost, room);
  await expect(group.at(0).process(message)).rejects.toThrow(Refused);
  await expect(group.at(2).process(message)).rejects.toThrow("does not admit");
  expect(group.at(0).members()).toHaveLength(3);
});

it("a room that the server has made up has no valid members", async () => {
  const server = await TestRoom.open("server's own");
  const group = await server.found();
  const room = await TestRoom.open("the true one");
  const victim = await room.newcomer();
  // The server cannot check the victim's proof, and does not want to.
  const lax = await MlsGroupLaxity.of(group);
  const welcome = await lax.welcomeWithoutChecks(victim, room);
  await expect(MlsGroup.join(room.setup, welcome, victim)).rejects.toThrow("admission of a leaf");
});

it("an Add without the link's pre-shared key is refused on both sides", async () => {
  const group = await TestGroup.of(2, "psk");
  const newcomer = await group.room.newcomer();
  const lax = await MlsGroupLaxity.of(group.at(1));
  const { message, welcome } = await lax.addWithoutPsk(newcomer, group.room);
  await expect(group.at(0).process(message)).rejects.toThrow("psk");
  await expect(MlsGroup.join(group.room.setup, welcome, newcomer)).rejects.toThrow("psk");
});

it("a locked group takes nobody, but from a moderator", async () => {
  const room = await TestRoom.open("locked");
  const keys = await room.newcomer();
  const moderator = keys.keyPackage.leafNode.signaturePublicKey;
  const policy = { ...OPEN_POLICY, moderators: [moderator] };
  const founder = await MlsGroup.create(room.setup, room.random.bytes(16), keys, policy);
  const [second, third] = [await room.newcomer(), await room.newcomer()];
  const first = await founder.prepare({ adds: [encodedPackage(second)] });
  founder.apply(first);
  const member = await MlsGroup.join(room.setup, first.welcome as Uint8Array, second);
  await expect(member.prepare({ policy: { ...policy, locked: true } })).rejects.toThrow("moderate");
  const lock = await founder.prepare({ policy: { ...policy, locked: true } });
  founder.apply(lock);
  await member.process(lock.message);
  expect(member.policy.locked).toBe(true);
  await expect(member.prepare({ adds: [encodedPackage(third)] })).rejects.toThrow("locked");
  const byModerator = await founder.prepare({ adds: [encodedPackage(third)] });
  founder.apply(byModerator);
  expect((await member.process(byModerator.message)).added).toHaveLength(1);
});

it("a link that was replaced lets nobody in, and who came by it stays", async () => {
  const group = await TestGroup.of(3, "new link");
  const { room } = group;
  const [own] = group.at(0).members();
  await group.commit(0, {
    policy: { ...OPEN_POLICY, moderators: [own?.signatureKey as Uint8Array] },
  });
  expect(group.at(1).policyWithoutLink()).toBeUndefined();
  const policy = group.at(0).policyWithoutLink();
  const late = await room.newcomer();
  // In one commit, the newcomer would be told a link that nobody uses any more.
  await expect(
    group.at(0).prepare({ policy: policy as RoomPolicy, adds: [encodedPackage(late)] }),
  ).rejects.toThrow("while the link is replaced");
  await group.commit(0, { policy: policy as RoomPolicy });
  const links = await Promise.all(group.states.map((state) => state?.followLink()));
  expect(new Set(links.map((link) => link?.fragment)).size).toBe(1);
  expect((await group.at(1).prepare({ adds: [encodedPackage(late)] })).refusedAdds).toEqual([0]);
  // A client without our checks adds them all the same: the others refuse it.
  const lax = await MlsGroupLaxity.of(group.at(1));
  const message = await lax.addWithoutChecks(late, room);
  await expect(group.at(0).process(message)).rejects.toThrow(Refused);

  const secret = secretOfFragment(links[0]?.fragment ?? "") as Uint8Array;
  const link = new RoomLink(secret);
  const invited = await room.newcomer(room.admissionBy(link));
  const welcome = await group.commit(1, { adds: [encodedPackage(invited)] });
  const member = await MlsGroup.join(room.setupWith(link), welcome as Uint8Array, invited);
  expect(member.members()).toHaveLength(4);
  expect(member.policy.retired).toHaveLength(1);
});

it("a policy that forgets a former link, or retires another one, is refused", async () => {
  const group = await TestGroup.of(2, "retired");
  const [own] = group.at(0).members();
  const policy = { ...OPEN_POLICY, moderators: [own?.signatureKey as Uint8Array] };
  const wrong = { ...policy, retired: [new Uint8Array(32)] };
  await expect(group.at(0).prepare({ policy: wrong })).rejects.toThrow("retired links");
  await group.commit(0, { policy: group.at(0).policyWithoutLink() as RoomPolicy });
  for (const state of group.states) await state?.followLink();
  await expect(group.at(0).prepare({ policy })).rejects.toThrow("retired links");
});

it("where all moderators have left, the lowest leaf may name new ones", async () => {
  const group = await TestGroup.of(3, "succession");
  const [lowest, other] = [group.at(0), group.at(1)];
  const own = lowest.members()[0]?.signatureKey as Uint8Array;
  const policy = { ...lowest.policy, moderators: [own] };
  await expect(other.prepare({ policy })).rejects.toThrow("moderate");
  await group.commit(0, { policy });
  expect(other.members()[0]?.isModerator).toBe(true);
  expect(group.authenticators().size).toBe(1);
});

it("no secret of the MLS secret tree can be used, since none is derived", async () => {
  const room = await TestRoom.open("secret tree");
  const { createApplicationMessage } = await import("ts-mls/createMessage.js");
  const group = await room.found();
  const lax = await MlsGroupLaxity.of(group);
  await expect(createApplicationMessage(lax.state, new Uint8Array(3), room.suite)).rejects.toThrow(
    "secret tree",
  );
});

/** What an attacker does with the library and somebody's state, without our checks. */
class MlsGroupLaxity {
  readonly state: ReturnType<MlsGroup["stateForTests"]>;

  private constructor(state: MlsGroupLaxity["state"]) {
    this.state = state;
  }

  static async of(group: MlsGroup): Promise<MlsGroupLaxity> {
    const state = group.stateForTests();
    const authService = { validateCredential: async () => true };
    return new MlsGroupLaxity({ ...state, clientConfig: { ...state.clientConfig, authService } });
  }

  async addWithoutChecks(who: Newcomer, room: TestRoom): Promise<Uint8Array> {
    return encodeMlsMessage((await this.#add(who, room, true)).commit);
  }

  async welcomeWithoutChecks(who: Newcomer, room: TestRoom): Promise<Uint8Array> {
    return this.#welcomeOf(await this.#add(who, room, true));
  }

  async addWithoutPsk(who: Newcomer, room: TestRoom) {
    const result = await this.#add(who, room, false);
    return { message: encodeMlsMessage(result.commit), welcome: this.#welcomeOf(result) };
  }

  #welcomeOf({ welcome }: Awaited<ReturnType<typeof createCommit>>): Uint8Array {
    if (welcome === undefined) throw new Error("no welcome");
    return encodeMlsMessage({ version: "mls10", wireformat: "mls_welcome", welcome });
  }

  #add(who: Newcomer, room: TestRoom, withPsk: boolean) {
    const { pskId: id, psk: key } = room.secrets;
    const preSharedKeyId = {
      psktype: "external" as const,
      pskId: id,
      pskNonce: room.random.bytes(32),
    };
    const psk = { proposalType: "psk" as const, psk: { preSharedKeyId } };
    return createCommit(
      { state: this.state, cipherSuite: room.suite, pskIndex: { findPsk: () => key } },
      {
        wireAsPublicMessage: true,
        ratchetTreeExtension: true,
        extraProposals: [
          { proposalType: "add", add: { keyPackage: who.keyPackage } },
          ...(withPsk ? [psk] : []),
        ],
      },
    );
  }
}

type Newcomer = Awaited<ReturnType<TestRoom["newcomer"]>>;
