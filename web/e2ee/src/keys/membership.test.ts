import { expect, it, vi } from "vitest";
import { expectAgreement, present } from "../testing/invariants.ts";
import { type Client, World } from "../testing/world.ts";
import { secretOfFragment } from "./link_secrets.ts";

// Real cryptography, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000 });

it("the first comes alone, the others come to it", async () => {
  const world = await World.create({ seed: "first" });
  await world.arrive();
  await world.run(1_000);
  await world.arrive();
  await world.arrive();
  await world.run(6_000);
  expectAgreement(world);
  expect(present(world)).toHaveLength(3);
});

it("a room whose founder crashes before it founded anything gets another one", async () => {
  const world = await World.create({ seed: "no founder" });
  const first = await world.arrive();
  await world.arrive();
  world.depart(first, 1_000);
  await world.run(30_000);
  expectAgreement(world);
});

it("who crashes is removed, and cannot follow", async () => {
  const world = await World.create({ seed: "crash" });
  for (let i = 0; i < 5; ++i) await world.arrive();
  await world.run(10_000);
  expectAgreement(world);
  const [victim] = world.clients as [Client];
  world.depart(victim, 5_000);
  await world.run(30_000);
  expectAgreement(world);
  const current = world.clients[1]?.membership.group?.epochAuthenticator;
  expect(victim.membership.group?.epochAuthenticator).not.toEqual(current);
});

it("keys are fresh after ten quiet minutes, and it takes one commit", async () => {
  const world = await World.create({ seed: "refresh" });
  for (let i = 0; i < 4; ++i) await world.arrive();
  await world.run(10_000);
  const before = world.clients[2]?.membership.group?.epoch ?? 0;
  await world.run(10_000 + 11 * 60_000);
  expectAgreement(world);
  expect(world.clients[2]?.membership.group?.epoch).toBe(before + 1);
});

it("somebody who is removed by wish is out, and the link that they know lets nobody in", async () => {
  const world = await World.create({ seed: "kick" });
  for (let i = 0; i < 4; ++i) await world.arrive();
  await world.run(10_000);
  // Without moderators the lowest leaf acts for them.
  const byLeaf = (client: Client) => client.membership.group?.ownLeaf ?? Number.POSITIVE_INFINITY;
  const [kicker, kicked] = world.clients.toSorted((a, b) => byLeaf(a) - byLeaf(b)) as [
    Client,
    Client,
  ];
  const removes = [kicked.membership.pid];
  await world.act(kicker, () => kicker.membership.wish(world.nowMs, { removes }));
  await world.run(15_000);
  expect(kicked.removed).toBe(true);
  expect(kicked.roster).toEqual([]);
  expectAgreement(world);
  const told = new Set(world.clients.filter((client) => client !== kicked).map(({ link }) => link));
  expect(told.size).toBe(1);
  const [link] = told;
  const secret = secretOfFragment(link ?? "");
  expect(secret).toBeDefined();

  kicked.removed = false;
  await world.act(kicked, (out) => kicked.membership.join(world.nowMs, out));
  await world.run(30_000);
  expectAgreement(world);
  expect(present(world)).toHaveLength(3);
  expect(kicked.notAdmitted).toBe(true);

  await world.arrive(secret);
  await world.run(45_000);
  expectAgreement(world);
  expect(present(world)).toHaveLength(4);
});

// The server puts somebody out while the moderator's group does: whoever commits the removal, the link goes.
it.each([0, 30, 60, 120, 3_000])(
  "a removal that others commit too still replaces the link (%d ms after)",
  async (lateMs) => {
    const world = await World.create({ seed: `put out ${lateMs}` });
    for (let i = 0; i < 5; ++i) await world.arrive();
    await world.run(10_000);
    const byLeaf = (client: Client) => client.membership.group?.ownLeaf ?? Number.POSITIVE_INFINITY;
    const [kicker, kicked] = world.clients.toSorted((a, b) => byLeaf(a) - byLeaf(b)) as [
      Client,
      Client,
    ];
    const removes = [kicked.membership.pid];
    world.depart(kicked);
    await world.run(10_000 + lateMs);
    await world.act(kicker, () => kicker.membership.wish(world.nowMs, { removes }));
    await world.run(30_000);
    expectAgreement(world);
    expect(kicker.link).toBeDefined();
    expect(kicker.membership.group?.policy.locked).toBe(false);
    const again = await world.arrive(world.room.secret);
    await world.run(60_000);
    expect(again.notAdmitted).toBe(true);
    expect(present(world)).toHaveLength(4);
  },
);

it("who is already out when a moderator of a locked room removes them loses the link too", async () => {
  const world = await World.create({ seed: "put out, locked" });
  for (let i = 0; i < 4; ++i) await world.arrive();
  await world.run(10_000);
  const byLeaf = (client: Client) => client.membership.group?.ownLeaf ?? Number.POSITIVE_INFINITY;
  const [kicker, kicked] = world.clients.toSorted((a, b) => byLeaf(a) - byLeaf(b)) as [
    Client,
    Client,
  ];
  const { group } = kicker.membership;
  if (group === undefined) throw new Error("not in the group");
  const policy = { ...group.policy, locked: true };
  await world.act(kicker, () => kicker.membership.wish(world.nowMs, { policy }));
  await world.run(15_000);
  world.depart(kicked);
  await world.run(20_000);
  const removes = [kicked.membership.pid];
  await world.act(kicker, () => kicker.membership.wish(world.nowMs, { removes }));
  await world.run(30_000);
  expectAgreement(world);
  expect(kicker.link).toBeDefined();
  expect(kicker.membership.group?.policy.locked).toBe(true);
});
