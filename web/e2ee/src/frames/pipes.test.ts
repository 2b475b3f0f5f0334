/** Frames from one member's sender to another's slot, as the frame worker sees them. */
import { describe, expect, it, vi } from "vitest";
import type { EncodedFrame } from "./encoded_frame.ts";
import { MEDIA_PATIENCE } from "./opening_keys.ts";
import { HELD_MAX, HOLD_MS_MAX } from "./receive_pipe.ts";
import type { SendPipe } from "./send_pipe.ts";
import { hex, seeded, seededBytes } from "./testing/bytes.ts";
import { ANA, BEN, frame, pair, Receiver, Sender, sealed } from "./testing/members.ts";

// Thousands of WebCrypto calls and comparisons, on machines that do other things besides.
vi.setConfig({ testTimeout: 30_000 });

const TYPES = ["video/VP8", "video/VP9", "video/AV1", "video/H264"] as const;

describe("a frame's way", () => {
  it.each(TYPES)("ends with the same bytes, and none of them are on the wire: %s", async (type) => {
    const { sender, receiver } = await pair();
    const send = sender.pipe();
    const receive = receiver.pipe();
    const sent: string[] = [];
    for (let seed = 1; seed <= 40; seed++) {
      const bytes = seededBytes(seeded(seed), 1 + seeded(seed)(4000));
      sent.push(hex(bytes));
      const one = await sealed(
        send,
        frame(bytes, type, { type: seed % 9 === 1 ? "key" : "delta" }),
      );
      if (bytes.length > 24) {
        const wire = hex(new Uint8Array(one.data));
        for (let at = 0; at + 16 <= bytes.length; at += 16) {
          expect(wire.includes(hex(bytes.subarray(at, at + 16)))).toBe(false);
        }
      }
      await receive.push(one);
    }
    expect(receiver.shown).toEqual(sent);
    expect(receive.counters).toEqual({ opened: 40, empty: 0, dropped: {} });
  });

  it("hides how much was said", async () => {
    const { sender, receiver } = await pair();
    const send = sender.pipe("microphone");
    const receive = receiver.pipe("audio");
    const sizes = new Set<number>();
    for (const length of [41, 57, 63, 79, 80]) {
      const one = await sealed(send, frame(new Uint8Array(length).fill(7), "audio/opus"));
      sizes.add(one.data.byteLength);
      await receive.push(one);
    }
    expect(sizes.size).toBe(1);
    expect(receiver.written.map((one) => one.data.byteLength)).toEqual([41, 57, 63, 79, 80]);
  });

  it("passes frames without bytes as they are", async () => {
    const { sender, receiver } = await pair();
    const one = await sealed(sender.pipe(), frame(new Uint8Array(0), "video/VP8"));
    await receiver.pipe().push(one);
    expect(receiver.shown).toEqual([""]);
  });
});

describe("a sender", () => {
  it("lets nothing out without a key, or of a type that has no envelope", async () => {
    const sender = new Sender();
    const pipe = sender.pipe();
    expect(await pipe.seal(frame(Uint8Array.of(1), "video/VP8"))).toBe(false);
    await sender.enter(1);
    for (const type of ["audio/telephone-event", "audio/red", "video/H265"]) {
      expect(await pipe.seal(frame(Uint8Array.of(1), type))).toBe(false);
    }
    expect(pipe.counters).toEqual({ sealed: 0, empty: 0, dropped: 4 });
  });

  it("never uses a nonce twice: not over layers, pipes that came and went, or epochs", async () => {
    const sender = new Sender();
    const heads = new Set<string>();
    let frames = 0;
    for (const epoch of [7, 8]) {
      await sender.enter(epoch);
      for (let life = 0; life < 3; life++) {
        const pipes = [sender.pipe(), sender.pipe("screen-video")];
        for (let i = 0; i < 12; i++) {
          for (const pipe of pipes) {
            const options = { synchronizationSource: i % 3 };
            const one = await sealed(pipe, frame(Uint8Array.of(1), "video/VP9", options));
            // Key id and counter: four or five bytes, as long as the counter is small.
            heads.add(hex(new Uint8Array(one.data).subarray(0, 5)));
            frames++;
          }
        }
        for (const pipe of pipes) pipe.close();
      }
    }
    expect(heads.size).toBe(frames);
  });

  it("says its source with every frame", async () => {
    const { sender, receiver } = await pair();
    for (const source of ["camera", "screen-video"] as const) {
      const one = await sealed(sender.pipe(source), frame(Uint8Array.of(1), "video/VP8"));
      await receiver.pipe().push(one);
    }
    expect(receiver.labels.map(({ label }) => label.source)).toEqual(["camera", "screen-video"]);
  });
});

