import { decodeRecording, encodeRecording, type RecordingWord } from "@conclave/sdk/messages";
import { FakeRoom } from "@conclave/sdk/testing";
import { beforeEach, describe, expect, test } from "vitest";
import { cell } from "../cells.ts";
import { createNotices, type Notices } from "../notices.ts";
import { FakeClock } from "../testing/fakeClock.ts";
import { fakeMedia } from "../testing/fakePorts.ts";
import { fakeTrack } from "../testing/fakeTrack.ts";
import {
  createRecording,
  type RecordedSound,
  type Recording,
  type RecordingFailure,
  type RecordingWants,
} from "./recording.ts";
import { coverCut, RECORDING_SIZE, sceneOf, wholeBox } from "./scene.ts";

describe("a recording", () => {
  let room: FakeRoom;
  let clock: FakeClock;
  let notices: Notices;
  let recording: Recording;
  let wants: RecordingWants | undefined;
  let sounds: readonly RecordedSound[];
  let failure: RecordingFailure | undefined;
  let stopped: number;
  let whole: boolean;
  const active = cell(false);

  beforeEach(() => {
    room = new FakeRoom({ displayName: "Ben" });
    clock = new FakeClock();
    notices = createNotices(clock);
    wants = undefined;
    failure = undefined;
    sounds = [];
    stopped = 0;
    whole = true;
    const { local } = fakeMedia();
    recording = createRecording({
      ...{ room, clock, notices, local, active },
      machine: {
        async start(wanted) {
          wants = wanted;
          if (failure !== undefined) return failure;
          return {
            setSounds: (next) => {
              sounds = next;
            },
            stop: async () => {
              stopped++;
              return whole;
            },
          };
        },
      },
    });
    room.on("message", (message) => recording.onMessage(message));
  });

  const said = () =>
    room.sent.map(({ kind, body, to }) => ({ kind, word: decodeRecording(body), to }));
  const hear = (from: number, word: RecordingWord, isPrivate = false) =>
    room.receive(from, "recording", encodeRecording(word), isPrivate);
  const speaking = (name: string) => {
    const person = room.addParticipant(name, ["microphone", "camera"]);
    const track = person.tracks.find(({ source }) => source === "microphone");
    room.showMedia(track?.id ?? 0, fakeTrack("audio").track);
    return person;
  };

  test("has only who agreed in it, and no longer than they do", async () => {
    const ana = speaking("Ana");
    const cleo = speaking("Cleo");
    await recording.start("meeting");
    expect(active.peek()).toBe(true);
    expect(said()).toEqual([
      { kind: "recording", word: { type: "begin", scope: "meeting" }, to: undefined },
    ]);
    expect([room.localId, ana.id, cleo.id].map((id) => wants?.includes(id))).toEqual([
      ...[true, false, false],
    ]);
    expect(sounds).toEqual([]);
    hear(ana.id, { type: "answer", yes: true }, true);
    expect(wants?.includes(ana.id)).toBe(true);
    expect(sounds.length).toBe(1);
    expect(recording.own.peek()).toMatchObject({ agreed: 1, others: 2 });
    hear(ana.id, { type: "answer", yes: false }, true);
    expect(wants?.includes(ana.id)).toBe(false);
    expect(sounds).toEqual([]);
    await recording.stopOwn();
    expect(stopped).toBe(1);
    expect(said().at(-1)?.word).toEqual({ type: "end" });
    expect(recording.own.peek()).toBeUndefined();
    expect(active.peek()).toBe(false);
  });

  test("another one asks everybody anew", async () => {
    const ana = speaking("Ana");
    await recording.start("meeting");
    hear(ana.id, { type: "answer", yes: true }, true);
    await recording.stopOwn();
    await recording.start("meeting");
    expect(wants?.includes(ana.id)).toBe(false);
    // Not one that somebody has given before it began.
    await recording.stopOwn();
    hear(ana.id, { type: "answer", yes: true }, true);
    await recording.start("meeting");
    expect(wants?.includes(ana.id)).toBe(false);
  });

  test("is told to who comes later, once for all who come together", async () => {
    await recording.start("meeting");
    room.sent.length = 0;
    room.addParticipant("Ana");
    room.addParticipant("Cleo");
    clock.advance(2000);
    expect(said().map(({ word }) => word)).toEqual([{ type: "begin", scope: "meeting" }]);
  });

  test("of oneself has nobody else's sound", async () => {
    const ana = speaking("Ana");
    await recording.start("self");
    hear(ana.id, { type: "answer", yes: true }, true);
    expect(sounds).toEqual([]);
  });

  test("by somebody else is shown, asked about, answered, and over when it ends", () => {
    const ana = speaking("Ana");
    hear(ana.id, { type: "begin", scope: "meeting" });
    expect(recording.recorders.peek()).toEqual([
      { id: ana.id, name: "Ana", scope: "meeting", agreed: undefined },
    ]);
    expect(notices.toasts.peek().map(({ text }) => text)).toEqual([
      "Ana is recording the meeting.",
    ]);
    recording.answer(ana.id, true);
    expect(said()).toEqual([
      { kind: "recording", word: { type: "answer", yes: true }, to: ana.id },
    ]);
    // Told once more for newcomers: the answer as well, and no notice.
    hear(ana.id, { type: "begin", scope: "meeting" });
    expect(said().length).toBe(2);
    expect(recording.recorders.peek()[0]?.agreed).toBe(true);
    hear(ana.id, { type: "end" });
    expect(recording.recorders.peek()).toEqual([]);
  });

  test("ends for the others when its maker leaves", () => {
    const ana = speaking("Ana");
    hear(ana.id, { type: "begin", scope: "meeting" });
    room.removeParticipant(ana.id);
    expect(recording.recorders.peek()).toEqual([]);
  });

  test("is not begun by a word to some only, nor announced again and again", () => {
    const ana = speaking("Ana");
    hear(ana.id, { type: "begin", scope: "meeting" }, true);
    expect(recording.recorders.peek()).toEqual([]);
    for (let i = 0; i < 20; i++) {
      hear(ana.id, { type: "begin", scope: i % 2 === 0 ? "meeting" : "self" });
    }
    expect(notices.toasts.peek().length).toBe(1);
  });

  test("that does not start is no recording, and says why unless it was called off", async () => {
    failure = "cancelled";
    await recording.start("meeting");
    expect(notices.toasts.peek()).toEqual([]);
    failure = "unsupported";
    await recording.start("meeting");
    expect(notices.toasts.peek().map(({ text }) => text)).toEqual(["This browser cannot record."]);
    expect(room.sent).toEqual([]);
    expect(recording.own.peek()).toBeUndefined();
  });

  test("that fails is saved as far as it is", async () => {
    await recording.start("meeting");
    wants?.onFailed("disk-full");
    await Promise.resolve();
    expect(stopped).toBe(1);
    expect(said().at(-1)?.word).toEqual({ type: "end" });
  });

  test("is not said to be saved where it is not", async () => {
    for (const isWhole of [true, false]) {
      whole = isWhole;
      await recording.start("meeting");
      await recording.stopOwn();
      expect(recording.own.peek()).toBeUndefined();
    }
    expect(notices.toasts.peek().map(({ text }) => text)).toEqual(["The recording is saved."]);
  });

  test("is saved when the meeting ends", async () => {
    await recording.start("meeting");
    recording.stop();
    expect(stopped).toBe(1);
  });
});

