// @vitest-environment happy-dom
import "@preact/signals";
import type { ParticipantInfo } from "@conclave/sdk";
import { FakeRoom } from "@conclave/sdk/testing";
import { render } from "preact";
import { act } from "preact/test-utils";
import { beforeEach, expect, test } from "vitest";
import { createMeeting, type Meeting } from "../../state/meeting.ts";
import { FakeClock } from "../../state/testing/fakeClock.ts";
import { type FakeMedia, FakePage, fakeMedia } from "../../state/testing/fakePorts.ts";
import { StageView } from "./StageView.tsx";

let room: FakeRoom;
let meeting: Meeting;
let root: HTMLElement;
let media: FakeMedia;

beforeEach(() => {
  room = new FakeRoom({ displayName: "Me" });
  media = fakeMedia();
  const { local, devices, preferences } = media;
  meeting = createMeeting({
    room,
    roomName: "standup",
    local,
    joinedWith: { microphone: undefined, camera: undefined },
    devices,
    clock: new FakeClock(),
    page: new FakePage(),
    preferences,
    randomBytes: (into) => into.fill(7),
    onEnded: () => {},
    onRejoin: () => {},
  });
  document.body.replaceChildren();
  root = document.body.appendChild(document.createElement("div"));
  act(() => render(<StageView meeting={meeting} />, root));
  // There is no layout in this DOM: the stage is told its size.
  act(() => meeting.stage.resize({ width: 1400, height: 760 }, 1));
});

/** A slot's track, as a browser without media has it. */
function slotTrack(): MediaStreamTrack {
  return Object.assign(new EventTarget(), { kind: "video" }) as unknown as MediaStreamTrack;
}

function tileOf(name: string): HTMLElement {
  const tiles = [...root.querySelectorAll<HTMLElement>("[data-testid=tile]")];
  const tile = tiles.find((candidate) => candidate.textContent?.includes(name));
  if (tile === undefined) throw new Error(`no tile of ${name}`);
  return tile;
}

const videoIn = (tile: HTMLElement) => tile.querySelector("video");
/** What stands for a presented frame where there are no frame callbacks. */
const presentFrame = (video: HTMLVideoElement | null) =>
  act(() => void video?.dispatchEvent(new Event("timeupdate")));

function addWithCamera(name: string) {
  let person: ParticipantInfo | undefined;
  act(() => {
    person = room.addParticipant(name, ["microphone", "camera"]);
  });
  return { id: person?.id ?? 0, camera: person?.tracks[1]?.id ?? 0 };
}

test("a video element lives through everything that is drawn anew around it", () => {
  const slot = slotTrack();
  const ana = addWithCamera("Ana");
  act(() => room.showMedia(ana.camera, slot));
  const video = videoIn(tileOf("Ana"));
  expect(video).not.toBeNull();
  expect(video).toMatchObject({ muted: true, autoplay: true, playsInline: true });
  addWithCamera("Ben");
  act(() => {
    room.update(ana.id, { profile: { displayName: "Ana Maria" } });
    meeting.stage.resize({ width: 390, height: 660 }, 3);
  });
  expect(videoIn(tileOf("Ana Maria"))).toBe(video);
});

test("a slot that carries somebody else moves its element, and shows no older picture there", () => {
  const slot = slotTrack();
  const ana = addWithCamera("Ana");
  const ben = addWithCamera("Ben");
  act(() => room.showMedia(ana.camera, slot));
  const video = videoIn(tileOf("Ana"));
  presentFrame(video);
  expect(tileOf("Ana").dataset["picture"]).toBe("true");

  act(() => {
    room.hideMedia(ana.camera);
    room.showMedia(ben.camera, slot);
  });
  expect(videoIn(tileOf("Ben"))).toBe(video);
  expect(videoIn(tileOf("Ana"))).toBeNull();
  expect(tileOf("Ana").dataset["picture"]).toBe("false");
  expect(tileOf("Ben").dataset["picture"]).toBe("false");
  presentFrame(video);
  expect(tileOf("Ben").dataset["picture"]).toBe("true");
});

test("a name comes off its picture's cover with its own first frame, not with the one before", () => {
  const ana = addWithCamera("Ana");
  const slot = slotTrack();
  // Frames as a browser presents them, by their RTP timestamps.
  let onFrame: VideoFrameRequestCallback = () => {};
  const prototype = HTMLVideoElement.prototype;
  prototype.requestVideoFrameCallback = (callback) => {
    onFrame = callback;
    return 1;
  };
  prototype.cancelVideoFrameCallback = () => {};
  const present = (rtpTimestamp: number) =>
    act(() => onFrame(0, { rtpTimestamp } as VideoFrameCallbackMetadata));

  // The clock wraps between the two.
  act(() => room.showMedia(ana.camera, slot, false, 5));
  present(0xffff_ff00);
  expect(tileOf("Ana").dataset["picture"]).toBe("false");
  present(5);
  expect(tileOf("Ana").dataset["picture"]).toBe("true");
  Reflect.deleteProperty(prototype, "requestVideoFrameCallback");
  Reflect.deleteProperty(prototype, "cancelVideoFrameCallback");
});

test("a camera that is switched off leaves the avatar, and no video in the tile", () => {
  const ana = addWithCamera("Ana");
  act(() => room.showMedia(ana.camera, slotTrack()));
  presentFrame(videoIn(tileOf("Ana")));
  act(() => room.setTrackMuted(ana.camera, true));
  expect(videoIn(tileOf("Ana"))).toBeNull();
  expect(tileOf("Ana").dataset["picture"]).toBe("false");
});

