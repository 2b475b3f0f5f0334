import { FakeRoom } from "@conclave/sdk/testing";
import { expect, test } from "vitest";
import { createQuality } from "./quality.ts";

test("names the direction that is weak, and both", () => {
  const room = new FakeRoom();
  const quality = createQuality(room);
  expect(quality.weak.value).toBeUndefined();
  room.setQuality({ upload: "poor" });
  expect(quality.weak.value).toBe("upload");
  room.setQuality({ upload: "fair", download: "poor" });
  expect(quality.weak.value).toBe("download");
  room.setQuality({ upload: "poor", download: "poor" });
  expect(quality.weak.value).toBe("both");
  room.setQuality({ upload: "fair", download: "fair" });
  expect(quality.weak.value).toBeUndefined();
});

test("knows whose connection is weak: of oneself it is the upload that others notice", () => {
  const room = new FakeRoom();
  const ana = room.addParticipant("Ana");
  const quality = createQuality(room);
  room.setQuality({ download: "poor", participants: new Map([[ana.id, "poor"]]) });
  expect([...quality.people.value]).toEqual([[ana.id, "poor"]]);
  room.setQuality({ upload: "fair" });
  expect([...quality.people.value]).toEqual([[room.localId, "fair"]]);
});
