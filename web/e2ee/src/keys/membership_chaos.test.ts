import { describe, expect, it } from "vitest";
import { type Delivered, DeliveryService } from "../testing/delivery_service.ts";
import { Forger } from "../testing/forgeries.ts";
import { ForkingServer } from "../testing/forking_server.ts";
import { FrameArchive } from "../testing/frame_archive.ts";
import { expectAgreement, expectNoIntruder, present } from "../testing/invariants.ts";
import { type Ghost, LyingServer, makeGhost } from "../testing/lies.ts";
import { TestRoom } from "../testing/people.ts";
import { type Server, World } from "../testing/world.ts";

/** CONCLAVE_LONG=1 takes an hour: many seeds, rooms of up to 40, and one of 200. */
const IS_LONG =
  (globalThis as { process?: { env: Record<string, string | undefined> } }).process?.env[
    "CONCLAVE_LONG"
  ] === "1";
const SEEDS = Array.from({ length: IS_LONG ? 40 : 3 }, (_, i) => i + 1);
const PEOPLE_MAX = IS_LONG ? 40 : 9;
const CROWD = IS_LONG ? 200 : 12;
/** Who sends at the end of a step, so often. */
const SENDS = 0.3;
const STEPS = IS_LONG ? 120 : 25;

/** Longer than every deadline of a member, and of the service. */
const SETTLE_MS = 90_000;

/** Every member commits in less than this, whatever happens. */
const REFRESH_MS = 11 * 60_000;

/** One thing that people do. */
async function step(world: World, isLying: boolean, peopleMax = PEOPLE_MAX): Promise<void> {
  const { random } = world;
  const here = present(world);
  const client = random.pick(here);
  const dice = random.unit();
  if (here.length < 2 || (dice < 0.45 && here.length < peopleMax)) {
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

async function live(
  world: World,
  isLying: boolean,
  archive: FrameArchive,
  peopleMax = PEOPLE_MAX,
): Promise<void> {
  for (let i = 0; i < STEPS; ++i) {
    await step(world, isLying, peopleMax);
    await world.run(world.nowMs + world.random.below(2_500));
    // Also those whom the others have removed, and do not know it yet.
    for (const client of world.clients) {
      if (world.random.chance(SENDS)) await archive.record(world, client);
    }
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
      const archive = new FrameArchive();
      await live(world, true, archive);
      await settle(world);
      expectAgreement(world);
      expectNoIntruder(world);
      expect(await archive.expectConfidential(world.clients)).toBeGreaterThan(archive.size);
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
      const archive = new FrameArchive();
      await live(world, true, archive);
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
      expect(archive.size).toBeGreaterThan(10);
      expect(await archive.expectConfidential(world.clients)).toBeGreaterThan(0);
    },
    600_000,
  );

  it.each(SEEDS)(
    "what a server forges that can seal handshakes is refused (seed %i)",
    async (seed) => {
      const world = await World.create({ seed: `forged ${seed}`, delayMs: [1, 400] });
      const forger = await Forger.in(world);
      const archive = new FrameArchive();
      for (let i = 0; i < 12; ++i) {
        const newcomer = await world.arrive();
        await forger.welcome(world, newcomer);
        await world.run(world.nowMs + 400 + world.random.below(2_000));
        const [author, victim] = [
          world.random.pick(present(world)),
          world.random.pick(present(world)),
        ];
        if (author && victim && author !== victim) await forger.commit(world, author, victim);
        await archive.record(world, newcomer);
        expectNoIntruder(world);
      }
      await settle(world);
      expect(forger.made).toBeGreaterThan(12);
      const refusals = world.clients.flatMap((client) => client.refusals);
      expect(refusals.join()).toContain("admission of a leaf");
      expectAgreement(world);
      await archive.expectConfidential(world.clients);
    },
    600_000,
  );

  it("a room that is split goes on as two, each with its own secrets, and becomes one again", async () => {
    let server: ForkingServer | undefined;
    const world = await World.create({
      seed: "fork",
      server: () => {
        server = new ForkingServer();
        return server;
      },
    });
    const archive = new FrameArchive();
    for (let i = 0; i < 6; ++i) await world.arrive();
    await world.run(20_000);
    expectAgreement(world);
    server?.fork();
    for (let i = 0; i < 2; ++i) await world.arrive();
    await world.run(world.nowMs + 20_000);
    const secrets = new Map<string, number[]>();
    for (const { session, membership } of world.clients) {
      const secret = membership.group?.epochAuthenticator.join(",") ?? "";
      secrets.set(secret, [...(secrets.get(secret) ?? []), session]);
    }
    // Even and odd, each with the newcomer of its half.
    expect([...secrets.values()]).toEqual([
      [0, 2, 4, 6],
      [1, 3, 5, 7],
    ]);
    for (const client of world.clients) await archive.record(world, client);
    const [even, odd] = [world.clients[6], world.clients[7]];
    expect(even?.roster.length).toBe(7);
    expect(even?.roster).not.toEqual(odd?.roster);
    server?.heal();
    await world.arrive();
    await settle(world);
    // Whom the server that is left never heard of notices when it is its turn to renew the keys.
    await world.run(world.nowMs + REFRESH_MS);
    await settle(world);
    expectAgreement(world);
    expectNoIntruder(world);
    // Nobody who was in one half only reads what was said in the other.
    await archive.expectConfidential(world.clients);
  }, 600_000);

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

describe("a crowd", () => {
  it(`of ${CROWD} comes at once, changes and is lied to, and agrees in the end`, async () => {
    const room = await TestRoom.open("crowd");
    const ghosts: Ghost[] = [await makeGhost(room)];
    const world = await World.create({
      seed: "crowd",
      delayMs: [1, 400],
      server: (honest, { random }) => {
        const server = new LyingServer(honest, random.fork("lies"), ghosts);
        server.isLying = false;
        return server;
      },
    });
    const server = world.server as LyingServer;
    const archive = new FrameArchive();
    for (let i = 0; i < CROWD; ++i) {
      await world.arrive();
      await world.run(world.nowMs + world.random.below(50));
    }
    await world.run(world.nowMs + SETTLE_MS);
    expectAgreement(world);
    expect(present(world)).toHaveLength(CROWD);
    server.isLying = true;
    for (let i = 0; i < STEPS / 4; ++i) {
      await step(world, true, CROWD);
      await world.run(world.nowMs + world.random.below(2_500));
      const client = world.random.pick(world.clients);
      if (client !== undefined) await archive.record(world, client);
    }
    expect(server.told).toBeGreaterThan(0);
    server.isLying = false;
    await world.arrive();
    await settle(world);
    await world.arrive();
    await settle(world);
    expectAgreement(world);
    expectNoIntruder(world);
    await archive.expectConfidential(world.clients);
  }, 3_600_000);
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
