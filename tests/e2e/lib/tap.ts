/**
 * What the server of tests/tap sees: packets as they leave SRTP's decryption, and the frames that browsers
 * put into them.
 */
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";

declare const window: Window & { peerConnections: RTCPeerConnection[] };

/** RFC 3550 §5.1, without padding. */
export interface RtpPacket {
  readonly ssrc: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly marker: boolean;
  readonly payload: Buffer;
}

/** Of the file that CONCLAVE_TAP names, in their order. */
export function packetsOf(file: string): RtpPacket[] {
  const bytes = readFileSync(file);
  const packets: RtpPacket[] = [];
  for (let at = 0; at + 4 <= bytes.length; ) {
    const size = bytes.readUInt32BE(at);
    // The server may be writing the last one.
    if (at + 4 + size > bytes.length) break;
    packets.push(parseRtp(bytes.subarray(at + 4, at + 4 + size)));
    at += 4 + size;
  }
  return packets;
}

function parseRtp(packet: Buffer): RtpPacket {
  const first = packet.readUInt8(0);
  let start = 12 + 4 * (first & 15);
  if ((first & 0x10) !== 0) start += 4 + 4 * packet.readUInt16BE(start + 2);
  const padding = (first & 0x20) === 0 ? 0 : packet.readUInt8(packet.length - 1);
  return {
    ssrc: packet.readUInt32BE(8),
    sequence: packet.readUInt16BE(2),
    timestamp: packet.readUInt32BE(4),
    marker: (packet.readUInt8(1) & 0x80) !== 0,
    payload: packet.subarray(start, packet.length - padding),
  };
}

/**
 * The frames in one stream's packets, as a browser's packetizer was given them; those that a packet is
 * missing of are left out.
 */
export function framesOf(mimeType: string, packets: readonly RtpPacket[]): Buffer[] {
  const split = FORMATS[mimeType.toLowerCase()];
  if (split === undefined) throw new Error(`${mimeType} is not known`);
  const frames: Buffer[] = [];
  let parts: Buffer[] | undefined;
  let expected: number | undefined;
  for (const packet of packets) {
    if (packet.payload.length === 0) continue;
    if (expected !== undefined && packet.sequence !== expected) parts = undefined;
    expected = (packet.sequence + 1) & 0xffff;
    for (const { bytes, begins, ends } of split(packet)) {
      if (begins) parts = [];
      parts?.push(bytes);
      if (!ends || parts === undefined) continue;
      frames.push(Buffer.concat(parts));
      parts = undefined;
    }
  }
  return frames;
}

interface Part {
  readonly bytes: Buffer;
  readonly begins: boolean;
  readonly ends: boolean;
}

const FORMATS: Readonly<Record<string, (packet: RtpPacket) => Part[]>> = {
  "audio/opus": ({ payload }) => [{ bytes: payload, begins: true, ends: true }],
  "video/vp8": vp8Parts,
  "video/vp9": vp9Parts,
  "video/av1": av1Parts,
  "video/h264": h264Parts,
};

/** RFC 7741 §4.2. */
function vp8Parts({ payload, marker }: RtpPacket): Part[] {
  const [first = 0, extensions = 0, picture = 0] = payload;
  let at = 1;
  if ((first & 0x80) !== 0) {
    at++;
    if ((extensions & 0x80) !== 0) at += (picture & 0x80) === 0 ? 1 : 2;
    if ((extensions & 0x40) !== 0) at++;
    if ((extensions & 0x30) !== 0) at++;
  }
  const begins = (first & 0x10) !== 0 && (first & 7) === 0;
  return [{ bytes: payload.subarray(at), begins, ends: marker }];
}

/** RFC 9628 §4.2: each layer of a picture is a frame of its own. */
function vp9Parts({ payload }: RtpPacket): Part[] {
  const first = payload[0] ?? 0;
  const has = (bit: number) => (first & bit) !== 0;
  const isFlexible = has(0x10);
  let at = 1;
  if (has(0x80)) at += ((payload[at] ?? 0) & 0x80) === 0 ? 1 : 2;
  if (has(0x20)) at += isFlexible ? 1 : 2;
  if (isFlexible && has(0x40)) while (((payload[at++] ?? 0) & 1) !== 0);
  if (has(0x02)) at += scalabilityBytes(payload.subarray(at));
  return [{ bytes: payload.subarray(at), begins: has(0x08), ends: has(0x04) }];
}

