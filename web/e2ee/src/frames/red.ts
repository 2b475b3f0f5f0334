/** A frame within a packet with redundancy (RFC 2198): the last is the packet's own. */
export interface RedBlock {
  readonly payloadType: number;
  /** How much earlier than the packet's own, in its clock; 0 for that one. */
  readonly timestampOffset: number;
  readonly data: Uint8Array<ArrayBuffer>;
}

/** A whole packet has hardly room for more. */
export const RED_BLOCKS_MAX = 32;
const HEADER_BYTES = 4;
const LENGTH_END = 1 << 10;
const OFFSET_END = 1 << 14;

/** The blocks in their order, views of `data`; undefined for what is no RED (RFC 2198 §3). */
export function parseRed(data: Uint8Array<ArrayBuffer>): RedBlock[] | undefined {
  const headers: { payloadType: number; timestampOffset: number; length: number }[] = [];
  let at = 0;
  while (((data[at] ?? 0) & 0x80) !== 0) {
    if (headers.length === RED_BLOCKS_MAX || at + HEADER_BYTES >= data.length) return undefined;
    const rest = new DataView(data.buffer, data.byteOffset + at, HEADER_BYTES).getUint32(0);
    headers.push({
      payloadType: (rest >>> 24) & 0x7f,
      timestampOffset: (rest >>> 10) & (OFFSET_END - 1),
      length: rest & (LENGTH_END - 1),
    });
    at += HEADER_BYTES;
  }
  const own = data[at];
  if (own === undefined) return undefined;
  at += 1;
  const blocks = headers.map(({ payloadType, timestampOffset, length }) => {
    at += length;
    return { payloadType, timestampOffset, data: data.subarray(at - length, at) };
  });
  if (at > data.length) return undefined;
  blocks.push({ payloadType: own, timestampOffset: 0, data: data.subarray(at) });
  return blocks;
}

/** The last block is the packet's own; earlier ones that RED cannot say are left out. */
export function writeRed(blocks: readonly RedBlock[]): Uint8Array<ArrayBuffer> {
  const own = blocks.at(-1);
  if (own === undefined) return new Uint8Array();
  const earlier = blocks.slice(0, -1).filter(canBeSaid);
  const bytes = earlier.reduce((sum, { data }) => sum + HEADER_BYTES + data.length, 1);
  const out = new Uint8Array(bytes + own.data.length);
  const view = new DataView(out.buffer);
  let at = 0;
  for (const { payloadType, timestampOffset, data } of earlier) {
    const first = 0x80 | payloadType;
    view.setUint32(at, ((first << 24) | (timestampOffset << 10) | data.length) >>> 0);
    at += HEADER_BYTES;
  }
  out[at++] = own.payloadType & 0x7f;
  for (const { data } of [...earlier, own]) {
    out.set(data, at);
    at += data.length;
  }
  return out;
}

function canBeSaid({ timestampOffset, data }: RedBlock): boolean {
  return timestampOffset < OFFSET_END && data.length < LENGTH_END;
}
