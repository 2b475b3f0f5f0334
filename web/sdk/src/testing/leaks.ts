/** Makes a browser send in the clear, under the watch that has to find it. */
import { epochKeys } from "@conclave/e2ee/testing";
import { LeakWatch } from "../browser/leak_watch.ts";
import { SealedFrames } from "../browser/sealed_frames.ts";
import { drawnCamera, tone } from "./drawn_media.ts";

const SOURCES = ["microphone", "camera"] as const;
type Leaking = (typeof SOURCES)[number];

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * `late`: transforms are set after the local description, which Chromium ignores; `removed`: they are
 * taken off in the middle of the call, after which Firefox goes on in the clear.
 */
export async function leakBy(how: "late" | "removed") {
  const frames = SealedFrames.create();
  if (frames === undefined) throw new Error("no encoded transforms");
  const { port1, port2 } = new MessageChannel();
  frames.useKeys(port2);
  port1.postMessage({ type: "epoch", keys: await epochKeys({ epoch: 1, ownLeaf: 0 }) });
  const here = new RTCPeerConnection();
  const there = new RTCPeerConnection();
  here.onicecandidate = ({ candidate }) => void there.addIceCandidate(candidate ?? undefined);
  there.onicecandidate = ({ candidate }) => void here.addIceCandidate(candidate ?? undefined);
  const marks = ["10".repeat(16)];
  const camera = { marks, width: 320, height: 180, framesPerSecond: 10 };
  const tracks = { microphone: tone(440), camera: drawnCamera(camera) };
  const senders = new Map<Leaking, RTCRtpSender>();
  for (const source of SOURCES) {
    const { sender } = here.addTransceiver(tracks[source], { direction: "sendonly" });
    senders.set(source, sender);
    if (how === "removed") frames.attachSender(sender, source);
  }
  await here.setLocalDescription();
  if (how === "late") for (const [source, sender] of senders) frames.attachSender(sender, source);
  await there.setRemoteDescription(here.localDescription as RTCSessionDescription);
  await there.setLocalDescription();

  const packets = async (source: Leaking) => {
    let sum = 0;
    for (const report of (await (senders.get(source) as RTCRtpSender).getStats()).values()) {
      if (report.type === "outbound-rtp") sum += report.packetsSent ?? 0;
    }
    return sum;
  };
  const foundAfterMs = { microphone: Number.POSITIVE_INFINITY, camera: Number.POSITIVE_INFINITY };
  const clearPackets = { microphone: 0, camera: 0 };
  const before = { microphone: 0, camera: 0 };
  let beganAt = Number.POSITIVE_INFINITY;
  const watch = new LeakWatch({
    frames,
    senders,
    onLeak: (source) => {
      if (source !== "microphone" && source !== "camera") return;
      foundAfterMs[source] = performance.now() - beganAt;
      void packets(source).then(async (count) => {
        clearPackets[source] = count - before[source];
        await senders.get(source)?.replaceTrack(null);
      });
    },
  });
  if (how === "removed") {
    await here.setRemoteDescription(there.localDescription as RTCSessionDescription);
    await sleep(3000);
    if (foundAfterMs.microphone + foundAfterMs.camera < Number.POSITIVE_INFINITY) {
      throw new Error("found before it began");
    }
    for (const source of SOURCES) before[source] = await packets(source);
    for (const sender of senders.values()) sender.transform = null;
    beganAt = performance.now();
  } else {
    await here.setRemoteDescription(there.localDescription as RTCSessionDescription);
    while ((await packets("microphone")) === 0) await sleep(20);
    beganAt = performance.now();
  }
  await sleep(3000);
  const stopped = (await packets("microphone")) + (await packets("camera"));
  await sleep(1000);
  const packetsAfterwards = (await packets("microphone")) + (await packets("camera")) - stopped;
  watch.close();
  here.close();
  there.close();
  frames.close();
  return { foundAfterMs, clearPackets, packetsAfterwards };
}
