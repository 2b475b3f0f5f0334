import type { RoomMessage } from "@conclave/sdk";
import { FakeRoom } from "@conclave/sdk/testing";
import { expect, test } from "vitest";
import { createLate } from "./late.ts";

function setUp() {
  const room = new FakeRoom();
  const ana = room.addParticipant("Ana");
  const heard: number[] = [];
  let stops = 0;
  const part = {
    onMessage: ({ body }: RoomMessage) => void heard.push(body[0] ?? -1),
    stop: () => void stops++,
  };
  const loads: { resolve: () => void; reject: () => void }[] = [];
  const late = createLate(
    room,
    ["poll"],
    () =>
      new Promise<typeof part>((resolve, reject) => {
        loads.push({ resolve: () => resolve(part), reject: () => reject(new Error("offline")) });
      }),
  );
  const say = (byte: number) => room.receive(ana.id, "poll", Uint8Array.of(byte));
  const settle = () => new Promise((resolve) => setTimeout(resolve));
  return { room, ana, late, loads, heard, say, settle, stops: () => stops };
}

test("is fetched with the first message, and hears it and those that came meanwhile", async () => {
  const { room, ana, late, loads, heard, say, settle } = setUp();
  room.receiveChat(ana.id, "not a poll");
  expect(loads).toHaveLength(0);
  for (const byte of [1, 2]) say(byte);
  expect([loads.length, late.part.value]).toEqual([1, undefined]);
  loads[0]?.resolve();
  await settle();
  say(3);
  expect(heard).toEqual([1, 2, 3]);
});

test("is fetched again where that failed, and has lost nothing", async () => {
  const { late, loads, heard, say, settle } = setUp();
  say(1);
  loads[0]?.reject();
  await settle();
  expect(late.failed.value).toBe(true);
  late.want();
  expect([late.failed.value, loads.length]).toEqual([false, 2]);
  loads[1]?.resolve();
  await settle();
  expect(heard).toEqual([1]);
});

test("that comes when the meeting is over is stopped", async () => {
  const { late, loads, say, settle, stops } = setUp();
  late.want();
  late.stop();
  loads[0]?.resolve();
  await settle();
  say(1);
  expect([stops(), late.part.value, loads.length]).toEqual([1, undefined, 1]);
});
