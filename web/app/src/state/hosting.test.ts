import type { Role } from "@conclave/sdk";
import { FakeRoom } from "@conclave/sdk/testing";
import { beforeEach, describe, expect, test } from "vitest";
import { HostActs } from "./hostActs.ts";
import { createHosting, type Hosting } from "./hosting.ts";
import { createNotices, type Notices } from "./notices.ts";
import { FakeClock } from "./testing/fakeClock.ts";
import { type FakeMedia, fakeMedia } from "./testing/fakePorts.ts";

let room: FakeRoom;
let media: FakeMedia;
let notices: Notices;
let shareStopped: number;

beforeEach(async () => {
  room = new FakeRoom({ displayName: "Me" });
  media = fakeMedia();
  notices = createNotices(new FakeClock());
  shareStopped = 0;
  await media.local.start();
});

function enter(): Hosting {
  const stopShare = () => {
    shareStopped += 1;
  };
  return createHosting({ room, local: media.local, notices, stopShare });
}
const acts = (hosting: Hosting) => new HostActs(hosting);
const give = (person: number, role: Role) => room.moderate({ type: "give-role", person, role });
const toasts = () => notices.toasts.value.map(({ text }) => text);

describe("what is offered", () => {
  test("a host may make anybody anything", () => {
    const hosting = enter();
    const { id } = room.addParticipant("Bo");
    expect(acts(hosting).rolesFor(id)).toEqual(["host", "co-host", "participant", "viewer"]);
  });

  test("the last host may not step down; with another, but to no viewer", () => {
    const hosting = enter();
    expect(acts(hosting).rolesFor(room.localId)).toEqual([]);
    const { id } = room.addParticipant("Bo");
    give(id, "host");
    expect(acts(hosting).rolesFor(room.localId)).toEqual(["host", "co-host", "participant"]);
  });

  test("a co-host has no say over who moderates, and makes nobody one", () => {
    give(room.localId, "co-host");
    const hosting = enter();
    const { id } = room.addParticipant("Bo");
    expect(acts(hosting).rolesFor(id)).toEqual(["participant", "viewer"]);
    give(id, "co-host");
    expect(acts(hosting).rolesFor(id)).toEqual([]);
  });

  test("a participant is offered nothing", () => {
    give(room.localId, "participant");
    const hosting = enter();
    expect(acts(hosting).rolesFor(room.addParticipant("Bo").id)).toEqual([]);
    expect(acts(hosting).rolesFor(room.localId)).toEqual([]);
    expect(hosting.moderates.value).toBe(false);
  });
});

describe("a viewer", () => {
  test("is turned off, told, and turns nothing on; the next meeting starts as before", async () => {
    const hosting = enter();
    const held = { ...media.preferences.held };
    give(room.localId, "viewer");
    expect(hosting.role.value).toBe("viewer");
    expect(media.local.microphone.on.value).toBe(false);
    expect(media.local.camera.on.value).toBe(false);
    expect(shareStopped).toBe(1);
    expect(media.preferences.held).toEqual(held);
    await media.local.set("microphone", true);
    await media.local.toggle("camera");
    expect(media.local.microphone.on.value).toBe(false);
    expect(media.local.camera.on.value).toBe(false);
    expect(hosting.maySend("screen")).toBe(false);
    expect(toasts().at(-1)).toMatch(/viewer/);
  });

  test("may again what a participant may", async () => {
    enter();
    give(room.localId, "viewer");
    give(room.localId, "participant");
    await media.local.set("microphone", true);
    expect(media.local.microphone.on.value).toBe(true);
  });
});

describe("somebody who moderates", () => {
  test("turns things off: the devices too, with a word by whom", () => {
    enter();
    const { id } = room.addParticipant("Bo");
    room.silence(["microphone"], id);
    expect(media.local.microphone.on.value).toBe(false);
    expect(media.local.camera.on.value).toBe(true);
    expect(toasts().at(-1)).toBe("Bo muted you.");
    room.silence(["screen-video", "screen-audio"]);
    expect(shareStopped).toBe(1);
    expect(toasts().at(-1)).toBe("A host stopped your screen share.");
  });

  test("asks, and the person decides", async () => {
    const hosting = enter();
    const { id } = room.addParticipant("Bo");
    await media.local.set("camera", false);
    room.ask(["camera"], id);
    expect(hosting.asked.value).toEqual({ kind: "camera", name: "Bo" });
    hosting.answer(false);
    expect(media.local.camera.on.value).toBe(false);
    room.ask(["camera"], id);
    hosting.answer(true);
    await media.local.set("camera", true);
    expect(media.local.camera.on.value).toBe(true);
    expect(hosting.asked.value).toBeUndefined();
  });

  test("keeps people from turning things on, unless asked to, until silenced again", async () => {
    give(room.localId, "participant");
    const hosting = enter();
    const { id } = room.addParticipant("Bo");
    room.setRules({ reserved: ["microphone"] });
    room.silence(["microphone"], id);
    await media.local.set("microphone", true);
    expect(media.local.microphone.on.value).toBe(false);
    expect(toasts().at(-1)).toMatch(/host has to ask/);
    room.ask(["microphone"], id);
    await media.local.set("microphone", true);
    expect(media.local.microphone.on.value).toBe(true);
    room.silence(["microphone"], id);
    expect(hosting.maySend("microphone")).toBe(false);
    expect(hosting.maySend("camera")).toBe(true);
  });

  test("says how people start; those who moderate start as they like", async () => {
    const microphone = media.local.microphone.track.peek();
    if (microphone) await room.publish("microphone", microphone);
    room.setRules({ startMuted: ["microphone"] });
    room.setMuted("microphone", true);
    enter();
    expect(media.local.microphone.on.value).toBe(true);
    give(room.localId, "participant");
    enter();
    expect(media.local.microphone.on.value).toBe(false);
    expect(toasts().at(-1)).toMatch(/start with/);
  });

  test("acts for the whole room", () => {
    const hosting = enter();
    acts(hosting).silence(undefined, "microphone");
    acts(hosting).setReserved("screen", true);
    acts(hosting).setReserved("camera", true);
    acts(hosting).setReserved("screen", false);
    acts(hosting).setStartMuted("camera", true);
    expect(room.acts[0]).toEqual({ type: "silence", sources: ["microphone"] });
    expect(room.rules).toMatchObject({ reserved: ["camera"], startMuted: ["camera"] });
    acts(hosting).setLocked(true);
    expect(toasts().at(-1)).toMatch(/locked/);
    acts(hosting).end();
    expect(room.state).toBe("ended");
  });
});
