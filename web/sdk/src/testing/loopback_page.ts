/** Bundled into the bare page of tests/e2e/sdk.test.ts: the SDK's connection, against one of the browser's own. */
import { deflateText, inflateText } from "../browser/deflate.ts";
import { MediaConnection } from "../browser/media_connection.ts";
import { browserPlatform } from "../browser/platform.ts";
import * as sdk from "../index.ts";
import type { MediaOptions } from "../room/platform.ts";

/** A moving picture of a 720p camera, at 15 frames a second. */
function camera(): MediaStreamTrack {
  const canvas = document.createElement("canvas");
  canvas.width = 1280;
  canvas.height = 720;
  const context = canvas.getContext("2d");
  let frame = 0;
  setInterval(() => {
    if (context === null) return;
    context.fillStyle = `hsl(${(frame * 7) % 360} 60% 50%)`;
    context.fillRect(0, 0, 1280, 720);
    context.fillStyle = "#fff";
    context.fillRect((frame * 16) % 1200, 300, 80, 80);
    frame++;
  }, 66);
  const [track] = canvas.captureStream(15).getVideoTracks();
  if (track === undefined) throw new Error("no track");
  return track;
}

function tone(): MediaStreamTrack {
  const audio = new AudioContext();
  const oscillator = audio.createOscillator();
  const destination = audio.createMediaStreamDestination();
  oscillator.connect(destination);
  oscillator.start();
  const [track] = destination.stream.getAudioTracks();
  if (track === undefined) throw new Error("no track");
  return track;
}

function connection(options: Pick<MediaOptions, "tracks" | "onState">): MediaConnection {
  const { engine } = browserPlatform();
  return new MediaConnection({ ...options, engine, videoSlots: 8, videoCodec: "vp8" });
}

async function describeOffer() {
  const media = connection({ tracks: new Map(), onState: () => {} });
  const started = performance.now();
  const offer = await media.offer();
  const tookMs = performance.now() - started;
  const sdp = await inflateText(offer.sdpDeflated);
  const largest = await media.offer({ videoSlots: 48 });
  media.close();
  return {
    sdp,
    deflatedBytes: offer.sdpDeflated.length,
    deflatedBytesLargest: largest.sdpDeflated.length,
    sections: offer.sections,
    tookMs,
  };
}

/** The answerer sends one voice and one picture into the first slots. */
async function answerTo(offer: Uint8Array, other: RTCPeerConnection): Promise<Uint8Array> {
  await other.setRemoteDescription({ type: "offer", sdp: await inflateText(offer) });
  for (const kind of ["audio", "video"] as const) {
    const slot = other
      .getTransceivers()
      .find((one) => one.receiver.track.kind === kind && one.mid !== null && Number(one.mid) >= 4);
    if (slot === undefined) throw new Error(`no ${kind} slot`);
    slot.direction = "sendonly";
    await slot.sender.replaceTrack(kind === "audio" ? tone() : camera());
  }
  await other.setLocalDescription();
  await new Promise<void>((resolve) => {
    if (other.iceGatheringState === "complete") resolve();
    other.onicegatheringstatechange = () => {
      if (other.iceGatheringState === "complete") resolve();
    };
  });
  return deflateText(other.localDescription?.sdp ?? "");
}

/** Packets of sound and frames of pictures so far. */
async function counted(entries: Iterable<object>) {
  let audio = 0;
  let video = 0;
  for (const entry of entries as Iterable<Record<string, unknown>>) {
    if (entry["type"] !== "inbound-rtp") continue;
    if (entry["kind"] === "audio") audio += Number(entry["packetsReceived"] ?? 0);
    else video += Number(entry["framesDecoded"] ?? 0);
  }
  return { audio, video };
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function until(what: () => Promise<boolean>, timeoutMs: number): Promise<boolean> {
  for (let waited = 0; waited < timeoutMs; waited += 100) {
    if (await what()) return true;
    await sleep(100);
  }
  return false;
}

/** Every worker that the page makes, so that the frame worker can be ended under the connection. */
const workers: Worker[] = [];
window.Worker = class extends Worker {
  constructor(url: string | URL, options?: WorkerOptions) {
    super(url, options);
    workers.push(this);
  }
};

/** Media in both directions through the frame worker, and then without it. */
async function loopback() {
  const workersBefore = workers.length;
  const states: string[] = [];
  const tracks = new Map<sdk.SourceKind, MediaStreamTrack>([
    ["microphone", tone()],
    ["camera", camera()],
  ]);
  const media = connection({ tracks, onState: (s) => states.push(s) });
  const other = new RTCPeerConnection();
  await media.accept(await answerTo((await media.offer()).sdpDeflated, other));
  const here = async () => counted((await media.stats()).values());
  const there = async () => counted((await other.getStats()).values());
  const flows = async (count: typeof here) => {
    const before = await count();
    return until(async () => {
      const now = await count();
      return now.audio > before.audio + 20 && now.video > before.video + 10;
    }, 8000);
  };
  const received = await flows(here);
  const sent = await flows(there);
  const workersUsed = workers.length - workersBefore;
  for (const worker of workers) worker.terminate();
  // What was already on its way arrives.
  await sleep(1000);
  const before = { here: await here(), there: await there() };
  await sleep(2000);
  const after = { here: await here(), there: await there() };
  media.close();
  other.close();
  return { states, received, sent, workersUsed, before, after };
}

Object.assign(window, { sdk, describeOffer, loopback });
