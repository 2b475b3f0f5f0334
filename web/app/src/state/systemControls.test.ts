import { expect, test } from "vitest";
import { followSystemControls, type SystemAction } from "./systemControls.ts";
import { fakeMedia } from "./testing/fakePorts.ts";

test("the system's buttons do what the page's do, until the meeting ends", async () => {
  const { local } = fakeMedia();
  await local.start();
  const told: string[] = [];
  let press: ((action: SystemAction) => void) | undefined;
  let left = 0;
  const stop = followSystemControls(
    {
      begin: (title, act) => {
        told.push(title);
        press = act;
      },
      setOn: (what, on) => void told.push(`${what} ${on}`),
      end: () => void told.push("end"),
    },
    "standup",
    local,
    () => void left++,
  );
  press?.("microphone");
  await Promise.resolve();
  press?.("leave");
  stop();
  await local.toggle("camera");
  expect(told).toEqual(["standup", "microphone true", "camera true", "microphone false", "end"]);
  expect([local.microphone.on.value, left]).toEqual([false, 1]);
});
