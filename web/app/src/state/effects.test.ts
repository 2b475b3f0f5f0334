import { describe, expect, it, test } from "vitest";
import { FakeRoom } from "../../../sdk/src/testing/fake_room.ts";
import { reportEffects, watchEncoder } from "./effectReports.ts";
import { backgroundsOf } from "./effects.ts";
import { PACES } from "./effectWatch.ts";
import { createNotices } from "./notices.ts";
import { type FakeMedia, fakeMedia } from "./testing/fakePorts.ts";

/** Lets everything that waits for a promise go on. */
const settle = () => new Promise((resolve) => setTimeout(resolve));

async function live(remembered: Parameters<typeof fakeMedia>[0] = {}): Promise<FakeMedia> {
  const media = fakeMedia(remembered);
  await media.local.start();
  return media;
}

describe("a background", () => {
  it("is fetched with the first choice of one, and not before", async () => {
    const { local, effects } = await live();
    expect(effects.loads).toBe(0);
    await local.effects.setBackground("light");
    await local.effects.setBackground("dusk");
    expect(effects.loads).toBe(1);
    expect(effects.backgrounds).toEqual(["light", "dusk"]);
  });

  it("takes the camera's place for others, while the camera goes on", async () => {
    const { local, effects, devices } = await live();
    const [camera] = devices.opened.camera;
    expect(local.camera.track.value).toBe(camera);
    await local.effects.setBackground("strong");
    expect(local.camera.track.value).toBe(effects.made[0]);
    expect(camera?.readyState).toBe("live");
    await local.effects.setBackground("none");
    expect(local.camera.track.value).toBe(camera);
    expect(effects.made[0]?.readyState).toBe("ended");
    expect(camera?.readyState).toBe("live");
    await settle();
    expect(effects.open).toBe(0);
  });

  it("chosen last time is there before anybody sees the camera as it is", async () => {
    const media = fakeMedia({ background: "strong" });
    const shown: unknown[] = [];
    media.local.camera.track.subscribe((track) => shown.push(track));
    await media.local.start();
    expect(shown).toEqual([undefined, media.effects.made[0]]);
  });

  it("that does not start leaves the camera off, and says so", async () => {
    const media = fakeMedia({ background: "strong" });
    media.effects.fails = true;
    const shown: unknown[] = [];
    media.local.camera.track.subscribe((track) => shown.push(track));
    await media.local.start();
    expect(shown).toEqual([undefined]);
    expect(media.local.camera.status.value).toBe("off");
    expect(media.devices.opened.camera[0]?.readyState).toBe("ended");
    expect(media.local.effects.problem.value).toBe("failed");
    expect(media.local.microphone.status.value).toBe("live");
    expect(media.local.effects.withheld.value).toBe(true);
    // Another click does not show the room either; only the one that says so does.
    await media.local.set("camera", true);
    expect(media.local.camera.status.value).toBe("off");
    await media.local.effects.showWithout();
    expect(media.local.camera.track.value).toBe(media.devices.opened.camera[2]);
    expect(media.local.effects.withheld.value).toBe(false);
    expect(media.preferences.held.background).toBe("strong");
  });

  it("that works at the next try is shown without a word", async () => {
    const media = fakeMedia({ background: "strong" });
    media.effects.fails = true;
    await media.local.start();
    media.effects.fails = false;
    await media.local.set("camera", true);
    expect(media.local.camera.track.value).toBe(media.effects.made[0]);
    expect(media.local.effects.problem.value).toBeUndefined();
  });

  it("that does not start beside a live camera leaves that as it was", async () => {
    const { local, effects, devices } = await live();
    effects.fails = true;
    await local.effects.setBackground("light");
    expect(local.camera.track.value).toBe(devices.opened.camera[0]);
    expect(local.effects.background.value).toBe("none");
    expect(local.effects.problem.value).toBe("unhidden");
    effects.fails = false;
    await local.effects.setBackground("light");
    expect(local.camera.track.value).toBe(effects.made[0]);
    expect(local.effects.problem.value).toBeUndefined();
  });

  it("comes along to another camera", async () => {
    const { local, effects, devices } = await live({ background: "paper" });
    await local.select("camera", "video-2");
    expect(local.camera.track.value).toBe(effects.made[1]);
    expect(local.camera.selectedId.value).toBe("video-2");
    expect(devices.opened.camera.map(({ readyState }) => readyState)).toEqual(["ended", "live"]);
    expect(effects.made.map(({ readyState }) => readyState)).toEqual(["ended", "live"]);
    expect(effects.loads).toBe(1);
  });

  it("ends with the camera", async () => {
    const { local, effects, devices } = await live({ background: "light" });
    await local.toggle("camera");
    expect(effects.made[0]?.readyState).toBe("ended");
    expect(devices.opened.camera[0]?.readyState).toBe("ended");
    await local.toggle("camera");
    expect(local.camera.track.value).toBe(effects.made[1]);
    devices.opened.camera[1]?.end();
    expect(local.camera.status.value).toBe("missing");
    expect(effects.made[1]?.readyState).toBe("ended");
  });

  it("that is taken back while it starts is not shown", async () => {
    const { local, effects, devices } = await live();
    let letStart = () => {};
    effects.gate = new Promise((resolve) => {
      letStart = resolve;
    });
    const chosen = local.effects.setBackground("light");
    await settle();
    expect(local.effects.starting.value).toBe(true);
    await local.effects.setBackground("none");
    letStart();
    await chosen;
    expect(local.camera.track.value).toBe(devices.opened.camera[0]);
    expect(effects.made[0]?.readyState).toBe("ended");
    expect(local.effects.starting.value).toBe(false);
  });

  it("that is chosen while the camera opens is waited for", async () => {
    const { local, effects } = fakeMedia();
    const started = local.start();
    await local.effects.setBackground("forest");
    await started;
    expect(local.camera.track.value).toBe(effects.made[0]);
  });

  /** Frames of so many milliseconds for so many seconds. */
  const measure = ({ effects, clock }: FakeMedia, tookMs: number, seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      clock.advance(1000);
      effects.events?.onMeasured(Array.from({ length: 30 }, () => tookMs));
    }
    return settle();
  };

  it("does less where frames take too long for some seconds, and goes on", async () => {
    const media = await live({ background: "light" });
    await measure(media, 40, 12);
    expect(media.effects.paces.at(-1)).toBe(PACES[1]);
    expect(media.local.camera.track.value).toBe(media.effects.made[0]);
    // At half the pace that is in time.
    await measure(media, 40, 60);
    expect(media.effects.paces.at(-1)).toBe(PACES[1]);
    expect(media.local.effects.problem.value).toBeUndefined();
    // Another choice begins anew.
    await media.local.effects.setBackground("strong");
    await settle();
    expect(media.effects.paces.at(-1)).toBe(PACES[0]);
  });

  it("does more again, a step at a time, where there has been time for it", async () => {
    const media = await live({ background: "light" });
    await measure(media, 70, 20);
    expect(media.effects.paces.at(-1)).toBe(PACES[2]);
    await measure(media, 20, 35);
    expect(media.effects.paces.at(-1)).toBe(PACES[1]);
    await measure(media, 20, 60);
    expect(media.effects.paces.at(-1)).toBe(PACES[1]);
    await measure(media, 10, 35);
    expect(media.effects.paces.at(-1)).toBe(PACES[0]);
    expect(media.local.effects.problem.value).toBeUndefined();
  });

  it("takes the camera off where even the least is too much: nobody sees the room unasked", async () => {
    const media = await live({ background: "light" });
    const { local, effects, devices, preferences } = media;
    const shown: unknown[] = [];
    local.camera.track.subscribe((track) => shown.push(track));
    await measure(media, 200, 20);
    expect(effects.paces.at(-1)).toBe(PACES.at(-1));
    expect(local.effects.problem.value).toBe("slow");
    expect(local.effects.withheld.value).toBe(true);
    expect(local.camera.status.value).toBe("off");
    expect(devices.opened.camera[0]?.readyState).toBe("ended");
    expect(shown).toEqual([effects.made[0], undefined]);
    // Next time the machine may have less to do, and this person wants to be seen.
    expect(preferences.held).toEqual({ background: "light" });
    await local.effects.showWithout();
    expect(local.camera.track.value).toBe(devices.opened.camera[1]);
    expect(local.effects.background.value).toBe("none");
    expect(preferences.held.background).toBe("light");
  });

  it("can be left off after that, and is tried again with the least", async () => {
    const media = await live({ background: "light" });
    await measure(media, 200, 20);
    media.local.effects.leaveOff();
    expect(media.local.effects.withheld.value).toBe(false);
    expect(media.local.camera.status.value).toBe("off");
    await media.local.set("camera", true);
    await settle();
    expect(media.local.camera.track.value).toBe(media.effects.made[1]);
    expect(media.effects.paces.at(-1)).toBe(PACES.at(-1));
  });

  it("that stops working takes the camera off", async () => {
    const { local, effects } = await live({ background: "light" });
    effects.events?.onFailed();
    await settle();
    expect(local.effects.problem.value).toBe("failed");
    expect(local.camera.track.value).toBeUndefined();
    expect(effects.open).toBe(0);
  });

  it("that cannot take another's place takes the camera off", async () => {
    const { local, effects } = await live({ background: "light" });
    effects.refusesBackground = true;
    await local.effects.setBackground("own");
    expect(local.effects.withheld.value).toBe(true);
    expect(local.camera.track.value).toBeUndefined();
  });

  it("that stops while another camera opens shows neither", async () => {
    const { local, effects } = await live({ background: "light" });
    effects.refusesBackground = true;
    await local.select("camera", "video-2");
    expect(local.effects.withheld.value).toBe(true);
    expect(local.camera.status.value).toBe("off");
    expect(local.camera.track.value).toBeUndefined();
  });

  it("of the person's own is kept here, and chosen", async () => {
    const { local, effects, preferences } = await live();
    expect(backgroundsOf(local.effects)).not.toContain("own");
    expect(await local.effects.useOwnPicture(new Blob([], { type: "text/plain" }))).toBe(false);
    expect(await local.effects.useOwnPicture(new Blob([], { type: "image/png" }))).toBe(true);
    expect(effects.backgrounds).toEqual(["own"]);
    expect(backgroundsOf(local.effects)).toContain("own");
    expect(preferences.held).toMatchObject({ background: "own", hasOwnPicture: true });
  });
});