/** RFC 9628 §4.2.1. */
function scalabilityBytes(bytes: Buffer): number {
  const first = bytes[0] ?? 0;
  let at = 1;
  if ((first & 0x10) !== 0) at += 4 * ((first >> 5) + 1);
  if ((first & 0x08) === 0) return at;
  const pictures = bytes[at++] ?? 0;
  for (let i = 0; i < pictures; i++) at += 1 + (((bytes[at] ?? 0) >> 2) & 3);
  return at;
}

const AV1_SEQUENCE_HEADER = 1;
const AV1_TEMPORAL_DELIMITER = 2;

/** The RTP payload format for AV1, §4.4: OBUs without their sizes. Empty ones are left out. */
function av1Parts({ payload }: RtpPacket): Part[] {
  const first = payload[0] ?? 0;
  const count = (first >> 4) & 3;
  const elements: Buffer[] = [];
  for (let at = 1; at < payload.length; ) {
    let size = payload.length - at;
    if (count === 0 || elements.length + 1 < count) {
      size = 0;
      for (let shift = 0; ; shift += 7) {
        const byte = payload[at++] ?? 0;
        size += (byte & 127) << shift;
        if (byte < 128) break;
      }
    }
    elements.push(payload.subarray(at, at + size));
    at += size;
  }
  return elements.flatMap((bytes, i) => {
    const begins = i > 0 || (first & 0x80) === 0;
    const ends = i + 1 < elements.length || (first & 0x40) === 0;
    const type = ((bytes[0] ?? 0) >> 3) & 15;
    const isEmpty = begins && ends && bytes.length === 1;
    if (isEmpty && (type === AV1_SEQUENCE_HEADER || type === AV1_TEMPORAL_DELIMITER)) return [];
    return [{ bytes, begins, ends }];
  });
}

const START_CODE = Buffer.from([0, 0, 0, 1]);

/** RFC 6184 §5.6 to §5.8; parameter sets are kept as the start of the frame behind them. */
function h264Parts({ payload, marker }: RtpPacket): Part[] {
  const first = payload[0] ?? 0;
  const unit = (bytes: Buffer): Part => {
    const type = (bytes[0] ?? 0) & 31;
    const isSlice = type === 1 || type === 5;
    const begins = type === 1 || type === 7;
    return { bytes: Buffer.concat([START_CODE, bytes]), begins, ends: isSlice };
  };
  switch (first & 31) {
    case 24: {
      const parts: Part[] = [];
      for (let at = 1; at + 2 <= payload.length; ) {
        const size = payload.readUInt16BE(at);
        parts.push(unit(payload.subarray(at + 2, at + 2 + size)));
        at += 2 + size;
      }
      return parts;
    }
    case 28: {
      const header = payload[1] ?? 0;
      const isFirst = (header & 0x80) !== 0;
      const type = header & 31;
      const head = Buffer.concat([START_CODE, Buffer.from([(first & 0xe0) | type])]);
      const rest = payload.subarray(2);
      const bytes = isFirst ? Buffer.concat([head, rest]) : rest;
      return [{ bytes, begins: isFirst && type === 1, ends: (header & 0x40) !== 0 && marker }];
    }
    default:
      return [unit(payload)];
  }
}

/** By SSRC what the page sends; without what it sends again. */
export function streamsOf(page: Page): Promise<Record<string, string>> {
  return page.evaluate(async () => {
    const streams: Record<string, string> = {};
    for (const connection of window.peerConnections) {
      const report = await connection.getStats();
      for (const entry of report.values()) {
        if (entry.type !== "outbound-rtp") continue;
        const mimeType = report.get(entry.codecId ?? "")?.mimeType;
        if (mimeType !== undefined) streams[entry.ssrc] = mimeType.toLowerCase();
      }
    }
    return streams;
  });
}
