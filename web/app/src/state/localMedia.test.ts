import { expect, test } from "vitest";
import { fakeMedia } from "./testing/fakePorts.ts";

test("starting asks for both devices at once and shows them", async () => {
  const { local, devices } = fakeMedia();
  const started = local.start();
  expect(local.camera.status.value).toBe("starting");
  await started;
  expect(devices.asked).toHaveLength(1);
  expect(local.microphone.on.value).toBe(true);
  expect(local.camera.status.value).toBe("live");
  expect(local.camera.choices.value.map(({ label }) => label)).toEqual(["video one", "video two"]);
  expect(local.camera.selectedId.value).toBe("video-1");
});

test("what was off last time stays off, and nobody is asked for it", async () => {
  const { local, devices } = fakeMedia({ cameraOff: true });
  await local.start();
  expect(devices.asked).toEqual([{ microphone: { deviceId: undefined } }]);
  expect(local.camera.status.value).toBe("off");
});

test("one device that fails does not take the other with it", async () => {
  const { local, devices } = fakeMedia();
  devices.failures.camera = "in-use";
  await local.start();
  expect(local.camera.status.value).toBe("in-use");
  expect(local.microphone.status.value).toBe("live");
});

test("muting keeps the microphone open, so that unmuting is instant", async () => {
  const { local, devices, preferences } = fakeMedia();
  await local.start();
  await local.toggle("microphone");
  const [microphone] = devices.opened.microphone;
  expect(microphone).toMatchObject({ enabled: false, readyState: "live" });
  expect(preferences.held.microphoneOff).toBe(true);
  await local.toggle("microphone");
  expect(microphone?.enabled).toBe(true);
  expect(devices.asked).toHaveLength(1);
});

test("switching the camera off releases it, and its light goes out", async () => {
  const { local, devices } = fakeMedia();
  await local.start();
  await local.toggle("camera");
  expect(devices.opened.camera[0]?.readyState).toBe("ended");
  expect(local.camera.track.value).toBeUndefined();
  await local.toggle("camera");
  expect(local.camera.status.value).toBe("live");
  expect(devices.opened.camera).toHaveLength(2);
});

test("a camera that opens after it was switched off again is closed at once", async () => {
  const { local, devices } = fakeMedia();
  let letOpen = () => {};
  devices.gate = new Promise((resolve) => {
    letOpen = resolve;
  });
  const starting = local.start();
  await local.set("camera", false);
  letOpen();
  await starting;
  expect(local.camera.status.value).toBe("off");
  expect(devices.opened.camera[0]?.readyState).toBe("ended");
  expect(local.microphone.status.value).toBe("live");
});

test("another microphone takes over, and stays muted if the last one was", async () => {
  const { local, devices } = fakeMedia();
  await local.start();
  await local.set("microphone", false);
  await local.select("microphone", "audio-2");
  const [first, second] = devices.opened.microphone;
  expect(first?.readyState).toBe("ended");
  expect(second).toMatchObject({ deviceId: "audio-2", enabled: false });
  expect(local.microphone.on.value).toBe(false);
});

test("an unplugged camera is told as missing", async () => {
  const { local, devices } = fakeMedia();
  await local.start();
  devices.opened.camera[0]?.end();
  expect(local.camera.status.value).toBe("missing");
  expect(local.camera.track.value).toBeUndefined();
});

test("the level follows the microphone and falls to nothing when it closes", async () => {
  const { local, setLevel } = fakeMedia();
  const levels: number[] = [];
  local.onLevel((level) => levels.push(level));
  await local.start();
  setLevel(0.5);
  local.stop();
  expect(levels).toEqual([0.5, 0]);
});
