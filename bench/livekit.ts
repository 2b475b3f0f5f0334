/**
 * One publisher and N viewers of LiveKit, as peer_media.ts says. Congestion control is off: it would pause
 * viewers that say nothing of what came, and so it costs LiveKit nothing here.
 *
 *   node bench/livekit.ts VIEWERS FRAMES-A-SECOND PACKETS-A-FRAME SECONDS
 *
 * CONCLAVE_BENCH_LIVEKIT is the program. Signaling is LiveKit's JSON (protojson) in a WebSocket, its
 * "single peer connection" mode, where only the client offers.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createHmac, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
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

const { CONCLAVE_BENCH_LIVEKIT: program = "build/livekit/server" } = process.env;
const address = "127.0.0.1";
const room = "peers";
const key = "bench";
const secret = randomBytes(32).toString("hex");
const track = "camera";
// WrappedJoinRequest{join_request: JoinRequest{client_info: {protocol: 16}, connection_settings: {}}}:
// nothing is subscribed to but what is asked for.
const joinRequest = Buffer.from([0x12, 6, 0x0a, 2, 0x18, 16, 0x12, 0]).toString("base64");

interface Answer {
  answer?: { sdp: string };
  trickle?: { candidateInit: string };
  trackPublished?: { track: { sid: string } };
  mediaSectionsRequirement?: object;
  leave?: object;
}

function token(identity: string): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const grant = { iss: key, sub: identity, exp: 1e10, video: { room, roomJoin: true } };
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part(grant)}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

/** The signaling of one participant. */
class Participant {
  readonly #socket: WebSocket;
  readonly #waiting: { name: keyof Answer; resolve: (value: Answer) => void }[] = [];
  readonly #early: Answer[] = [];

  constructor(identity: string) {
    this.#socket = new WebSocket(
      `ws://${address}:${port}/rtc/v1?${new URLSearchParams({
        join_request: joinRequest,
        access_token: token(identity),
      })}`,
    );
    this.#socket.onmessage = ({ data }) => {
      // It speaks protobuf until it hears JSON.
      if (typeof data === "string") this.#take(JSON.parse(data) as Answer);
    };
  }

  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.onopen = () => resolve();
      this.#socket.onerror = () => reject(new Error("LiveKit refuses a participant"));
    });
  }

  say(message: object): void {
    this.#socket.send(JSON.stringify(message));
  }

  next(name: keyof Answer): Promise<Answer> {
    const at = this.#early.findIndex((answer) => name in answer);
    const [early] = at >= 0 ? this.#early.splice(at, 1) : [];
    return early
      ? Promise.resolve(early)
      : new Promise((resolve) => this.#waiting.push({ name, resolve }));
  }

  close(): void {
    this.#socket.close();
  }

  #take(answer: Answer): void {
    if (answer.leave) console.error(`LiveKit: ${JSON.stringify(answer)}`);
    const at = this.#waiting.findIndex(({ name }) => name in answer);
    if (at >= 0) this.#waiting.splice(at, 1)[0]?.resolve(answer);
    else this.#early.push(answer);
  }
}

class LiveKit implements Peer {
  readonly #folder = mkdtempSync(join(tmpdir(), "conclave-livekit-"));
  readonly #process: ChildProcess;
  readonly #participants: Participant[] = [];

  constructor() {
    const config = join(this.#folder, "livekit.yaml");
    // With an address of its own it asks no STUN server for one.
    writeFileSync(
      config,
      JSON.stringify({
        port,
        bind_addresses: [address],
        keys: { [key]: secret },
        logging: { level: "error", pion_level: "error" },
        rtc: {
          node_ip: address,
          use_external_ip: false,
          enable_loopback_candidate: true,
          interfaces: { includes: ["lo"] },
          tcp_port: 0,
          port_range_start: 30000,
          port_range_end: 39999,
          congestion_control: { enabled: false },
        },
      }),
    );
    this.#process = spawn(program, ["--config", config], {
      stdio: ["ignore", "ignore", "inherit"],
    });
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  async start(): Promise<void> {
    for (let i = 0; ; i++) {
      const answered = await fetch(`http://${address}:${port}/`).catch(() => null);
      if (answered?.ok) return;
      if (i === 100) throw new Error("LiveKit does not listen");
      await sleep(100);
    }
  }

  async publish(media: Media): Promise<string> {
    const participant = await this.#join("publisher");
    participant.say({ addTrack: { cid: track, type: "VIDEO", source: "CAMERA" } });
    const { trackPublished } = await participant.next("trackPublished");
    await this.#offer(participant, media, [
      "a=sendonly",
      `a=msid:stream ${track}`,
      `a=ssrc:${ssrc} cname:load`,
    ]);
    return trackPublished?.track.sid ?? "";
  }

  async view(media: Media, published: string): Promise<void> {
    const participant = await this.#join(`viewer-${this.#participants.length}`);
    participant.say({ subscription: { trackSids: [published], subscribe: true } });
    // It knows by then what the offer is for.
    await participant.next("mediaSectionsRequirement");
    await this.#offer(participant, media, ["a=recvonly"]);
  }

  async stop(): Promise<void> {
    for (const participant of this.#participants) participant.close();
    const ended = new Promise((done) => this.#process.once("exit", done));
    // It would wait for the participants else.
    this.#process.kill("SIGKILL");
    await ended;
    rmSync(this.#folder, { recursive: true });
  }

  async #join(identity: string): Promise<Participant> {
    const participant = new Participant(identity);
    this.#participants.push(participant);
    await participant.open();
    return participant;
  }

  async #offer(participant: Participant, media: Media, lines: readonly string[]): Promise<void> {
    const own = newCredentials();
    const sdp = describe(address, own, media.fingerprint, lines);
    participant.say({ offer: { type: "offer", sdp, id: 1 } });
    const { answer } = await participant.next("answer");
    const { trickle } = await participant.next("trickle");
    const { candidate: theirs } = JSON.parse(trickle?.candidateInit ?? "{}");
    const ownPort = await media.peer(`${answer?.sdp}a=${theirs}\r\n`, own);
    const candidate = candidateOf(address, ownPort);
    const candidateInit = JSON.stringify({ candidate, sdpMid: "0", sdpMLineIndex: 0 });
    participant.say({ trickle: { candidateInit, target: "PUBLISHER" } });
  }
}

await run(new LiveKit());
