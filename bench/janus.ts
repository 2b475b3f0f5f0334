/**
 * One publisher and N viewers of Debian's janus (videoroom, event loops as many as cores) over real ICE,
 * DTLS and SRTP; build/release/bench/viewers is their media. Prints CPU microseconds of all of janus'
 * threads per packet that a viewer got, packets a second, and the packets expected:
 *
 *   node bench/janus.ts VIEWERS FRAMES-A-SECOND PACKETS-A-FRAME SECONDS
 */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const [viewers = 50, frames = 100, packets = 8, seconds = 8] = process.argv.slice(2).map(Number);
const port = Number(process.env["CONCLAVE_BENCH_PORT"] ?? 18543) + 100;
const room = 1;
const ssrc = 0x1000;
const payloadType = 96;

interface Jsep {
  type: "offer" | "answer";
  sdp: string;
}
interface JanusEvent {
  janus: string;
  data?: { id: number };
  sender?: number;
  plugindata?: { data: Record<string, unknown> };
  jsep?: Jsep;
}
interface Credentials {
  ufrag: string;
  password: string;
}

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** An address that janus gathers: it leaves out loopback. */
function ownAddress(): string {
  for (const addresses of Object.values(networkInterfaces())) {
    for (const address of addresses ?? []) {
      if (!address.internal && address.family === "IPv4") return address.address;
    }
  }
  throw new Error("this machine has no address but loopback, where janus offers none");
}

class Janus {
  readonly #folder = mkdtempSync(join(tmpdir(), "conclave-janus-"));
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, (event: JanusEvent) => void>();
  #session = 0;
  #stopped = false;

  constructor() {
    const library = "/usr/lib/x86_64-linux-gnu/janus";
    writeFileSync(
      join(this.#folder, "janus.jcfg"),
      `general: { configs_folder = "${this.#folder}"; plugins_folder = "${library}/plugins"
        transports_folder = "${library}/transports"; debug_level = 2; event_loops = ${cpus().length} }
      plugins: { disable = "libjanus_audiobridge.so,libjanus_duktape.so,libjanus_echotest.so,libjanus_lua.so,libjanus_nosip.so,libjanus_recordplay.so,libjanus_sip.so,libjanus_streaming.so,libjanus_textroom.so,libjanus_videocall.so,libjanus_voicemail.so" }
      transports: { disable = "libjanus_mqtt.so,libjanus_nanomsg.so,libjanus_pfunix.so,libjanus_rabbitmq.so,libjanus_websockets.so" }
      media: { rtp_port_range = "30000-39999" }\n`,
    );
    writeFileSync(
      join(this.#folder, "janus.transport.http.jcfg"),
      `general: { json = "compact"; base_path = "/janus"; http = true; port = ${port}; ip = "127.0.0.1"; https = false }\n`,
    );
    writeFileSync(join(this.#folder, "janus.plugin.videoroom.jcfg"), "general: { }\n");
    this.#process = spawn("janus", ["-F", this.#folder], {
      stdio: ["ignore", "ignore", "inherit"],
    });
  }

  async start(): Promise<void> {
    for (let i = 0; ; i++) {
      const made = await this.#post("", { janus: "create" }).catch(() => null);
      if (made) {
        this.#session = made.data?.id ?? 0;
        break;
      }
      if (i === 100) throw new Error("janus does not listen");
      await sleep(100);
    }
    void this.#poll();
  }

  async attach(): Promise<number> {
    const answer = await this.#post(`/${this.#session}`, {
      janus: "attach",
      plugin: "janus.plugin.videoroom",
    });
    return answer.data?.id ?? 0;
  }

