/**
 * Two independent WebRTC stacks in one room of ours, real VP8 and Opus in both directions: each must
 * get the other's own picture (the mark burned into it) and voice, through the SFU.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { readMark } from "../../e2e/lib/barcode.ts";
import { identityOf, mediaFile, type Person } from "../../e2e/lib/browsers.ts";
import { type Server, startServer } from "../../e2e/lib/server.ts";
import { envelope, rankVoices } from "../../e2e/lib/voice.ts";
import { type Decoder, decode, play } from "./codec.ts";
import type { MediaPeer } from "./peers.ts";
import { joinRoom, type Session } from "./signaling.ts";

interface Guest {
  readonly peer: MediaPeer;
  readonly person: Person;
  readonly session: Session;
  readonly video: Decoder;
  readonly audio: Decoder;
  readonly packets: { audio: Buffer[]; video: Buffer[] };
}

const WIDTH = 640;
const HEIGHT = 360;
const PICTURE = WIDTH * HEIGHT;
/** Seconds of sound by which a voice is told. */
const LISTEN = 5;
/** So many bytes and a second more, for what the first packets lack. */
const SOUND = (LISTEN + 1) * 48000 * 2;

function marksOf(pictures: Buffer) {
  const marks = [];
  for (let at = 0; at + PICTURE <= pictures.length; at += PICTURE) {
    marks.push(
      readMark(
        (x, y) => pictures[at + Math.floor(y * HEIGHT) * WIDTH + Math.floor(x * WIDTH)] ?? 0,
      ),
    );
  }
  return marks;
}

/** Who speaks at the end. */
function voiceOf(sound: Buffer) {
  const samples = Float32Array.from(
    { length: sound.length >> 1 },
    (_, i) => sound.readInt16LE(2 * i) / 32768,
  );
  return rankVoices(envelope(samples.subarray(-LISTEN * 48000), 48000))[0];
}

/** Waits for what a busy machine may bring late; what did not come, the test then names. */
async function until(done: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200 && !done(); tries++)
    await new Promise((resolve) => setTimeout(resolve, 200));
}

/** The tests of a pair; `finish` runs when both are gone. */
export function describePair(
  stacks: readonly [() => Promise<MediaPeer>, () => Promise<MediaPeer>],
  finish: () => void,
): void {
  describe("independent stacks", { concurrency: 1 }, () => {
    let server: Server;
    const guests: Guest[] = [];
    const cleanup: (() => void)[] = [];

    const invite = async (peer: MediaPeer, person: Person): Promise<void> => {
      const session = await joinRoom(server.url, "open/interop", await peer.offer());
      const guest: Guest = {
        ...{ peer, person, session },
        ...{ video: await decode("video"), audio: await decode("audio") },
        packets: { audio: [], video: [] },
      };
      guests.push(guest);
      peer.onReceived((kind, packet) => {
        // RTCP comes the same way in libdatachannel.
        const second = packet[1] ?? 0;
        if (second >= 192 && second <= 223) return;
        guest.packets[kind].push(packet);
        guest[kind].feed(packet);
      });
      await peer.accept(session.answer);
      await peer.connected;
      cleanup.push(
        await play("video", mediaFile(person, "y4m"), (packet) => peer.send("video", packet)),
      );
      cleanup.push(
        await play("audio", mediaFile(person, "wav"), (packet) => peer.send("audio", packet)),
      );
    };

    before(async () => {
      server = await startServer();
    });
    after(async () => {
      for (const undo of cleanup) undo();
      for (const { peer, session, video, audio } of guests) {
        video.stop();
        audio.stop();
        await peer.close();
        session.close();
      }
      await server.stop();
      finish();
    });

    test("both join and connect", { timeout: 60_000 }, async () => {
      await invite(await stacks[0](), "Ana");
      await invite(await stacks[1](), "Ben");
      assert.equal(guests.length, 2);
    });

    test("each receives the other's picture and voice", async () => {
      for (const { peer, person, video, audio } of guests) {
        const other = guests.find((guest) => guest.person !== person)?.person;
        assert.ok(other);
        const own = () =>
          marksOf(video.decoded()).filter((mark) => mark?.identity === identityOf(other)).length;
        await until(() => own() >= 10 && audio.decoded().length >= SOUND);
        const marks = marksOf(video.decoded());
        assert.ok(
          own() >= 10,
          `${peer.name} decoded ${own()} of ${marks.length} pictures of ${other}\n${video.log()}`,
        );
        assert.ok(marks.every((mark) => mark === undefined || mark.identity === identityOf(other)));
        const voice = voiceOf(audio.decoded());
        assert.equal(voice?.person, other, `${peer.name} hears ${JSON.stringify(voice)}`);
      }
    });

    test("sequence numbers are contiguous and the CSRC names the track", () => {
      for (const { peer, session, packets } of guests) {
        const others = session.messages
          .flatMap((m) => (m.body.case === "roster" ? m.body.value.changed : []))
          .concat(session.joined.roster)
          .filter((participant) => participant.id !== session.joined.participant)
          .flatMap((participant) => participant.tracks.map((track) => track.id));
        for (const kind of ["audio", "video"] as const) {
          const numbers = packets[kind].map((packet) => packet.readUInt16BE(2));
          const gaps = numbers.slice(1).filter((n, i) => n !== (((numbers[i] ?? 0) + 1) & 0xffff));
          assert.deepEqual(gaps, [], `${peer.name} ${kind}`);
          for (const packet of packets[kind]) {
            assert.equal((packet[0] ?? 0) & 15, 1, "one CSRC");
            assert.ok(others.includes(packet.readUInt32BE(12)));
          }
        }
      }
    });
  });
}
