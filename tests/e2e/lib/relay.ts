/**
 * A UDP relay between a browser and the server that spoils the way up: seeded loss, and delay by kind
 * of packet. One upstream socket per client address, so that the server sees distinct peers.
 */
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";

export interface Impairment {
  /** Added to RTP packets whose payload type is `audioPayloadType`, and to all others. */
  readonly delayMs: { readonly audio: number; readonly video: number };
  /** Part of all RTP packets that are lost, 0..1. */
  readonly loss: number;
  readonly audioPayloadType: number;
  readonly seed: number;
}

export interface Relay {
  readonly port: number;
  readonly stop: () => void;
}

/** RTP (not RTCP) by RFC 7983 and RFC 5761. */
function rtpPayloadType(packet: Buffer): number | undefined {
  const first = packet[0] ?? 0;
  const second = packet[1] ?? 0;
  if (first < 128 || first > 191 || (second >= 192 && second <= 223)) return undefined;
  return second & 127;
}

/** mulberry32: small, seeded, even enough for losing packets. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export async function startRelay(serverUdpPort: number, impairment: Impairment): Promise<Relay> {
  const front = createSocket("udp4");
  const upstreams = new Map<string, Socket>();
  const next = random(impairment.seed);
  let stopped = false;
  const upstreamOf = (client: RemoteInfo): Socket => {
    const key = `${client.address}:${client.port}`;
    const known = upstreams.get(key);
    if (known) return known;
    const socket = createSocket("udp4");
    socket.on("message", (packet) => front.send(packet, client.port, client.address));
    upstreams.set(key, socket);
    return socket;
  };
  front.on("message", (packet, client) => {
    const upstream = upstreamOf(client);
    const payloadType = rtpPayloadType(packet);
    if (payloadType !== undefined && next() < impairment.loss) return;
    const { audio, video } = impairment.delayMs;
    const delayMs = payloadType === impairment.audioPayloadType ? audio : video;
    // What is still delayed when the relay stops is lost.
    const send = (): void => {
      if (!stopped) upstream.send(packet, serverUdpPort, "127.0.0.1");
    };
    if (payloadType !== undefined && delayMs > 0) setTimeout(send, delayMs);
    else send();
  });
  await new Promise<void>((resolve) => front.bind(0, "127.0.0.1", resolve));
  return {
    port: front.address().port,
    stop: () => {
      stopped = true;
      front.close();
      for (const socket of upstreams.values()) socket.close();
    },
  };
}
