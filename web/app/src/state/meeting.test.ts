import { ConclaveError, type EndReason } from "@conclave/sdk";
import { FakeRoom } from "@conclave/sdk/testing";
import { beforeEach, describe, expect, test } from "vitest";
import { createMeeting, type Meeting } from "./meeting.ts";
import { FakeClock } from "./testing/fakeClock.ts";
import { type FakeMedia, FakePage, fakeMedia } from "./testing/fakePorts.ts";
import { fakeTrack } from "./testing/fakeTrack.ts";

let room: FakeRoom;
let media: FakeMedia;
let clock: FakeClock;
let page: FakePage;
let ended: EndReason[];

beforeEach(async () => {
  room = new FakeRoom({ displayName: "Me" });
  media = fakeMedia();
  clock = new FakeClock();
  page = new FakePage();
  ended = [];
  await media.local.start();
});

/** As after a join with the preview's tracks. */
async function enter(): Promise<Meeting> {
  const { local, devices, preferences } = media;
  const microphone = local.microphone.track.peek();
  const camera = local.camera.track.peek();
  if (microphone) await room.publish("microphone", microphone);
  if (camera) await room.publish("camera", camera);
  return createMeeting({
    room,
    roomName: "weekly-standup",
    local,
    joinedWith: { microphone: undefined, camera: undefined },
    devices,
    clock,
    page,
    preferences,
    randomBytes: (into) => into.fill(7),
    onEnded: (reason) => ended.push(reason),
    onRejoin: () => {},
  });
}

const toasts = (meeting: Meeting) => meeting.notices.toasts.value.map(({ text }) => text);
/** Lets promises that are settled already run their callbacks. */
const settled = () => new Promise<void>((resolve) => queueMicrotask(() => resolve()));

describe("own devices", () => {
  test("muting is told to the room, and heard by a screen reader", async () => {
    const meeting = await enter();
    expect(room.isMuted("microphone")).toBe(false);
    meeting.act("toggle-microphone");
    await settled();
    expect(room.isMuted("microphone")).toBe(true);
    expect(meeting.notices.spoken.value).toBe("Microphone muted");
  });

  test("the camera's track stops being sent when off, and a new one is sent when on", async () => {
    const meeting = await enter();
    const before = room.published.get("camera");
    await media.local.set("camera", false);
    expect(room.published.has("camera")).toBe(false);
    meeting.act("toggle-camera");
    await media.local.set("camera", true);
    expect(room.published.get("camera")).toBe(media.local.camera.track.value);
    expect(room.published.get("camera")).not.toBe(before);
    expect(room.isMuted("camera")).toBe(false);
  });

  test("a device that opens after the join is sent then", async () => {
    media.local.stop();
    await enter();
    expect(room.published.size).toBe(0);
    await media.local.set("microphone", true);
    expect(room.published.get("microphone")).toBe(media.local.microphone.track.value);
    expect(room.isMuted("microphone")).toBe(false);
  });

  test("push to talk opens a muted microphone and always closes it", async () => {
    await media.local.set("microphone", false);
    const meeting = await enter();
    const space = {
      key: " ",
      modified: false,
      command: false,
      repeated: false,
      inText: false,
      onButton: false,
    };
    meeting.pushToTalk.press(space);
    expect(room.isMuted("microphone")).toBe(false);
    meeting.pushToTalk.release();
    expect(room.isMuted("microphone")).toBe(true);
  });
});

describe("sharing a screen", () => {
  test("sends picture and sound, and ends with the browser's own button", async () => {
    const meeting = await enter();
    const { fake, track: video } = fakeTrack("video");
    media.devices.screen = { video, audio: fakeTrack("audio").track };
    await meeting.share.toggle();
    expect(meeting.share.on.value).toBe(true);
    expect([...room.published.keys()]).toContain("screen-audio");
    fake.end();
    expect(meeting.share.on.value).toBe(false);
    expect([...room.published.keys()]).toEqual(["microphone", "camera"]);
  });

  test("called off by the person, nothing is said about it", async () => {
    const meeting = await enter();
    await meeting.share.toggle();
    expect(meeting.share.on.value).toBe(false);
    expect(toasts(meeting)).toEqual([]);
  });

  test("a failure says what to try", async () => {
    const meeting = await enter();
    media.devices.screen = "failed";
    await meeting.share.toggle();
    expect(toasts(meeting)).toEqual(["The screen could not be shared. Try another window or tab."]);
  });
});

