/**
 * One publisher and N viewers of Debian's janus (videoroom, event loops as many as cores), as
 * peer_media.ts says:
 *
 *   node bench/janus.ts VIEWERS FRAMES-A-SECOND PACKETS-A-FRAME SECONDS
 */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import {
  candidateOf,
  describe,
  type Media,
  newCredentials,
  type Peer,
  port,
  run,
  sleep,
  ssrc,
} from "./peer_media.ts";

const room = 1;

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

/** An address that janus gathers: it leaves out loopback. */
function ownAddress(): string {
  for (const addresses of Object.values(networkInterfaces())) {
    for (const address of addresses ?? []) {
      if (!address.internal && address.family === "IPv4") return address.address;
    }
  }
  throw new Error("this machine has no address but loopback, where janus offers none");
}

const address = ownAddress();

class Janus implements Peer {
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

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  async publish(media: Media): Promise<string> {
    const handle = await this.#attach();
    await this.#ask(handle, {
      request: "create",
      room,
      publishers: 10,
      bitrate: 0,
      videocodec: "vp8",
    });
    const joined = await this.#ask(handle, { request: "join", ptype: "publisher", room });
    const own = newCredentials();
    const lines = ["a=sendonly", `a=ssrc:${ssrc} cname:load`];
    const sdp = describe(address, own, media.fingerprint, lines);
    const answered = await this.#ask(handle, { request: "publish" }, { type: "offer", sdp });
    const candidate = candidateOf(address, await media.peer(answered.jsep?.sdp ?? "", own));
    await this.#post(`/${this.#session}/${handle}`, {
      janus: "trickle",
      candidate: { sdpMid: "0", sdpMLineIndex: 0, candidate },
    });
    return String(joined.plugindata?.data["id"]);
  }

  async view(media: Media, published: string): Promise<void> {
    const handle = await this.#attach();
    const offered = await this.#ask(handle, {
      request: "join",
      ptype: "subscriber",
      room,
      streams: [{ feed: Number(published) }],
    });
    const own = newCredentials();
    const ownPort = await media.peer(offered.jsep?.sdp ?? "", own);
    const candidate = `a=${candidateOf(address, ownPort)}`;
    const lines = ["a=recvonly", candidate, "a=end-of-candidates"];
    const sdp = describe(address, own, media.fingerprint, lines);
    await this.#ask(handle, { request: "start" }, { type: "answer", sdp });
  }

  async #attach(): Promise<number> {
    const answer = await this.#post(`/${this.#session}`, {
      janus: "attach",
      plugin: "janus.plugin.videoroom",
    });
    return answer.data?.id ?? 0;
  }

  /** Sends a request of the videoroom; resolves with the event that it causes. */
  async #ask(handle: number, body: object, jsep?: Jsep): Promise<JanusEvent> {
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

await run(new Janus());
