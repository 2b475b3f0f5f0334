/**
 * What the drivers of other servers share (janus.ts, livekit.ts): build/release/bench/viewers as media over
 * real ICE, DTLS and SRTP, and the measurement. They print CPU microseconds of all of the server's
 * threads per packet that a viewer got, packets a second, the packets expected, and the SRTP profile:
 *
 *   node bench/janus.ts VIEWERS FRAMES-A-SECOND PACKETS-A-FRAME SECONDS
 */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const [viewers = 50, frames = 100, packets = 8, seconds = 8] = process.argv.slice(2).map(Number);
const { CONCLAVE_BENCH_PORT: benchPort = "18543" } = process.env;
/** Of the server's signaling: not ours, which may be running. */
export const port = Number(benchPort) + 100;
export const ssrc = 0x1000;
const payloadType = 96;

export interface Credentials {
  ufrag: string;
  password: string;
}

/** Another server in its own process. */
export interface Peer {
  readonly pid: number;
  start(): Promise<void>;
  /** Resolves with what viewers need to see it. */
  publish(media: Media): Promise<string>;
  view(media: Media, published: string): Promise<void>;
  stop(): Promise<void>;
}

export const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

export const newCredentials = (): Credentials => ({
  ufrag: randomBytes(6).toString("hex"),
  password: randomBytes(16).toString("hex"),
});

/** A viewer's or the publisher's side: one section of video. */
export function describe(
  address: string,
  own: Credentials,
  fingerprint: string,
  lines: readonly string[],
): string {
  return [
    "v=0",
    `o=- 1 1 IN IP4 ${address}`,
    "s=-",
    "t=0 0",
    "a=group:BUNDLE 0",
    // So the server sends the checks.
    "a=ice-lite",
    `m=video 9 UDP/TLS/RTP/SAVPF ${payloadType}`,
    `c=IN IP4 ${address}`,
    "a=mid:0",
    "a=rtcp-mux",
    `a=ice-ufrag:${own.ufrag}`,
    `a=ice-pwd:${own.password}`,
    `a=fingerprint:sha-256 ${fingerprint}`,
    "a=setup:active",
    `a=rtpmap:${payloadType} VP8/90000`,
    ...lines,
    "",
  ].join("\r\n");
}

export const candidateOf = (address: string, own: number): string =>
  `candidate:1 1 udp 2130706431 ${address} ${own} typ host`;

export class Media {
  readonly #process = spawn("build/release/bench/viewers", { stdio: ["pipe", "pipe", "inherit"] });
  readonly #waiting: { prefix: string; resolve: (rest: string) => void }[] = [];
  fingerprint = "";
  connected = 0;
  /** Of who connected last. */
  profile = "";

  async start(): Promise<void> {
    createInterface({ input: this.#process.stdout }).on("line", (line) => {
      const [word = "", ...rest] = line.split(" ");
      if (word === "connected") {
        this.connected++;
        this.profile = rest[1] ?? "";
      }
      const at = this.#waiting.findIndex((w) => w.prefix === word);
      if (at >= 0) this.#waiting.splice(at, 1)[0]?.resolve(rest.join(" "));
    });
    this.fingerprint = await this.#next("fingerprint");
  }

  /** Resolves with the port of the new peer. */
  async peer(sdp: string, own: Credentials): Promise<number> {
    const find = (pattern: RegExp): string => {
      const found = pattern.exec(sdp)?.[1];
      if (!found) throw new Error(`${pattern} is not in ${sdp}`);
      return found;
    };
    const candidate = find(/a=candidate:\S+ 1 udp \d+ (\S+ \d+) typ host/i);
    const theirs = [/a=ice-ufrag:(\S+)/, /a=ice-pwd:(\S+)/, /a=fingerprint:sha-256 (\S+)/i].map(
      find,
    );
    const told = this.#next("port");
    this.#say(`peer ${candidate} ${theirs.join(" ")} ${own.ufrag} ${own.password}`);
    return Number(await told);
  }

  /** The first peer does from now on. */
  publish(): void {
    this.#say(`publish 0 ${ssrc} ${payloadType} ${frames} ${packets}`);
  }

  /** Datagrams of media that came, and in how many seconds. */
  async measure(time: number): Promise<[number, number]> {
    const told = this.#next("received");
    this.#say(`measure ${time}`);
    const [datagrams = 0, took = 0] = (await told).split(" ").map(Number);
    return [datagrams, took];
  }

  async untilConnected(count: number): Promise<void> {
    for (let i = 0; this.connected < count; i++) {
      if (i === 300) throw new Error(`${this.connected} of ${count} are connected`);
      await sleep(100);
    }
  }

  stop(): void {
    this.#process.stdin.end();
  }

  #say(line: string): void {
    this.#process.stdin.write(`${line}\n`);
  }
  #next(prefix: string): Promise<string> {
    return new Promise((resolve) => this.#waiting.push({ prefix, resolve }));
  }
}

/** Of all its threads, in seconds. */
function cpuOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  // proc(5): clock ticks, a hundred a second.
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Connects everybody, measures, prints the line. */
export async function run(peer: Peer): Promise<void> {
  const media = new Media();
  try {
    await peer.start();
    await media.start();
    const published = await peer.publish(media);
    await media.untilConnected(1);
    media.publish();
    for (let i = 0; i < viewers; i++) await peer.view(media, published);
    await media.untilConnected(viewers + 1);
    await sleep(1000);
    const before = cpuOf(peer.pid);
    const [datagrams, took] = await media.measure(seconds);
    const cpu = cpuOf(peer.pid) - before;
    if (datagrams === 0) throw new Error("nothing came");
    const each = ((cpu * 1e6) / datagrams).toFixed(2);
    const rate = (datagrams / took).toFixed(0);
    console.log(`${each} ${rate} ${frames * packets * viewers} ${media.profile}`);
  } finally {
    media.stop();
    await peer.stop();
  }
}
