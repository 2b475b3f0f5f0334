/** Real media by ffmpeg: encoded from the fake people's recordings, and decoded again. */
import { type ChildProcess, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Kind } from "./peers.ts";

async function udpPort(): Promise<{
  port: number;
  close: () => void;
  socket: ReturnType<typeof createSocket>;
}> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  return { port: socket.address().port, close: () => socket.close(), socket };
}

/** Plays a recording in a loop as RTP packets, VP8 with a key frame each second, or Opus. */
export async function play(kind: Kind, file: string, onPacket: (packet: Buffer) => void) {
  const { port, socket, close } = await udpPort();
  socket.on("message", (packet) => {
    const second = packet[1] ?? 0;
    // RTCP of ffmpeg's muxer is not for us.
    if (second < 192 || second > 223) onPacket(packet);
  });
  const encode =
    kind === "video"
      ? [
          "-c:v",
          "libvpx",
          "-deadline",
          "realtime",
          "-cpu-used",
          "8",
          "-b:v",
          "500k",
          "-g",
          "15",
          "-an",
        ]
      : ["-c:a", "libopus", "-b:a", "48k", "-frame_duration", "20", "-vn"];
  const child = spawn("ffmpeg", [
    ...["-v", "error", "-re", "-stream_loop", "-1", "-i", file, ...encode],
    ...["-f", "rtp", "-payload_type", kind === "video" ? "96" : "111"],
    `rtp://127.0.0.1:${port}?pkt_size=1200`,
  ]);
  return () => {
    child.kill("SIGKILL");
    close();
  };
}

export interface Decoder {
  readonly feed: (packet: Buffer) => void;
  /** Gray 640x360 pictures, or 48 kHz mono 16-bit sound, so far. */
  readonly decoded: () => Buffer;
  readonly log: () => string;
  readonly stop: () => void;
}

/** Decodes RTP packets: VP8 to gray 640x360 pictures five times a second, Opus to sound. */
export async function decode(kind: Kind): Promise<Decoder> {
  const probe = await udpPort();
  const port = probe.port;
  probe.close();
  const sender = createSocket("udp4");
  const directory = await mkdtemp(join(tmpdir(), "conclave-interop-"));
  const sdp = join(directory, "stream.sdp");
  const payloadType = kind === "video" ? 96 : 111;
  await writeFile(
    sdp,
    `v=0\no=- 0 0 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=${kind} ${port} RTP/AVP ${payloadType}\n` +
      `a=rtpmap:${payloadType} ${kind === "video" ? "VP8/90000" : "opus/48000/2"}\n`,
  );
  const output =
    kind === "video"
      ? ["-vf", "fps=5,scale=640:360", "-f", "rawvideo", "-pix_fmt", "gray"]
      : ["-f", "s16le", "-ac", "1", "-ar", "48000"];
  const child: ChildProcess = spawn("ffmpeg", [
    ...["-v", "error", "-protocol_whitelist", "file,udp,rtp", "-fflags", "nobuffer"],
    ...["-probesize", "32", "-analyzeduration", "0", "-i", sdp, ...output, "-"],
  ]);
  const chunks: Buffer[] = [];
  let log = "";
  let stopped = false;
  child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => {
    log += chunk.toString();
  });
  return {
    feed: (packet) => {
      // A stack that is closing may still have packets in hand.
      if (stopped) return;
      const copy = Buffer.from(packet);
      copy[1] = ((copy[1] ?? 0) & 0x80) | payloadType;
      sender.send(copy, port, "127.0.0.1");
    },
    decoded: () => Buffer.concat(chunks),
    log: () => log,
    stop: () => {
      stopped = true;
      child.kill("SIGKILL");
      sender.close();
    },
  };
}
