/**
 * What a group's key agreement costs one member, for `./bench/run.sh keys`: commits are made and
 * processed for real, the service's pacing is computed. CPU time, not wall time.
 */

import { ciphersuites, getCiphersuiteFromName } from "ts-mls/crypto/ciphersuite.js";
import { defaultCryptoProvider } from "ts-mls/crypto/implementation/default/provider.js";
import { MlsGroup } from "../keys/mls_group.ts";
import { encodedPackage } from "../keys/newcomer.ts";
import { browserRandom, makeSuite, SUITE_NAME } from "../keys/suite.ts";
import { OPEN_POLICY, TestRoom } from "./people.ts";

declare const process: {
  argv: string[];
  cpuUsage(): { user: number; system: number };
};

/** All of a storm's people join within this, evenly. */
const STORM_MS = 10_000;
const GAP_MS = 500;
const GAP_PER_MEMBER_MS = 10;

interface Row {
  readonly members: number;
  readonly epochs: number;
  readonly stormCpuS: number;
  readonly lastEpochMs: number;
  readonly joinCpuMs: number;
  readonly addMs: readonly [make: number, process: number];
  /** From a tree in which nearly nobody has committed yet: as dear as it gets. */
  readonly removeMs: readonly [make: number, process: number];
  readonly addBytes: number;
  readonly welcomeBytes: number;
  readonly removeBytes: number;
}

async function cpuMs<T>(work: () => Promise<T>): Promise<[T, number]> {
  const before = process.cpuUsage();
  const result = await work();
  const after = process.cpuUsage();
  return [result, (after.user + after.system - before.user - before.system) / 1000];
}

/** Two members live, the maker and the observer; the others are leaves without anybody behind. */
class Bench {
  readonly room: TestRoom;
  maker: MlsGroup;
  observer: MlsGroup;

  private constructor(room: TestRoom, maker: MlsGroup, observer: MlsGroup) {
    this.room = room;
    this.maker = maker;
    this.observer = observer;
  }

  static async start(room: TestRoom): Promise<Bench> {
    const maker = await room.found(OPEN_POLICY);
    const second = await room.newcomer();
    const pending = await maker.prepare({ adds: [encodedPackage(second)] });
    maker.apply(pending);
    const welcome = pending.welcome ?? new Uint8Array();
    return new Bench(room, maker, await MlsGroup.join(room.setup, welcome, second));
  }

  async packages(count: number): Promise<Uint8Array[]> {
    const packages: Uint8Array[] = [];
    for (let i = 0; i < count; ++i) packages.push(encodedPackage(await this.room.newcomer()));
    return packages;
  }

  /** CPU to make it and to process it, and its bytes. */
  async commit(change: Parameters<MlsGroup["prepare"]>[0]) {
    const [pending, makeMs] = await cpuMs(() => this.maker.prepare(change));
    this.maker.apply(pending);
    const [, processMs] = await cpuMs(() => this.observer.process(pending.message));
    return { pending, makeMs, processMs };
  }

  swap(): void {
    [this.maker, this.observer] = [this.observer, this.maker];
  }
}

/** How many are added by which epoch, and when, as the service paces it (decisions 11). */
function stormBatches(members: number): { readonly count: number; readonly atMs: number }[] {
  const batches: { count: number; atMs: number }[] = [];
  let inside = 2;
  let atMs = 0;
  while (inside < members) {
    const arrived = Math.min(members, 2 + Math.floor(((members - 2) * atMs) / STORM_MS));
    if (arrived > inside) batches.push({ count: arrived - inside, atMs });
    inside = Math.max(inside, arrived);
    atMs += Math.max(GAP_MS, GAP_PER_MEMBER_MS * inside);
  }
  return batches;
}

async function measure(room: TestRoom, members: number): Promise<Row> {
  const bench = await Bench.start(room);
  let stormCpuMs = 0;
  const batches = stormBatches(members);
  for (const { count } of batches) {
    const { makeMs, processMs } = await bench.commit({ adds: await bench.packages(count) });
    // Somebody makes it and everybody else processes it: the member here has its share of both.
    stormCpuMs += processMs + makeMs / members;
    bench.swap();
  }
  // Room for two more, since the first of these is measured by its leaving.
  const last = await room.newcomer();
  const add = await bench.commit({ adds: [encodedPackage(last)] });
  const welcome = add.pending.welcome ?? new Uint8Array();
  const [, joinCpuMs] = await cpuMs(() => MlsGroup.join(room.setup, welcome, last));
  const remove = await bench.commit({ removes: [3] });
  return {
    members,
    epochs: batches.length,
    stormCpuS: stormCpuMs / 1000,
    lastEpochMs: (batches.at(-1)?.atMs ?? 0) - STORM_MS,
    joinCpuMs,
    addMs: [add.makeMs, add.processMs],
    removeMs: [remove.makeMs, remove.processMs],
    addBytes: add.pending.message.length,
    welcomeBytes: welcome.length,
    removeBytes: remove.pending.message.length,
  };
}

function print(row: Row): void {
  const pair = ([make, processed]: readonly [number, number]) =>
    `${make.toFixed(0)}/${processed.toFixed(0)}`.padStart(9);
  const kb = (bytes: number) => (bytes / 1000).toFixed(1).padStart(7);
  console.log(
    [
      String(row.members).padStart(7),
      String(row.epochs).padStart(6),
      row.stormCpuS.toFixed(2).padStart(11),
      String(Math.max(0, Math.round(row.lastEpochMs))).padStart(8),
      row.joinCpuMs.toFixed(0).padStart(11),
      pair(row.addMs),
      pair(row.removeMs),
      kb(row.addBytes),
      kb(row.welcomeBytes),
      kb(row.removeBytes),
    ].join(" "),
  );
}

const HEADING =
  "members epochs storm_cpu_s late_ms join_cpu_ms  add_m/p  rem_m/p  add_kb  wlc_kb  rem_kb";

async function main(sizes: readonly number[]): Promise<void> {
  const ours = await makeSuite();
  const stock = await defaultCryptoProvider.getCiphersuiteImpl(getCiphersuiteFromName(SUITE_NAME));
  if (ciphersuites[SUITE_NAME] !== 1) throw new Error("suite");
  const measured: Row[] = [];
  console.log(HEADING);
  for (const members of sizes) {
    const room = await TestRoom.withSuite(ours, browserRandom);
    const row = await measure(room, members);
    measured.push(row);
    print(row);
  }
  const smallest = measured[0];
  if (smallest === undefined) throw new Error("no sizes");
  console.log(`the library's own suite, ${smallest.members} members:`);
  const plain = await measure(await TestRoom.withSuite(stock, browserRandom), smallest.members);
  print(plain);
  const figures = measured.map(
    ({ members, stormCpuS }) => `storm${members}_cpu_s=${stormCpuS.toFixed(2)}`,
  );
  const joins = measured.map(
    ({ members, joinCpuMs }) => `join${members}_cpu_ms=${joinCpuMs.toFixed(0)}`,
  );
  const ratio = plain.stormCpuS / smallest.stormCpuS;
  console.log(`keys: ${[...figures, ...joins].join(" ")} library_suite_ratio=${ratio.toFixed(1)}`);
}

await main(process.argv.length > 2 ? process.argv.slice(2).map(Number) : [100, 200, 500]);
