/** Rooms without a link secret: who moderates lets people in, and nobody else can. */
import { expect, it, vi } from "vitest";
import { expectAgreement, present } from "../testing/invariants.ts";
import { OPEN_POLICY, TestRoom } from "../testing/people.ts";
import { type Client, World } from "../testing/world.ts";
import { MlsGroup } from "./mls_group.ts";
import { encodedPackage } from "./newcomer.ts";

// Real cryptography, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000 });

const roomOf = (seed: string) => World.create({ seed, isNamed: true });
const moderatorsOf = (client: Client) => client.roster.filter(({ isModerator }) => isModerator);

it("people come without a secret, let in by whoever moderates", async () => {
  const world = await roomOf("come");
  for (let i = 0; i < 6; ++i) {
    await world.arrive();
    await world.run(world.nowMs + 2_000);
  }
  expectAgreement(world);
  expect(present(world)).toHaveLength(6);
  const [first] = world.clients as [Client];
  for (const client of world.clients) {
    expect(moderatorsOf(client).map(({ pid }) => pid)).toEqual([first.membership.pid]);
    expect(client.refusals).toEqual([]);
  }
});

it("where the moderator crashed, it is removed first, and the lowest leaf lets people in", async () => {
  const world = await roomOf("succession");
  for (let i = 0; i < 4; ++i) await world.arrive();
  await world.run(10_000);
  world.depart(world.clients[0] as Client, 5_000);
  await world.arrive();
  await world.run(60_000);
  expectAgreement(world);
  expect(present(world)).toHaveLength(4);
});

it("who was removed does not come back: the room is locked, until a moderator opens it", async () => {
  const world = await roomOf("removed");
  for (let i = 0; i < 4; ++i) {
    await world.arrive();
    await world.run(world.nowMs + 2_000);
  }
  const [moderator, , kicked] = world.clients as [Client, Client, Client];
  const removes = [kicked.membership.pid];
  await world.act(moderator, () => moderator.membership.wish(world.nowMs, { removes }));
  await world.run(world.nowMs + 10_000);
  expect(kicked.removed).toBe(true);
  kicked.removed = false;
  await world.act(kicked, (out) => kicked.membership.join(world.nowMs, out));
  await world.run(world.nowMs + 20_000);
  expect(kicked.membership.group).toBeUndefined();
  const policy = moderator.membership.group?.policy ?? OPEN_POLICY;
  expect(policy.locked).toBe(true);
  const opened = { ...policy, locked: false };
  await world.act(moderator, () => moderator.membership.wish(world.nowMs, { policy: opened }));
  await world.run(world.nowMs + 30_000);
  expect(present(world)).toHaveLength(4);
  expectAgreement(world);
});

it("a commit by somebody who does not moderate adds nobody", async () => {
  const room = await TestRoom.open("not a moderator", true);
  const keys = await room.newcomer();
  const moderators = [keys.keyPackage.leafNode.signaturePublicKey];
  const policy = { ...OPEN_POLICY, moderators };
  const founder = await MlsGroup.create(room.setup, room.random.bytes(16), keys, policy);
  const second = await room.newcomer();
  const first = await founder.prepare({ adds: [encodedPackage(second)] });
  founder.apply(first);
  const member = await MlsGroup.join(room.setup, first.welcome as Uint8Array, second);
  expect(founder.admitters).toEqual([founder.ownLeaf]);
  expect(member.admitters).toEqual([founder.ownLeaf]);
  const third = encodedPackage(await room.newcomer());
  await expect(member.prepare({ adds: [third] })).rejects.toThrow("may not admit");
});

it("a credential of another room is not taken", async () => {
  const room = await TestRoom.open("elsewhere", true);
  const founder = await room.found();
  const other = await TestRoom.open("a link's room");
  const { refusedAdds } = await founder.prepare({ adds: [encodedPackage(await other.newcomer())] });
  expect(refusedAdds).toEqual([0]);
});