describe("a receiver", () => {
  it("shows nothing with another key, and asks for a key frame once a second at most", async () => {
    const { sender } = await pair();
    const stranger = new Receiver();
    await stranger.enter(5, [0, ANA, BEN], 2);
    const pipe = stranger.pipe();
    const send = sender.pipe();
    for (let i = 0; i < 30; i++) {
      stranger.nowMs = i * 100;
      await pipe.push(await sealed(send, frame(Uint8Array.of(1, 2, 3), "video/VP8")));
    }
    expect(stranger.shown).toEqual([]);
    expect(pipe.counters.dropped).toEqual({ forged: 30 });
    expect(stranger.requests).toBe(3);
  });

  it("shows nothing that was changed, cut, of another codec, or not sealed at all", async () => {
    for (const type of TYPES) {
      const { sender, receiver } = await pair();
      const pipe = receiver.pipe();
      const send = sender.pipe();
      let tried = 0;
      for (let seed = 1; seed <= 60; seed++) {
        const next = seeded(seed);
        const one = await sealed(send, frame(seededBytes(next, 1 + next(200)), type));
        const bytes = new Uint8Array(one.data);
        const inside = Math.max(0, bytes.length - 17);
        const changed = bytes.slice(0, seed % 3 === 0 ? next(bytes.length) : bytes.length);
        if (seed % 3 !== 0) changed[inside] = (changed[inside] ?? 0) ^ (1 << next(8));
        if (changed.length === 0) continue;
        await pipe.push(frame(changed, type));
        await pipe.push(frame(seededBytes(next, 1 + next(100)), type));
        tried += 2;
      }
      const other = type === "video/VP9" ? "audio/opus" : "video/VP9";
      await pipe.push(
        frame(new Uint8Array((await sealed(send, frame(Uint8Array.of(1), type))).data), other),
      );
      expect(receiver.shown, type).toEqual([]);
      const dropped = Object.values(pipe.counters.dropped).reduce((sum, count) => sum + count, 0);
      // Garbage may name an epoch to come; then it waits, and what is behind it too.
      expect(dropped).toBeGreaterThan(0);
      expect(tried).toBeGreaterThan(80);
    }
  });

  // Browsers send tones past the transform, in either direction (measured: four bytes as they are).
  it("neither plays nor loses count of tones, noise and frames without end", async () => {
    const { sender, receiver } = await pair();
    const pipe = receiver.pipe("audio");
    const send = sender.pipe("microphone");
    const tones = [0, 1, 2].map((event) => Uint8Array.of(event, 0x8a, 0x03, 0xc0));
    for (const tone of tones) {
      await pipe.push(frame(tone, "audio/telephone-event"));
      // The server may say that it is sound.
      await pipe.push(frame(tone, "audio/opus"));
      await pipe.push(frame(tone, "audio/red"));
    }
    for (const size of [1, 2, 17, 1500, 70_000]) {
      await pipe.push(frame(new Uint8Array(size), "audio/opus"));
    }
    await pipe.push(frame(new Uint8Array(0), "audio/opus"));
    await pipe.push(await sealed(send, frame(Uint8Array.of(5), "audio/opus")));
    expect(receiver.shown).toEqual(["", "05"]);
    const { opened, empty, dropped } = pipe.counters;
    const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0);
    expect({ opened, empty, lost }).toEqual({ opened: 1, empty: 1, lost: 3 * 3 + 5 });
  });

  it("shows a frame once, in whatever slots it comes", async () => {
    const { sender, receiver } = await pair();
    const one = await sealed(sender.pipe(), frame(Uint8Array.of(9), "video/VP8"));
    const copy = frame(new Uint8Array(one.data), "video/VP8");
    const slots = [receiver.pipe(), receiver.pipe()];
    await Promise.all([slots[0]?.push(one), slots[1]?.push(copy)]);
    expect(receiver.shown).toEqual(["09"]);
  });

  it("shows neither its own frames nor those of a leaf that is nobody's", async () => {
    const { receiver } = await pair();
    for (const leaf of [BEN, 3]) {
      const sender = new Sender();
      await sender.enter(5, leaf);
      await receiver.pipe().push(await sealed(sender.pipe(), frame(Uint8Array.of(1), "video/VP8")));
    }
    expect(receiver.shown).toEqual([]);
  });

  it("holds frames of an epoch to come, in order, and shows them when it has begun", async () => {
    const { sender, receiver } = await pair();
    const pipe = receiver.pipe();
    await sender.enter(6);
    const send = sender.pipe();
    for (let i = 0; i < 5; i++) {
      await pipe.push(await sealed(send, frame(Uint8Array.of(i), "video/VP8")));
    }
    expect(receiver.shown).toEqual([]);
    await receiver.enter(6);
    await pipe.wake();
    expect(receiver.shown).toEqual(["00", "01", "02", "03", "04"]);
  });

  it("holds no more than a second's frames, and 64", async () => {
    const { sender, receiver } = await pair();
    const pipe = receiver.pipe();
    await sender.enter(6);
    const send = sender.pipe();
    for (let i = 0; i < HELD_MAX + 10; i++) {
      await pipe.push(await sealed(send, frame(Uint8Array.of(i), "video/VP8")));
    }
    expect(pipe.counters.dropped).toEqual({ "held-too-long": 10 });
    receiver.nowMs += HOLD_MS_MAX;
    await pipe.push(await sealed(send, frame(Uint8Array.of(99), "video/VP8")));
    await receiver.enter(6);
    await pipe.wake();
    expect(receiver.shown).toEqual(["63"]);
    expect(receiver.requests).toBeGreaterThan(0);
  });

  it("goes on with the old epoch for what was on its way, and then never again", async () => {
    const { sender, receiver } = await pair();
    const pipe = receiver.pipe();
    const old = sender.pipe();
    const late: EncodedFrame[] = [];
    for (let i = 0; i < 3; i++) {
      late.push(await sealed(old, frame(Uint8Array.of(i), "video/VP8")));
    }
    await receiver.enter(6);
    receiver.nowMs = 1000;
    await pipe.push(late[0] as EncodedFrame);
    await sender.enter(6);
    await pipe.push(await sealed(sender.pipe(), frame(Uint8Array.of(9), "video/VP8")));
    receiver.nowMs += MEDIA_PATIENCE.senderMs - 1;
    await pipe.push(late[1] as EncodedFrame);
    receiver.nowMs += 1;
    await pipe.push(late[2] as EncodedFrame);
    expect(receiver.shown).toEqual(["00", "09", "01"]);
    expect(pipe.counters.dropped).toEqual({ "too-old": 1 });
  });

  it("forgets an epoch whose senders never came over", async () => {
    const { sender, receiver } = await pair();
    const pipe = receiver.pipe();
    const one = await sealed(sender.pipe(), frame(Uint8Array.of(1), "video/VP8"));
    await receiver.enter(6);
    receiver.nowMs = MEDIA_PATIENCE.epochMsMax;
    await pipe.push(one);
    expect(pipe.counters.dropped).toEqual({ "too-old": 1 });
  });

  it("drops what was sealed before it came, and everything after the end", async () => {
    const { sender, receiver } = await pair(5);
    await sender.enter(4);
    await receiver.pipe().push(await sealed(sender.pipe(), frame(Uint8Array.of(1), "video/VP8")));
    await sender.enter(5);
    receiver.keys.end();
    await receiver.pipe().push(await sealed(sender.pipe(), frame(Uint8Array.of(1), "video/VP8")));
    expect(receiver.shown).toEqual([]);
  });

  it("tells epochs apart that have the same low bits", async () => {
    const { sender, receiver } = await pair(5);
    const old = await sealed(sender.pipe(), frame(Uint8Array.of(1), "video/VP8"));
    await receiver.enter(69);
    const pipe = receiver.pipe();
    await pipe.push(old);
    await sender.enter(69);
    await pipe.push(await sealed(sender.pipe(), frame(Uint8Array.of(2), "video/VP8")));
    expect(receiver.shown).toEqual(["02"]);
  });
});

describe("whose picture it is", () => {
  it("is told before the first frame of somebody else is decoded", async () => {
    const receiver = new Receiver();
    await receiver.enter(5);
    const pipe = receiver.pipe();
    const senders = [new Sender(), new Sender()];
    await senders[0]?.enter(5, 0);
    await senders[1]?.enter(5, ANA);
    const pipes = senders.map((sender) => sender.pipe());
    const push = async (who: 0 | 1, rtpTimestamp: number) => {
      const one = frame(Uint8Array.of(who), "video/VP8", { rtpTimestamp });
      return pipe.push(await sealed(pipes[who] as SendPipe, one));
    };
    await push(0, 1000);
    await push(0, 4000);
    let known = () => {};
    receiver.page = new Promise((resolve) => {
      known = resolve;
    });
    const switched = push(1, 7000);
    await vi.waitFor(() => expect(receiver.labels).toHaveLength(2));
    expect(receiver.shown).toEqual(["00", "00"]);
    expect(receiver.labels.map(({ label, rtpTimestamp }) => [rtpTimestamp, label.leaf])).toEqual([
      [1000, 0],
      [7000, ANA],
    ]);
    known();
    await switched;
    expect(receiver.shown).toEqual(["00", "00", "01"]);
  });
});