describe("panels", () => {
  test("one is open at a time, and opening the chat reads it", async () => {
    const meeting = await enter();
    const ana = room.addParticipant("Ana");
    room.receiveChat(ana.id, "hello   there");
    expect(toasts(meeting)).toEqual(["Ana: hello there"]);
    meeting.panels.toggle("people");
    meeting.panels.toggle("chat");
    expect(meeting.panels.shown.value).toBe("chat");
    expect(meeting.chat.unread.value).toBe(0);
    expect(toasts(meeting)).toEqual([]);
    meeting.panels.toggle("chat");
    expect(meeting.panels.shown.value).toBe("none");
    room.receiveChat(ana.id, "again");
    expect(meeting.chat.unread.value).toBe(1);
  });

  test("people are listed by name, oneself first", async () => {
    const meeting = await enter();
    room.addParticipant("Zoë", ["microphone"]);
    const ana = room.addParticipant("ana", ["microphone", "camera"]);
    room.setTrackMuted(ana.tracks[0]?.id ?? 0, true);
    const rows = meeting.people.rows.value;
    expect(rows.map(({ name }) => name)).toEqual(["Me", "ana", "Zoë"]);
    expect(rows[1]).toMatchObject({ microphoneOn: false, cameraOn: true });
  });
});

test("alone at first, and alone again, are two things", async () => {
  const meeting = await enter();
  expect(meeting.people.alone.value).toBe("first");
  const ana = room.addParticipant("Ana");
  expect(meeting.people.alone.value).toBeUndefined();
  room.removeParticipant(ana.id);
  expect(meeting.people.alone.value).toBe("last");
});

test("the invitation is this meeting's link", async () => {
  const meeting = await enter();
  await meeting.invitation.copy();
  expect(page.copied).toEqual(["https://meet.example/open/weekly-standup"]);
  page.canCopy = false;
  await meeting.invitation.copy();
  expect(toasts(meeting)).toEqual(["Copy this link: https://meet.example/open/weekly-standup"]);
});

describe("sound", () => {
  test("that the browser holds back is asked for, and starts with a click", async () => {
    let blocked = true;
    room.startAudio = async () => {
      if (blocked) throw new ConclaveError("autoplay-blocked", "play() refused", true);
    };
    const meeting = await enter();
    await settled();
    expect(meeting.sound.blocked.value).toBe(true);
    blocked = false;
    await meeting.sound.start();
    expect(meeting.sound.blocked.value).toBe(false);
  });

  test("that is held back later is asked for as well, without a toast", async () => {
    const meeting = await enter();
    room.fail(new ConclaveError("autoplay-blocked", "play() refused", true));
    expect(meeting.sound.blocked.value).toBe(true);
    expect(toasts(meeting)).toEqual([]);
  });

  test("goes to the speaker that was chosen", async () => {
    await enter();
    media.local.selectSpeaker("speaker-2");
    expect(room.audioOutput).toBe("speaker-2");
  });
});

test("an error is told in words for people", async () => {
  const meeting = await enter();
  room.fail(new ConclaveError("rate-limited", "429 of 200 per s"));
  expect(toasts(meeting)).toEqual(["That was too fast for the server. Wait a moment."]);
});

test("the screen stays on while the meeting lasts", async () => {
  const meeting = await enter();
  expect(page.awake).toBe(true);
  meeting.leave();
  expect(page.awake).toBe(false);
});

test("a camera that is unplugged is told; one that never worked is not told again", async () => {
  media.devices.failures.microphone = "denied";
  media.local.stop();
  await media.local.start();
  const meeting = await enter();
  expect(toasts(meeting)).toEqual([]);
  media.devices.opened.camera.at(-1)?.end();
  expect(toasts(meeting)).toEqual(["No camera found. Plug one in."]);
});

test("leaving ends the share and stops listening", async () => {
  const meeting = await enter();
  const { fake, track: video } = fakeTrack("video");
  media.devices.screen = { video, audio: undefined };
  await meeting.share.toggle();
  meeting.leave();
  await settled();
  expect(ended).toEqual(["left"]);
  expect(fake.readyState).toBe("ended");
  const asked = room.layouts.length;
  room.addParticipant("Late", ["camera"]);
  clock.advance(60000);
  expect(room.layouts).toHaveLength(asked);
  expect(toasts(meeting)).toEqual([]);
});

test("a room that ends by itself says why", async () => {
  await enter();
  room.setState("ended", "server-gone");
  expect(ended).toEqual(["server-gone"]);
});