  /** Sends a request of the videoroom; resolves with the event that it causes. */
  async ask(handle: number, body: object, jsep?: Jsep): Promise<JanusEvent> {
    const event = new Promise<JanusEvent>((resolve) => this.#waiting.set(handle, resolve));
    const answer = await this.#post(`/${this.#session}/${handle}`, {
      janus: "message",
      body,
      jsep,
    });
    // Some requests are answered at once.
    const result = answer.janus === "success" ? answer : await event;
    const error = result.plugindata?.data["error"];
    if (error) throw new Error(`janus: ${String(error)}`);
    return result;
  }

  trickle(handle: number, candidate: object): Promise<unknown> {
    return this.#post(`/${this.#session}/${handle}`, { janus: "trickle", candidate });
  }

  /** Of all threads, in seconds. */
  cpu(): number {
    const text = readFileSync(`/proc/${this.#process.pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    // proc(5): clock ticks, a hundred a second.
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    const ended = new Promise((done) => this.#process.once("exit", done));
    this.#process.kill();
    await ended;
    rmSync(this.#folder, { recursive: true });
  }

  async #post(path: string, body: object): Promise<JanusEvent> {
    const transaction = randomBytes(8).toString("hex");
    const response = await fetch(`http://127.0.0.1:${port}/janus${path}`, {
      method: "POST",
      body: JSON.stringify({ ...body, transaction }),
    });
    return (await response.json()) as JanusEvent;
  }

  async #poll(): Promise<void> {
    while (!this.#stopped) {
      try {
        const response = await fetch(`http://127.0.0.1:${port}/janus/${this.#session}?maxev=20`);
        for (const event of (await response.json()) as JanusEvent[]) {
          if (event.janus !== "event" || event.sender === undefined) continue;
          this.#waiting.get(event.sender)?.(event);
          this.#waiting.delete(event.sender);
        }
      } catch {
        if (!this.#stopped) await sleep(100);
      }
    }
  }
}

class Media {
  readonly #process = spawn("build/release/bench/viewers", { stdio: ["pipe", "pipe", "inherit"] });
  readonly #waiting: { prefix: string; resolve: (rest: string) => void }[] = [];
  fingerprint = "";
  connected = 0;

  async start(): Promise<void> {
    createInterface({ input: this.#process.stdout }).on("line", (line) => {
      const [word = "", ...rest] = line.split(" ");
      if (word === "connected") this.connected++;
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

  publish(index: number): void {
    this.#say(`publish ${index} ${ssrc} ${payloadType} ${frames} ${packets}`);
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

const address = ownAddress();
const newCredentials = (): Credentials => ({
  ufrag: randomBytes(6).toString("hex"),
  password: randomBytes(16).toString("hex"),
});

function describe(own: Credentials, fingerprint: string, lines: readonly string[]): string {
  return [
    "v=0",
    `o=- 1 1 IN IP4 ${address}`,
    "s=-",
    "t=0 0",
    "a=group:BUNDLE 0",
    // So janus sends the checks.
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
const candidateOf = (own: number): string =>
  `candidate:1 1 udp 2130706431 ${address} ${own} typ host`;

async function publish(janus: Janus, media: Media): Promise<number> {
  const handle = await janus.attach();
  await janus.ask(handle, {
    request: "create",
    room,
    publishers: 10,
    bitrate: 0,
    videocodec: "vp8",
  });
  const joined = await janus.ask(handle, { request: "join", ptype: "publisher", room });
  const own = newCredentials();
  const sdp = describe(own, media.fingerprint, ["a=sendonly", `a=ssrc:${ssrc} cname:load`]);
  const answered = await janus.ask(handle, { request: "publish" }, { type: "offer", sdp });
  const ownPort = await media.peer(answered.jsep?.sdp ?? "", own);
  await janus.trickle(handle, { sdpMid: "0", sdpMLineIndex: 0, candidate: candidateOf(ownPort) });
  return Number(joined.plugindata?.data["id"]);
}

async function view(janus: Janus, media: Media, feed: number): Promise<void> {
  const handle = await janus.attach();
  const offered = await janus.ask(handle, {
    request: "join",
    ptype: "subscriber",
    room,
    streams: [{ feed }],
  });
  const own = newCredentials();
  const ownPort = await media.peer(offered.jsep?.sdp ?? "", own);
  const lines = ["a=recvonly", `a=${candidateOf(ownPort)}`, "a=end-of-candidates"];
  const sdp = describe(own, media.fingerprint, lines);
  await janus.ask(handle, { request: "start" }, { type: "answer", sdp });
}

const janus = new Janus();
const media = new Media();
try {
  await janus.start();
  await media.start();
  const feed = await publish(janus, media);
  await media.untilConnected(1);
  media.publish(0);
  for (let i = 0; i < viewers; i++) await view(janus, media, feed);
  await media.untilConnected(viewers + 1);
  await sleep(1000);
  const before = janus.cpu();
  const [datagrams, took] = await media.measure(seconds);
  const cpu = janus.cpu() - before;
  console.log(
    `${((cpu * 1e6) / datagrams).toFixed(2)} ${(datagrams / took).toFixed(0)} ${frames * packets * viewers}`,
  );
} finally {
  media.stop();
  await janus.stop();
}