test("a picture that the network has no room for gives way to the avatar and the reason", () => {
  const ana = addWithCamera("Ana");
  const slot = slotTrack();
  act(() => room.showMedia(ana.camera, slot));
  presentFrame(videoIn(tileOf("Ana")));
  act(() => room.showMedia(ana.camera, slot, true, undefined, "lack-of-rate"));
  expect(tileOf("Ana").dataset["picture"]).toBe("false");
  expect(tileOf("Ana").textContent).toContain("Paused: your connection is slow");
  // Back: what is left of before the pause is not shown again, the next frame is.
  act(() => room.showMedia(ana.camera, slot));
  expect(tileOf("Ana").dataset["picture"]).toBe("false");
  presentFrame(videoIn(tileOf("Ana")));
  expect(tileOf("Ana").dataset["picture"]).toBe("true");
  expect(tileOf("Ana").textContent).not.toContain("Paused");
});

test("what the layout does not ask for keeps its last picture, and needs no reason", () => {
  const ana = addWithCamera("Ana");
  const slot = slotTrack();
  act(() => room.showMedia(ana.camera, slot));
  presentFrame(videoIn(tileOf("Ana")));
  act(() => room.showMedia(ana.camera, slot, true));
  expect(tileOf("Ana").dataset["picture"]).toBe("true");
});

test("with sound only there are avatars, and no picture of before", () => {
  const ana = addWithCamera("Ana");
  act(() => room.showMedia(ana.camera, slotTrack()));
  presentFrame(videoIn(tileOf("Ana")));
  act(() => meeting.audioOnly.set(true));
  expect(tileOf("Ana").dataset["picture"]).toBe("false");
  expect(room.layouts.at(-1)).toEqual([]);
  act(() => meeting.audioOnly.set(false));
  expect(tileOf("Ana").dataset["picture"]).toBe("false");
  presentFrame(videoIn(tileOf("Ana")));
  expect(tileOf("Ana").dataset["picture"]).toBe("true");
});

test("a weak connection is named on the tile of whom it belongs to", () => {
  const ana = addWithCamera("Ana");
  addWithCamera("Ben");
  act(() => room.setQuality({ upload: "poor", participants: new Map([[ana.id, "poor"]]) }));
  expect(tileOf("Ana").textContent).toContain("Weak connection");
  expect(tileOf("You").textContent).toContain("Your upload is weak");
  expect(tileOf("Ben").textContent).not.toContain("Weak");
});

test("a picture that stands still is named as one", () => {
  const ana = addWithCamera("Ana");
  act(() => room.showMedia(ana.camera, slotTrack()));
  presentFrame(videoIn(tileOf("Ana")));
  act(() => room.setQuality({ frozen: new Set([ana.camera]) }));
  expect(tileOf("Ana").textContent).toContain("Picture stands still");
  act(() => room.setQuality({}));
  expect(tileOf("Ana").textContent).not.toContain("Picture");
});

test("levels change a style and draw nothing", () => {
  const ana = addWithCamera("Ana");
  const tile = tileOf("Ana");
  act(() => room.setLevels(new Map([[ana.id, 0.4]])));
  expect(tile.dataset["speaking"]).toBe("true");
  const observer = new MutationObserver(() => {});
  observer.observe(root, { subtree: true, childList: true, characterData: true });
  act(() => room.setLevels(new Map([[ana.id, 0.75]])));
  const ring = tile.querySelector<HTMLElement>(".tile-ring");
  expect(ring?.style.getPropertyValue("--level")).toBe("0.75");
  expect(observer.takeRecords()).toEqual([]);
});

const shownLevel = (tile: HTMLElement, part: string) =>
  tile.querySelector<HTMLElement>(part)?.style.getPropertyValue("--level");

test("what a picture covers does not follow the level", () => {
  const ana = addWithCamera("Ana");
  act(() => room.setLevels(new Map([[ana.id, 0.5]])));
  expect(shownLevel(tileOf("Ana"), ".avatar")).toBe("0.5");
  act(() => room.showMedia(ana.camera, slotTrack()));
  presentFrame(videoIn(tileOf("Ana")));
  expect(shownLevel(tileOf("Ana"), ".avatar")).toBe("0");
  act(() => room.setLevels(new Map([[ana.id, 0.75]])));
  expect(shownLevel(tileOf("Ana"), ".avatar")).toBe("0");
  expect(shownLevel(tileOf("Ana"), ".tile-ring")).toBe("0.75");
});

test("one's own ring follows one's own meter", async () => {
  await act(() => media.local.toggle("microphone"));
  act(() => room.setLevels(new Map([[room.localId, 0.5]])));
  expect(tileOf("You").dataset["speaking"]).toBe("true");
  act(() => media.setLevel(0.25));
  act(() => room.setLevels(new Map([[room.localId, 1]])));
  expect(shownLevel(tileOf("You"), ".tile-ring")).toBe("0.25");
});

test("a muted microphone is seen and read out", () => {
  const ana = addWithCamera("Ana");
  const microphone = room.participants.get(ana.id)?.tracks[0]?.id ?? 0;
  expect(tileOf("Ana").dataset["muted"]).toBe("false");
  act(() => room.setTrackMuted(microphone, true));
  expect(tileOf("Ana").dataset["muted"]).toBe("true");
  expect(tileOf("Ana").getAttribute("aria-label")).toBe("Ana, muted");
});
