import { describe, expect, it } from "vitest";
import { type Delivered, DeliveryService } from "../testing/delivery_service.ts";
import { expectAgreement, expectNoIntruder, present } from "../testing/invariants.ts";
import { type Ghost, LyingServer, makeGhost } from "../testing/lies.ts";
import { TestRoom } from "../testing/people.ts";
import { type Server, World } from "../testing/world.ts";

/** CONCLAVE_LONG=1 takes minutes: many seeds, and rooms of up to 40. */
const IS_LONG =
  (globalThis as { process?: { env: Record<string, string | undefined> } }).process?.env[
    "CONCLAVE_LONG"
  ] === "1";
const SEEDS = Array.from({ length: IS_LONG ? 40 : 3 }, (_, i) => i + 1);
const PEOPLE_MAX = IS_LONG ? 40 : 9;
const STEPS = IS_LONG ? 120 : 25;

/** Longer than every deadline of a member, and of the service. */
const SETTLE_MS = 90_000;

/** One thing that people do. */
async function step(world: World, isLying: boolean): Promise<void> {
  const { random } = world;
  const here = present(world);
  const client = random.pick(here);
  const dice = random.unit();
  if (here.length < 2 || (dice < 0.45 && here.length < PEOPLE_MAX)) {
    const burst = random.chance(0.2) ? 4 : 1;
    for (let i = 0; i < burst; ++i) await world.arrive();
  } else if (client === undefined) {
    return;
  } else if (dice < 0.65) {
    // Leaves (the server knows at once) or crashes (it knows later).
    world.depart(client, random.chance(0.5) ? 0 : 5_000);
  } else if (dice < 0.72) {
    const removes = [random.pick(here)?.membership.pid ?? client.membership.pid];
    await world.act(client, () => client.membership.wish(world.nowMs, { removes }));
  } else if (dice < 0.8) {
    await world.act(client, (out) => client.membership.onReconnected(out));
  }
  await returnRemoved(world);
  if (isLying) expectNoIntruder(world);
}

async function returnRemoved(world: World): Promise<void> {
  for (const client of world.clients) {
    if (!client.removed || !client.connected) continue;
    client.removed = false;
    await world.act(client, (out) => client.membership.join(world.nowMs, out));
  }
}

async function live(world: World, isLying: boolean): Promise<void> {
  for (let i = 0; i < STEPS; ++i) {
    await step(world, isLying);
    await world.run(world.nowMs + world.random.below(2_500));
  }
}

async function settle(world: World): Promise<void> {
  for (let i = 0; i < 4; ++i) {
    await world.run(world.nowMs + SETTLE_MS / 4);
    await returnRemoved(world);
  }
  await world.run(world.nowMs + SETTLE_MS);
}

describe("with an honest service", () => {
  it.each(SEEDS)(
    "people who come, leave, crash and are removed end up agreed (seed %i)",
    async (seed) => {
      const world = await World.create({ seed: `honest ${seed}`, delayMs: [1, 400] });
      await live(world, true);
      await settle(world);
      expectAgreement(world);
      expectNoIntruder(world);
      const stuck = world.clients.flatMap(({ refusals }) => refusals);
      // Late welcomes and the like are no refusals of commits: those are all valid here.
      expect(stuck).toEqual([]);
    },
    600_000,
  );
});

describe("with a lying service", () => {
  it.each(SEEDS)(
    "nobody invented gets in, and who is split off knows it (seed %i)",
    async (seed) => {
      const room = await TestRoom.open(`lying ${seed}`);
      const ghosts: Ghost[] = [await makeGhost(room), await makeGhost(room)];
      const world = await World.create({
        seed: `lying ${seed}`,
        delayMs: [1, 400],
        server: (honest, { random }) => new LyingServer(honest, random.fork("lies"), ghosts),
      });
      await live(world, true);
      await world.run(world.nowMs + 30_000);
      expectNoIntruder(world);
      const server = world.server as LyingServer;
      expect(server.told).toBeGreaterThan(0);
      // It repents: what it said before must not keep anybody out for ever. A newcomer makes the next
      // epoch, by which those who were split off notice.
      server.isLying = false;
      await world.arrive();
      await settle(world);
      await world.arrive();
      await settle(world);
      expectAgreement(world);
      expectNoIntruder(world);
    },
    600_000,
  );

  it("a service that runs two groups keeps two lists apart", async () => {
    const world = await World.create({
      seed: "two groups",
      server: (honest) => new TwoGroups([honest, new DeliveryService()]),
    });
    for (let i = 0; i < 6; ++i) await world.arrive();
    await world.run(20_000);
    expectNoIntruder(world);
    const views = new Set(
      world.clients.map(({ membership }) => membership.group?.epochAuthenticator.join(",")),
    );
    expect(views.size).toBe(2);
    for (const { roster } of world.clients) expect(roster).toHaveLength(3);
  });
});

/** Every second session is in the other group. */
class TwoGroups implements Server {
  readonly #services: readonly DeliveryService[];

  constructor(services: readonly DeliveryService[]) {
    this.#services = services;
  }

  onMessage(...[nowMs, session, message, out]: Parameters<Server["onMessage"]>): void {
    this.#services[session % 2]?.onMessage(nowMs, session, message, out);
  }

  onGone(nowMs: number, session: number, out: Delivered[]): void {
    this.#services[session % 2]?.onGone(nowMs, session, out);
  }

  nextDeadlineMs(): number | undefined {
    const times = this.#services.flatMap((service) => service.nextDeadlineMs() ?? []);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  onDeadline(nowMs: number, out: Delivered[]): void {
    for (const service of this.#services) service.onDeadline(nowMs, out);
  }
}
