/** Packets that carry earlier frames too, as the server makes them for lossy paths. */
import { describe, expect, it } from "vitest";
import type { EncodedFrame } from "./encoded_frame.ts";
import { parseRed, type RedBlock, writeRed } from "./red.ts";
import { seeded, seededBytes } from "./testing/bytes.ts";
import { BEN, frame, pair, sealed } from "./testing/members.ts";

const OPUS = 111;
const FRAME_TICKS = 960;

function block(data: Uint8Array<ArrayBuffer>, timestampOffset: number): RedBlock {
  return { payloadType: OPUS, timestampOffset, data };
}

describe("the form of RED", () => {
  it("is the one of RFC 2198", () => {
    const bytes = writeRed([block(Uint8Array.of(1, 2, 3), 960), block(Uint8Array.of(4), 0)]);
    expect([...bytes]).toEqual([0x80 | OPUS, 0x0f, 0x00, 0x03, OPUS, 1, 2, 3, 4]);
    expect(parseRed(bytes)?.map((one) => [one.timestampOffset, [...one.data]])).toEqual([
      [960, [1, 2, 3]],
      [0, [4]],
    ]);
  });

  it("holds the largest that can be said, and leaves out what cannot", () => {
    const largest = block(new Uint8Array(1023).fill(9), 16383);
    const own = block(Uint8Array.of(1), 0);
    expect(parseRed(writeRed([largest, own]))).toEqual([largest, own]);
    const later = block(Uint8Array.of(2), 16384);
    const longer = block(new Uint8Array(1024), 960);
    expect(parseRed(writeRed([later, longer, own]))).toEqual([own]);
  });

  it("is refused where it ends too early", () => {
    const whole = writeRed([block(new Uint8Array(20), 960), block(Uint8Array.of(), 0)]);
    for (let length = 0; length < whole.length; length++) {
      expect(parseRed(whole.slice(0, length))).toBeUndefined();
    }
    expect(parseRed(whole)).toHaveLength(2);
  });

  it("is read or refused, whatever the bytes are", () => {
    for (let seed = 1; seed <= 2000; seed++) {
      const random = seeded(seed);
      const bytes = seededBytes(random, random(60));
      const blocks = parseRed(bytes);
      if (blocks !== undefined) expect([...writeRed(blocks)]).toEqual([...bytes]);
    }
  });
});

/** Who speaks, and packets of the frames as the server makes them. */
async function voice() {
  const { sender, receiver } = await pair();
  const send = sender.pipe("microphone");
  const receive = receiver.pipe("audio");
  const speak = async (said: number): Promise<EncodedFrame> => {
    const rtpTimestamp = said * FRAME_TICKS;
    return sealed(send, frame(Uint8Array.of(said), "audio/opus", { rtpTimestamp }));
  };
  /** The last frame's packet, with those before it as blocks. */
  const packet = (...frames: EncodedFrame[]): EncodedFrame => {
    const rtpTimestamp = frames.at(-1)?.getMetadata().rtpTimestamp ?? 0;
    const blocks = frames.map((one) =>
      block(new Uint8Array(one.data), rtpTimestamp - (one.getMetadata().rtpTimestamp ?? 0)),
    );
    return frame(writeRed(blocks), "audio/red", { rtpTimestamp });
  };
  const heard = () =>
    receiver.written.map((one) =>
      one.getMetadata().mimeType === "audio/red"
        ? parseRed(new Uint8Array(one.data))?.map(({ data }) => data[0])
        : [new Uint8Array(one.data)[0]],
    );
  return { sender, receiver, send, receive, speak, packet, heard };
}

describe("a slot whose packets carry others", () => {
  it("opens what was lost, and its own", async () => {
    const { receive, speak, packet, heard } = await voice();
    const [one, two, three] = [await speak(1), await speak(2), await speak(3)];
    await receive.push(packet(one, two, three));
    expect(heard()).toEqual([[1, 2, 3]]);
    expect(receive.counters).toEqual({ opened: 1, empty: 0, dropped: {} });
  });

  it("leaves out what came before, and does not take it for an attack", async () => {
    const { receive, speak, packet, heard } = await voice();
    const [one, two, three] = [await speak(1), await speak(2), await speak(3)];
    await receive.push(frame(new Uint8Array(one.data), "audio/opus", one.getMetadata()));
    await receive.push(packet(one, two));
    await receive.push(packet(two, three));
    expect(heard()).toEqual([[1], [2], [3]]);
    expect(receive.counters.dropped).toEqual({});
  });

  it("drops a second copy of the whole", async () => {
    const { receive, speak, packet, heard } = await voice();
    const [one, two] = [await speak(1), await speak(2)];
    const copy = packet(one, two);
    await receive.push(packet(one, two));
    await receive.push(copy);
    expect(heard()).toEqual([[1, 2]]);
    expect(receive.counters.dropped).toEqual({ replayed: 1 });
  });

  it("does without a block that was tampered with", async () => {
    const { receive, speak, packet, heard } = await voice();
    const [one, two] = [await speak(1), await speak(2)];
    const bytes = new Uint8Array(one.data);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    await receive.push(packet(one, two));
    expect(heard()).toEqual([[2]]);
  });

  it("takes nothing of another member, or of another source, from a block", async () => {
    const { sender, receiver, receive, speak, packet, heard } = await voice();
    const shared = sender.pipe("screen-audio");
    const other = await sealed(
      shared,
      frame(Uint8Array.of(7), "audio/opus", { rtpTimestamp: 960 }),
    );
    await receive.push(packet(other, await speak(2)));
    expect(heard()).toEqual([[2]]);
    expect(receiver.labels.map(({ label }) => label.source)).toEqual(["microphone"]);
  });

  it("waits whole for a key", async () => {
    const { sender, receiver, receive, speak, packet, heard } = await voice();
    const one = await speak(1);
    await sender.enter(6);
    const held = receive.push(packet(one, await speak(2)));
    await held;
    expect(heard()).toEqual([]);
    await receiver.enter(6);
    await receive.wake();
    expect(heard()).toEqual([[1, 2]]);
  });

  it("drops what is no RED", async () => {
    const { receive, heard } = await voice();
    await receive.push(frame(Uint8Array.of(0x80, 1), "audio/red"));
    await receive.push(frame(Uint8Array.of(BEN), "audio/red"));
    expect(heard()).toEqual([]);
    expect(receive.counters.dropped).toEqual({ malformed: 2 });
  });
});
