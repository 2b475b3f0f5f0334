import { beforeEach, describe, expect, it } from "vitest";
import { VideoSender } from "./video_sender.ts";

/** A sender as browsers have it: parameters are copies, and one change at a time. */
class FakeSender {
  parameters: {
    encodings: (RTCRtpEncodingParameters & {
      codec?: RTCRtpCodec;
      scalabilityMode?: string;
    })[];
    codecs?: object[];
  };
  changes = 0;
  #changing = false;

  constructor(encodings: readonly RTCRtpEncodingParameters[]) {
    this.parameters = { encodings: structuredClone([...encodings]) };
  }
  getParameters(): RTCRtpSendParameters {
    return structuredClone(this.parameters) as RTCRtpSendParameters;
  }
  async setParameters(parameters: RTCRtpSendParameters): Promise<void> {
    if (this.#changing) throw new Error("InvalidStateError");
    this.#changing = true;
    await new Promise((resolve) => setTimeout(resolve, 1));
    this.#changing = false;
    this.parameters = structuredClone(parameters);
    this.changes++;
  }
  get active() {
    return this.parameters.encodings.map(({ active }) => active);
  }
}

function track(width: number, height: number, contentHint = ""): MediaStreamTrack {
  return { contentHint, getSettings: () => ({ width, height }) } as unknown as MediaStreamTrack;
}

let video: VideoSender;
let sender: FakeSender;

function attach(source: "camera" | "screen-video", first: MediaStreamTrack): void {
  video = new VideoSender({ source, codec: "vp8", engine: "chromium" }, first);
  sender = new FakeSender(video.encodings);
  video.attach(sender as unknown as RTCRtpSender);
}

describe("a camera's sender", () => {
  beforeEach(() => attach("camera", track(1280, 720)));

  it("switches off what nobody watches, and on again, for its lowest size as for all", async () => {
    video.setWanted({ encodings: 0b001, heightPx: 180 });
    await video.apply();
    expect(sender.active).toEqual([true, false, false]);
    video.setWanted({ encodings: 0, heightPx: 0 });
    await video.apply();
    expect(sender.active).toEqual([false, false, false]);
    video.setWanted(undefined);
    await video.apply();
    expect(sender.active).toEqual([true, true, true]);
  });

  it("ends with the last of many wishes, and never changes twice at once", async () => {
    for (const encodings of [0b001, 0b111, 0b011, 0, 0b101]) {
      video.setWanted({ encodings, heightPx: 180 });
    }
    await video.apply();
    expect(sender.active).toEqual([true, false, true]);
    expect(sender.changes).toBe(2);
  });

  it("undoes what an answer did, and does nothing where nothing is to be done", async () => {
    video.setWanted({ encodings: 0b001, heightPx: 180 });
    await video.apply();
    const { changes } = sender;
    await video.apply();
    expect(sender.changes).toBe(changes);
    for (const encoding of sender.parameters.encodings) encoding.active = true;
    await video.apply();
    expect(sender.active).toEqual([true, false, false]);
  });

  it("fits the sizes to a smaller camera", async () => {
    await video.setTrack(track(640, 360));
    expect(sender.active).toEqual([true, true, false]);
    const [lowest] = sender.parameters.encodings;
    expect(lowest).toMatchObject({ rid: "q", scaleResolutionDownBy: 2 });
  });

  it("survives a connection that is closed meanwhile, and tries again the next time", async () => {
    const works = sender.setParameters.bind(sender);
    sender.setParameters = () => Promise.reject(new Error("closed"));
    video.setWanted({ encodings: 0, heightPx: 0 });
    await video.apply();
    expect(sender.active).toEqual([true, true, true]);
    sender.setParameters = works;
    await video.apply();
    expect(sender.active).toEqual([false, false, false]);
  });
});

describe("a camera's sender that changes its codec", () => {
  const codec = (name: string, payloadType: number) => ({
    mimeType: `video/${name}`,
    clockRate: 90000,
    payloadType,
  });
  const answered = [codec("VP8", 96), codec("rtx", 97), codec("VP9", 98)];
  const sent = () =>
    sender.parameters.encodings.map(({ rid, active, scalabilityMode, codec: one }) =>
      [rid, active ? "on" : "off", scalabilityMode ?? "", one?.mimeType ?? ""].join(" ").trim(),
    );

  beforeEach(() => {
    attach("camera", track(1280, 720));
    sender.parameters.codecs = answered;
  });

  it("sends layers as its lowest encoding, and three sizes again after that", async () => {
    video.setPlan({ codec: "vp9", withoutTop: false });
    await video.apply();
    expect(sent()).toEqual([
      "q on L3T3_KEY video/VP9",
      "h off L3T3_KEY video/VP9",
      "f off L3T3_KEY video/VP9",
    ]);
    expect(sender.parameters.encodings[0]).toMatchObject({ scaleResolutionDownBy: 1 });
    expect(sender.parameters.encodings[0]?.codec).not.toHaveProperty("payloadType");
    video.setPlan({ codec: "vp8", withoutTop: false });
    await video.apply();
    expect(sent()).toEqual(["q on  video/VP8", "h on  video/VP8", "f on  video/VP8"]);
    expect(sender.parameters.encodings[0]).toMatchObject({ scaleResolutionDownBy: 4 });
  });

  it("counts with all of what it begins until it is told, unless nobody looks", async () => {
    video.setWanted({ encodings: 0b001, heightPx: 180 });
    video.setPlan({ codec: "vp9", withoutTop: false });
    await video.apply();
    const whole = sender.parameters.encodings[0]?.maxBitrate ?? 0;
    video.setWanted({ encodings: 1, heightPx: 180 });
    await video.apply();
    expect(sender.parameters.encodings[0]?.maxBitrate).toBeLessThan(whole / 4);
    video.setPlan({ codec: "vp8", withoutTop: false });
    await video.apply();
    expect(sender.active).toEqual([true, true, true]);
    video.setWanted({ encodings: 0, heightPx: 0 });
    video.setPlan({ codec: "vp9", withoutTop: false });
    await video.apply();
    expect(sender.active).toEqual([false, false, false]);
  });

  it("waits for an answer that has the codec", async () => {
    delete sender.parameters.codecs;
    video.setPlan({ codec: "vp9", withoutTop: false });
    await video.apply();
    expect(sent()).toEqual(["q on", "h on", "f on"]);
    sender.parameters.codecs = answered;
    await video.apply();
    expect(sent()[0]).toBe("q on L3T3_KEY video/VP9");
  });

  it("stays with its codec where the browser refuses another", async () => {
    const works = sender.setParameters.bind(sender);
    sender.setParameters = () => Promise.reject(new Error("OperationError"));
    video.setPlan({ codec: "vp9", withoutTop: false });
    await video.apply();
    sender.setParameters = works;
    video.setWanted({ encodings: 0b011, heightPx: 360 });
    await video.apply();
    expect(sent()).toEqual(["q on", "h on", "f off"]);
  });
});

it("a screen's sender follows the hint of its track, when it is given again", async () => {
  const screen = { ...track(1920, 1080), contentHint: "detail" };
  attach("screen-video", screen);
  expect(sender.parameters.encodings[0]?.maxFramerate).toBe(15);
  screen.contentHint = "motion";
  await video.setTrack(screen);
  expect(sender.parameters).toMatchObject({ degradationPreference: "maintain-framerate" });
  expect(sender.parameters.encodings[0]?.maxFramerate).toBe(30);
});