describe("noise suppression", () => {
  it("opens the microphone anew with what the browser is to do, and nothing is fetched for that", async () => {
    const { local, effects, devices } = await live();
    await local.effects.setNoise("off");
    const processing = { noiseSuppression: false, autoGainControl: false };
    expect(devices.asked.at(-1)).toMatchObject({ microphone: { processing } });
    expect(devices.opened.microphone.map(({ readyState }) => readyState)).toEqual([
      "ended",
      "live",
    ]);
    expect(local.microphone.track.value).toBe(devices.opened.microphone[1]);
    expect(effects.loads).toBe(0);
  });

  it("of our own takes the microphone's place, and goes", async () => {
    const { local, effects, devices } = await live();
    await local.effects.setNoise("strong");
    expect(local.microphone.track.value).toBe(effects.suppressed[0]);
    await local.effects.setNoise("standard");
    expect(local.microphone.track.value).toBe(devices.opened.microphone.at(-1));
    expect(effects.suppressed[0]?.readyState).toBe("ended");
  });

  it("leaves a muted microphone muted, all the way", async () => {
    const { local, effects } = await live();
    await local.toggle("microphone");
    const heard: boolean[] = [];
    local.microphone.on.subscribe((on) => heard.push(on));
    await local.effects.setNoise("strong");
    await local.select("microphone", "audio-2");
    expect(heard).toEqual([false]);
    expect(effects.suppressed.map(({ enabled }) => enabled)).toEqual([false, false]);
    await local.toggle("microphone");
    expect(effects.suppressed[1]?.enabled).toBe(true);
  });

  it("that does not start, or stops, leaves the browser's own, and the person heard", async () => {
    const media = fakeMedia({ noise: "strong" });
    media.effects.fails = true;
    await media.local.start();
    await settle();
    expect(media.local.effects.noise.value).toBe("standard");
    expect(media.local.effects.problem.value).toBe("noise");
    expect(media.local.microphone.track.value).toBe(media.devices.opened.microphone.at(-1));
    expect(media.local.microphone.on.value).toBe(true);
    media.effects.fails = false;
    await media.local.effects.setNoise("strong");
    expect(media.local.microphone.track.value).toBe(media.effects.suppressed[0]);
    media.effects.failSuppression?.();
    await settle();
    expect(media.local.microphone.track.value).toBe(media.devices.opened.microphone.at(-1));
    const live = media.devices.opened.microphone.filter(({ readyState }) => readyState === "live");
    expect(live).toHaveLength(1);
  });

  it("chosen while no microphone is open waits for one", async () => {
    const { local, effects, devices } = fakeMedia({ microphoneOff: true });
    await local.start();
    await local.effects.setNoise("strong");
    expect(devices.opened.microphone).toEqual([]);
    await local.set("microphone", true);
    expect(local.microphone.track.value).toBe(effects.suppressed[0]);
  });
});

