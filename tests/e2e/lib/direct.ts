/** What a page knows of the way that its media takes, and how steadily it plays. */
import { execFileSync } from "node:child_process";
import type { Page } from "playwright-core";

interface Window2 extends Window {
  peerConnections: RTCPeerConnection[];
  shownAt: number[];
  longestSilenceMs: number;
}
declare const window: Window2;

export interface Way {
  /** Of the pair that is used, without the server's. */
  readonly localPort: number;
  readonly remotePort: number;
  /** Packets of media by the server's connection, in both directions. */
  readonly serverPackets: number;
  /** And by the direct one. */
  readonly directPackets: number;
}

/** Undefined direct ports: there is no direct connection. */
export function wayOf(page: Page, serverUdpPort: number): Promise<Way> {
  return page.evaluate(async (serverPort) => {
    const way = { localPort: 0, remotePort: 0, serverPackets: 0, directPackets: 0 };
    for (const connection of window.peerConnections) {
      if (connection.connectionState !== "connected") continue;
      const report = await connection.getStats();
      let packets = 0;
      let isServer = false;
      let ports = [0, 0];
      for (const entry of report.values()) {
        if (entry.type === "inbound-rtp") packets += entry.packetsReceived ?? 0;
        if (entry.type === "outbound-rtp") packets += entry.packetsSent ?? 0;
        const isPair = entry.type === "candidate-pair" && entry.nominated;
        if (!isPair || entry.state !== "succeeded") continue;
        const local = report.get(entry.localCandidateId);
        const remote = report.get(entry.remoteCandidateId);
        if (remote?.port === serverPort) isServer = true;
        else if (ports[0] === 0) ports = [local?.port ?? 0, remote?.port ?? 0];
      }
      if (isServer) way.serverPackets += packets;
      else {
        way.directPackets += packets;
        way.localPort = ports[0] ?? 0;
        way.remotePort = ports[1] ?? 0;
      }
    }
    return way;
  }, serverUdpPort);
}

/** In place of the microphone: a tone that never pauses, so that every gap is heard. */
export function toneMicrophone(): void {
  if (navigator.mediaDevices === undefined) return;
  const original = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (constraints = {}) => {
    const tracks: MediaStreamTrack[] = [];
    if (constraints.video) {
      tracks.push(...(await original({ video: constraints.video })).getVideoTracks());
    }
    if (constraints.audio) {
      const context = new AudioContext({ sampleRate: 48_000 });
      await context.resume();
      const tone = context.createOscillator();
      tone.frequency.value = 440;
      const destination = context.createMediaStreamDestination();
      tone.connect(destination);
      tone.start();
      tracks.push(...destination.stream.getAudioTracks());
    }
    return new MediaStream(tracks);
  };
}

/** Runs in the page: from now on notes when the participant's tile presents a picture, and silences. */
export async function watchSteadiness(participant: string): Promise<void> {
  window.shownAt = [];
  const watched = new WeakSet<HTMLVideoElement>();
  const look = (): void => {
    const tile = `[data-testid=tile][data-participant="${participant}"] video`;
    for (const video of document.querySelectorAll<HTMLVideoElement>(tile)) {
      if (watched.has(video)) continue;
      watched.add(video);
      const note = (): void => {
        if (video.closest(`[data-participant="${participant}"]`) !== null) {
          window.shownAt.push(performance.now());
        }
        video.requestVideoFrameCallback(note);
      };
      video.requestVideoFrameCallback(note);
    }
  };
  look();
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });

  // All that this page plays, whichever element it comes from.
  const context = new AudioContext();
  await context.resume();
  const tap = context.createScriptProcessor(1024, 1, 1);
  const heard = new Set<MediaStreamTrack>();
  const listen = (): void => {
    for (const { srcObject } of document.querySelectorAll("audio")) {
      if (!(srcObject instanceof MediaStream)) continue;
      const [track] = srcObject.getAudioTracks();
      if (track === undefined || heard.has(track)) continue;
      heard.add(track);
      context.createMediaStreamSource(srcObject).connect(tap);
    }
  };
  listen();
  new MutationObserver(listen).observe(document.body, { childList: true, subtree: true });
  window.longestSilenceMs = 0;
  let silent = 0;
  // In blocks of 2 ms: a tone has no such block without a loud sample.
  const block = Math.round(context.sampleRate / 500);
  tap.onaudioprocess = ({ inputBuffer }) => {
    const samples = inputBuffer.getChannelData(0);
    for (let start = 0; start + block <= samples.length; start += block) {
      let loudest = 0;
      for (let i = start; i < start + block; i++) {
        loudest = Math.max(loudest, Math.abs(samples[i] ?? 0));
      }
      silent = loudest > 0.02 ? 0 : silent + block;
      const silentMs = (silent / context.sampleRate) * 1000;
      window.longestSilenceMs = Math.max(window.longestSilenceMs, silentMs);
    }
  };
  tap.connect(context.destination);
}

export interface Steadiness {
  readonly longestSilenceMs: number;
  /** Longest time without a new picture. */
  readonly longestStillMs: number;
  readonly pictures: number;
}

/** Since the last call. */
export function takeSteadiness(page: Page): Promise<Steadiness> {
  return page.evaluate(() => {
    const shown = window.shownAt.splice(0);
    const last = shown.at(-1);
    if (last !== undefined) window.shownAt.push(last);
    const moments = [...shown, performance.now()];
    let longestStillMs = 0;
    for (let i = 1; i < moments.length; i++) {
      longestStillMs = Math.max(longestStillMs, (moments[i] ?? 0) - (moments[i - 1] ?? 0));
    }
    const { longestSilenceMs } = window;
    window.longestSilenceMs = 0;
    return { longestSilenceMs, longestStillMs, pictures: shown.length };
  });
}

/** Drops all UDP between these ports of this machine; returns how to stop. Needs root. */
export function blockPorts(ports: readonly number[]): () => void {
  const table = `conclave_e2e_${process.pid}`;
  const set = ports.join(", ");
  const rules = `table inet ${table} { chain output { type filter hook output priority 0;
    udp sport { ${set} } udp dport { ${set} } drop; } }`;
  execFileSync("nft", ["-f", "-"], { input: rules });
  return () => execFileSync("nft", ["delete", "table", "inet", table]);
}

/** Every UDP port that the page's direct connections have a candidate on. */
export function portsOf(page: Page, serverUdpPort: number): Promise<number[]> {
  return page.evaluate(async (serverPort) => {
    const ports = new Set<number>();
    for (const connection of window.peerConnections) {
      if (connection.connectionState === "closed") continue;
      const entries = [...(await connection.getStats()).values()];
      const isServer = entries.some(
        ({ type, port }) => type === "remote-candidate" && port === serverPort,
      );
      if (isServer) continue;
      for (const { type, port } of entries) {
        if (type === "local-candidate" && typeof port === "number" && port > 0) ports.add(port);
      }
    }
    return [...ports];
  }, serverUdpPort);
}