describe("what a recording shows", () => {
  const box = { x: 100, y: 0, width: 100, height: 100 };
  const item = { person: 2, name: "Ana", box, picture: "video", fit: "cover", isShared: false };

  test("is the stage in its shape, without those who may not be in it", () => {
    const stage = { width: 200, height: 200 };
    const items = [
      { ...item, fit: "cover" as const },
      { ...item, person: 3, name: "Cleo", fit: "cover" as const },
      { ...item, person: 3, name: "", fit: "whole" as const, isShared: true },
    ];
    const [ana, cleo, board] = sceneOf(items, stage, (person) => person === 2);
    expect(ana?.box).toEqual({ x: 640, y: 0, width: 360, height: 360 });
    expect(ana).toMatchObject({ name: "Ana", picture: "video", leftOut: false });
    expect(cleo).toMatchObject({ name: "", picture: undefined, leftOut: true });
    expect(board).toMatchObject({ picture: "video", leftOut: false });
    expect(RECORDING_SIZE.width / RECORDING_SIZE.height).toBeCloseTo(16 / 9);
  });

  test("pictures fill their place, or are seen as a whole", () => {
    expect(coverCut({ width: 200, height: 100 }, { width: 50, height: 50 })).toEqual({
      ...{ x: 50, y: 0, width: 100, height: 100 },
    });
    expect(wholeBox({ width: 200, height: 100 }, box)).toEqual({
      ...{ x: 100, y: 25, width: 100, height: 50 },
    });
  });
});