test("what a browser remembers and is none, or has no more, is no background", () => {
  expect(fakeMedia({ background: "beach" as never }).local.effects.background.value).toBe("none");
  expect(fakeMedia({ background: "own" }).local.effects.background.value).toBe("none");
});

test("in a meeting, what happens to an effect is said", async () => {
  const { local, effects, clock } = await live();
  const notices = createNotices(clock);
  const stop = reportEffects(local.effects, notices);
  let letStart = () => {};
  effects.gate = new Promise((resolve) => {
    letStart = resolve;
  });
  const chosen = local.effects.setBackground("light");
  expect(notices.toasts.value.map(({ text }) => text)).toEqual(["Preparing the background…"]);
  letStart();
  await chosen;
  expect(notices.toasts.value).toEqual([]);
  // What takes the camera off has a banner; here there is nothing to ask.
  effects.events?.onFailed();
  expect(notices.toasts.value).toEqual([]);
  await local.effects.showWithout();
  effects.fails = true;
  await local.effects.setBackground("light");
  expect(notices.toasts.value).toMatchObject([{ tone: "problem" }]);
  stop();
});

test("in a meeting, an encoder that is short of the processor for some seconds ends the effect", async () => {
  const { local, effects, clock } = await live({ background: "light" });
  const room = new FakeRoom();
  room.stats = {
    ...room.stats,
    outbound: [
      {
        ...{ source: "camera", rid: "q", kbps: 100, framesPerSecond: 20, width: 320, height: 180 },
        ...{ active: true, framesSent: 100, limitedBy: "cpu", lossRatio: 0 },
      },
    ],
  };
  const stop = watchEncoder(room, clock, local.effects);
  for (let second = 0; second < 7; second++) {
    clock.advance(1000);
    await settle();
  }
  expect(local.effects.problem.value).toBeUndefined();
  for (let second = 0; second < 3; second++) {
    clock.advance(1000);
    await settle();
  }
  expect(effects.paces.at(-1)).toBe(PACES[1]);
  for (let second = 0; second < 25; second++) {
    clock.advance(1000);
    await settle();
  }
  expect(local.effects.problem.value).toBe("encoder");
  expect(local.camera.track.value).toBeUndefined();
  stop();
});
