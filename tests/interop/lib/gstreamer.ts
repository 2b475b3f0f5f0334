/** GStreamer's webrtcbin, in a process of its own (gst_peer.cc), as one more independent stack. */
import { spawn } from "node:child_process";
import { createSocket, type Socket } from "node:dgram";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { root } from "../../e2e/lib/server.ts";
import type { Kind, MediaPeer } from "./peers.ts";

async function listen(): Promise<Socket> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  return socket;
}

/** Waits for a line that begins with a word; the answer is the rest of the line. */
function lines(stdout: NodeJS.ReadableStream, ended: Promise<never>) {
  const reader = createInterface({ input: stdout });
  return (word: string): Promise<string> => {
    const said = new Promise<string>((resolve) => {
      reader.on("line", (line) => {
        if (line === word || line.startsWith(`${word} `)) resolve(line.slice(word.length + 1));
      });
    });
    return Promise.race([said, ended]);
  };
}

/** libnice's ICE, OpenSSL's DTLS, libsrtp, and a jitter buffer of its own. */
export async function webrtcbinPeer(): Promise<MediaPeer> {
  const sockets = { audio: await listen(), video: await listen() };
  const child = spawn(process.env["CONCLAVE_GST_PEER"] ?? join(root, "build/dev/tests/gst_peer"), [
    String(sockets.audio.address().port),
    String(sockets.video.address().port),
  ]);
  let log = "";
  child.stderr.on("data", (chunk: Buffer) => {
    log += chunk.toString();
  });
  const exited = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      log += error.message;
      resolve();
    });
    child.once("exit", () => resolve());
  });
  const ended = exited.then((): never => {
    throw new Error(`gst_peer ended: ${log}`);
  });
  const heard = lines(child.stdout, ended);
  const offer = heard("offer");
  const connected = heard("connected").then(() => undefined);
  // Who closes the peer before it is connected waits for none of them.
  for (const promise of [ended, offer, connected]) promise.catch(() => undefined);
  const [audioPort, videoPort] = (await heard("ports")).split(" ").map(Number);
  const ports = { audio: audioPort ?? 0, video: videoPort ?? 0 };
  const ssrcs = { audio: 0x33000001, video: 0x33000002 };
  const payloadTypes = { audio: 111, video: 96 };
  return {
    name: "webrtcbin",
    connected,
    offer: async () => Buffer.from(await offer, "base64").toString(),
    accept: async (answer) => {
      child.stdin.write(`${Buffer.from(answer).toString("base64")}\n`);
    },
    send: (kind, packet) => {
      packet.writeUInt32BE(ssrcs[kind], 8);
      packet[1] = ((packet[1] ?? 0) & 0x80) | payloadTypes[kind];
      sockets[kind].send(packet, ports[kind], "127.0.0.1");
    },
    onReceived: (listener) => {
      for (const kind of ["audio", "video"] satisfies Kind[])
        sockets[kind].on("message", (packet) => listener(kind, packet));
    },
    close: async () => {
      child.stdin.end();
      await exited;
      for (const socket of Object.values(sockets)) socket.close();
    },
  };
}
