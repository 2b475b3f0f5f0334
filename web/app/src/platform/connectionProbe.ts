import { ConclaveError, join, type Room, type RoomStats } from "@conclave/sdk";
import { meetingsAt } from "../state/branding.ts";
import type { ConnectionProbe, ProbeNews } from "../state/check.ts";

/** Where UDP is blocked, nothing says so: it just does not come. */
const MEDIA_WAIT_MS = 10_000;
const LOOKS = 5;
const LOOK_EVERY_MS = 1000;
/** Opus is sent whole from silence on; a tone is no silence. */
const TONE_HZ = 440;
const TONE_GAIN = 0.2;
/** Time for the server to notice who is loud. */
const SETTLE_MS = 700;

/**
 * A short call with oneself, in a meeting of its own that nobody else knows: one client sends a tone
 * that is not played, the other receives it.
 */
export const probe: ConnectionProbe = {
  async measure(tell, signal) {
    const tone = createTone();
    const rooms: Room[] = [];
    try {
      await call(tone.track, rooms, tell, signal);
    } finally {
      for (const room of rooms) room.leave().catch(() => {});
      tone.stop();
    }
  },

  async reach(signal) {
    const rooms: Room[] = [];
    try {
      const [room] = await enter(rooms, [{}], signal);
      return room && (await isConnected(room, signal)) ? undefined : "media";
    } catch (error) {
      return isOffline(error) ? "server" : undefined;
    } finally {
      for (const room of rooms) room.leave().catch(() => {});
    }
  },
};

async function call(
  microphone: MediaStreamTrack,
  rooms: Room[],
  tell: (news: ProbeNews) => void,
  signal: AbortSignal,
): Promise<void> {
  const startedMs = performance.now();
  const passedMs = () => performance.now() - startedMs;
  try {
    await enter(rooms, [{ microphone }, {}], signal);
  } catch {
    return tell({ kind: "failed", at: "server" });
  }
  const [sender, receiver] = rooms;
  if (sender === undefined || receiver === undefined) return;
  tell({ kind: "server", ms: passedMs() });
  const connected = await Promise.all([isConnected(sender, signal), isConnected(receiver, signal)]);
  if (connected.includes(false)) return tell({ kind: "failed", at: "media" });
  tell({ kind: "media", ms: passedMs() });
  await sleep(SETTLE_MS, signal);
  const { server } = await sender.getStats();
  const isLikely = server && (await learnsOwnAddress(server, signal));
  if (isLikely !== undefined) tell({ kind: "direct", isLikely });
  tell({ kind: "quality", ...(await quality(sender, receiver, signal)) });
}

/** All at once: a pass that one of them had would make the other the same person. */
async function enter(
  rooms: Room[],
  clients: readonly { microphone?: MediaStreamTrack }[],
  signal: AbortSignal,
): Promise<Room[]> {
  const room = `open/check-${crypto.randomUUID()}`;
  const joins = clients.map(async (client) => {
    const as = { displayName: "", asStranger: true, ...meetingsAt() };
    const joined = await join({ room, signal, ...as, ...client });
    rooms.push(joined);
    return joined;
  });
  const results = await Promise.allSettled(joins);
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
  // In the order of the clients, whoever was first.
  const ordered = results.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  rooms.splice(0, rooms.length, ...ordered);
  return ordered;
}

function isConnected(room: Room, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const stops: (() => void)[] = [];
    const settle = (connected: boolean) => {
      for (const stop of stops) stop();
      resolve(connected);
    };
    const look = () => {
      if (room.state === "connected") settle(true);
      if (room.state === "ended") settle(false);
    };
    const timer = setTimeout(() => settle(false), MEDIA_WAIT_MS);
    const abort = () => settle(false);
    signal.addEventListener("abort", abort);
    stops.push(
      () => clearTimeout(timer),
      () => signal.removeEventListener("abort", abort),
    );
    stops.push(room.on("state", look));
    look();
  });
}

/** Over some seconds: what went both ways, by the server. */
async function quality(sender: Room, receiver: Room, signal: AbortSignal) {
  const losses: number[] = [];
  const roundTrips: number[] = [];
  for (let look = 0; look < LOOKS; look++) {
    await sleep(LOOK_EVERY_MS, signal);
    const [sent, received] = await Promise.all([sender.getStats(), receiver.getStats()]);
    const tone = toneIn(received);
    losses.push(tone ? tone.lossRatio : 1);
    if (sent.roundTripMs !== undefined) roundTrips.push(sent.roundTripMs);
  }
  return { lossShare: mean(losses) ?? 1, roundTripMs: mean(roundTrips) };
}

function toneIn({ inbound }: RoomStats) {
  return inbound.find(({ source, kbps }) => source === "microphone" && kbps > 0);
}

/**
 * Whether this machine is told its address as the server sees it: then others can be told it too. What
 * the other person's network does is theirs. Undefined: it cannot be told.
 */
async function learnsOwnAddress(
  { address, port }: NonNullable<RoomStats["server"]>,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const host = address.includes(":") ? `[${address}]` : address;
  const connection = new RTCPeerConnection({ iceServers: [{ urls: `stun:${host}:${port}` }] });
  try {
    connection.createDataChannel("");
    let interfaces = 0;
    let unanswered = 0;
    const found = new Promise<boolean | undefined>((resolve) => {
      connection.onicecandidateerror = () => {
        unanswered++;
      };
      connection.onicecandidate = ({ candidate }) => {
        if (candidate?.type === "host" && candidate.protocol === "udp") interfaces++;
        if (candidate?.type === "srflx") resolve(true);
        if (candidate !== null) return;
        // Without address translation there is nothing to learn, and nothing in the way. Of several
        // interfaces not each leads to the server, so a question without answer proves nothing.
        resolve(interfaces === 0 ? false : unanswered === 0 || undefined);
      };
    });
    await connection.setLocalDescription();
    return await Promise.race([found, sleep(MEDIA_WAIT_MS, signal).then(() => undefined)]);
  } finally {
    connection.close();
  }
}

function createTone(): { track: MediaStreamTrack; stop: () => void } {
  const context = new AudioContext();
  const destination = context.createMediaStreamDestination();
  const gain = new GainNode(context, { gain: TONE_GAIN });
  const tone = new OscillatorNode(context, { frequency: TONE_HZ });
  tone.connect(gain).connect(destination);
  tone.start();
  const [track] = destination.stream.getAudioTracks();
  if (track === undefined) throw new Error("no track from a stream destination");
  return {
    track,
    stop() {
      track.stop();
      void context.close();
    },
  };
}

function isOffline(error: unknown): boolean {
  return error instanceof ConclaveError && error.code === "server-unreachable";
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((a, b) => a + b, 0) / values.length;
}

/** Rejects when it is called off. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
