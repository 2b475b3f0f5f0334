import type { ParticipantId } from "@conclave/sdk";
import { FILE_PART_BYTES, type FileWord } from "@conclave/sdk/messages";
import { FakeRoom } from "@conclave/sdk/testing";
import { expect, test, vi } from "vitest";
import { FakeClock } from "../testing/fakeClock.ts";
import { FacesModel } from "./faces.ts";
import { digestOf } from "./fileDownload.ts";

/** Hashing is the machine's, which may have other things to do. */
vi.setConfig({ testTimeout: 60_000 });

const PICTURE = Uint8Array.of(0xff, 0xd8, 1, 2, 3);

function setUp() {
  const clock = new FakeClock();
  const room = new FakeRoom({ displayName: "Ana" });
  const asked: { word: FileWord; to: ParticipantId }[] = [];
  const forgotten: string[] = [];
  const faces = new FacesModel({
    ...{ room, clock },
    say: (word, to) => asked.push({ word, to }) > 0,
    urlOf: (bytes) => (bytes[0] === 0xff ? `blob:${bytes.length}` : undefined),
    forget: (url) => void forgotten.push(url),
  });
  room.on("roster", () => faces.update());
  const add = async (name: string, bytes = PICTURE, size = bytes.length) => {
    const { id } = room.addParticipant(name);
    const picture = { digest: await digestOf(bytes), size };
    room.update(id, { profile: { displayName: name, picture } });
    return { id, picture };
  };
  const answer = (from: ParticipantId, bytes = PICTURE): boolean => {
    const ask = asked.at(-1)?.word;
    if (ask?.type !== "ask") throw new Error("nothing was asked for");
    return faces.onPart(from, { type: "part", id: ask.id, index: 0, bytes });
  };
  const shown = (count: number) =>
    vi.waitFor(() => expect(faces.shown.value.size).toBe(count), { timeout: 20_000 });
  return { clock, room, faces, asked, forgotten, add, answer, shown };
}

test("somebody's picture is fetched from them, once, and shown by their number", async () => {
  const { room, asked, add, answer, shown, faces } = setUp();
  const { id, picture } = await add("Ben");
  expect(asked).toEqual([
    { word: { type: "ask", id: picture.digest.slice(0, 16), from: 0, count: 1 }, to: id },
  ]);
  expect(answer(id)).toBe(true);
  await shown(1);
  expect(faces.shown.value.get(id)).toBe("blob:5");
  room.update(id, { handRaisedAt: 1 });
  expect(asked).toHaveLength(1);
  // The same person with the same picture, from another device.
  const again = await add("Ben");
  expect([faces.shown.value.get(again.id), asked.length]).toEqual(["blob:5", 1]);
  room.removeParticipant(id);
  room.update(again.id, { profile: { displayName: "Ben" } });
  await shown(0);
});

test("one after the other, and who does not answer keeps nobody waiting", async () => {
  const { clock, asked, add, answer, shown } = setUp();
  const ben = await add("Ben", Uint8Array.of(0xff, 1));
  const cleo = await add("Cleo");
  expect(asked.map(({ to }) => to)).toEqual([ben.id]);
  for (let i = 0; i < 3; i++) clock.advance(4000);
  expect(asked.map(({ to }) => to)).toEqual([ben.id, ben.id, ben.id, cleo.id]);
  answer(cleo.id);
  await shown(1);
  clock.advance(100_000);
  expect(asked).toHaveLength(4);
});

test("what is not what was named, too large, no picture, or from another is not shown", async () => {
  const { asked, add, answer, faces, clock } = setUp();
  const noPicture = Uint8Array.of(0x3c, 0x73, 0x76, 0x67);
  await add("Huge", PICTURE, FILE_PART_BYTES + 1);
  expect(asked).toEqual([]);
  const eve = await add("Eve", noPicture);
  const mallory = await add("Mallory");
  expect(answer(mallory.id)).toBe(false);
  expect(answer(eve.id, noPicture)).toBe(true);
  await vi.waitFor(() => expect(asked.at(-1)?.to).toBe(mallory.id), { timeout: 20_000 });
  answer(mallory.id, Uint8Array.of(0xff, 0xd8, 9, 9, 9));
  await vi.waitFor(() => expect(clock.pending).toBe(0), { timeout: 20_000 });
  expect(faces.shown.value.size).toBe(0);
});

test("one's own is named in the profile, given to who asks, and taken back", async () => {
  const { room, faces, forgotten } = setUp();
  await faces.setOwn(PICTURE);
  const { profile } = room.participants.get(room.localId) ?? {};
  expect(profile).toEqual({
    displayName: "Ana",
    picture: { digest: await digestOf(PICTURE), size: 5 },
  });
  expect(faces.shown.value.get(room.localId)).toBe("blob:5");
  const given = faces.find(profile?.picture?.digest.slice(0, 16) ?? "");
  expect(new Uint8Array((await given?.content.arrayBuffer()) ?? [])).toEqual(PICTURE);
  await faces.setOwn(undefined);
  expect(room.participants.get(room.localId)?.profile).toEqual({ displayName: "Ana" });
  expect(faces.shown.value.size).toBe(0);
  faces.stop();
  expect(forgotten).toEqual(["blob:5"]);
});
