/** What a page knows of the way that its media takes, and how steadily it plays. */
import { execFileSync } from "node:child_process";
import type { Page } from "playwright-core";

interface Window2 extends Window {
  peerConnections: RTCPeerConnection[];
  shownAt: Record<"theirs" | "own", number[]>;
  changedAt: number[];
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
        // Firefox marks the pair, Chromium the transport.
        const pair =
          entry.type === "transport" ? report.get(entry.selectedCandidatePairId ?? "") : entry;
        const isUsed = entry.type === "transport" || entry.selected === true;
        if (pair?.type !== "candidate-pair" || !isUsed) continue;
        const remote = report.get(pair.remoteCandidateId);
        if (remote?.port === serverPort) isServer = true;
        else ports = [report.get(pair.localCandidateId)?.port ?? 0, remote?.port ?? 0];
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

/**
 * Runs in the page: from now on notes when the participant's and the own tile present pictures, when the way is said to
 * change, and silences. The own tile's pictures are what this machine manages at the same time.
 */
export async function watchSteadiness(participant: string): Promise<void> {
  const tiles = { theirs: `[data-participant="${participant}"]`, own: "[data-local=true]" };
  window.shownAt = { theirs: [], own: [] };
  window.changedAt = [];
  let way = "";
  const noteWay = (): void => {
    const now = document.querySelector<HTMLElement>("[data-testid=path]")?.dataset["way"] ?? "";
    if (now === way) return;
    way = now;
    window.changedAt.push(performance.now());
  };
  const changes = { attributes: true, attributeFilter: ["data-way"], childList: true };
  new MutationObserver(noteWay).observe(document.body, { ...changes, subtree: true });
  const watched = new WeakSet<HTMLVideoElement>();
  const look = (whose: "theirs" | "own"): void => {
    const tile = `[data-testid=tile]${tiles[whose]}`;
    for (const video of document.querySelectorAll<HTMLVideoElement>(`${tile} video`)) {
      if (watched.has(video)) continue;
      watched.add(video);
      const note = (): void => {
        if (video.closest(tile) !== null) window.shownAt[whose].push(performance.now());
        video.requestVideoFrameCallback(note);
      };
      video.requestVideoFrameCallback(note);
    }
  };
  const lookAtBoth = (): void => {
    look("theirs");
    look("own");
  };
  lookAtBoth();
  new MutationObserver(lookAtBoth).observe(document.body, { childList: true, subtree: true });

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
  /** Longest time without a new picture of the other person. */
  readonly longestStillMs: number;
  /** And of the own camera. */
  readonly ownStillMs: number;
  /** How long after the way was said to have changed (the last time) the other one's began. */
  readonly stillAfterChangeMs: number | undefined;
  readonly pictures: number;
}

/** Since the last call. */
export function takeSteadiness(page: Page): Promise<Steadiness> {
  return page.evaluate(() => {
    const nowMs = performance.now();
    const longestOf = (whose: "theirs" | "own") => {
      const shown = window.shownAt[whose].splice(0);
      window.shownAt[whose].push(...shown.slice(-1));
      let longest = { stillMs: 0, fromMs: 0 };
      for (const [i, fromMs] of shown.entries()) {
        const stillMs = (shown[i + 1] ?? nowMs) - fromMs;
        if (stillMs > longest.stillMs) longest = { stillMs, fromMs };
      }
      return { ...longest, pictures: shown.length };
    };
    const { stillMs, fromMs, pictures } = longestOf("theirs");
    const changedAt = window.changedAt.splice(0).at(-1);
    const { longestSilenceMs } = window;
    window.longestSilenceMs = 0;
    return {
      longestSilenceMs,
      longestStillMs: stillMs,
      ownStillMs: longestOf("own").stillMs,
      stillAfterChangeMs: changedAt && fromMs - changedAt,
      pictures,
    };
  });
}

/** Drops all UDP between these ports of this machine; returns how to stop. Needs root. */
export function blockPorts(ports: readonly number[]): () => void {
  const table = `conclave_e2e_${process.pid}`;
  const set = ports.join(", ");
  const rules = `table inet ${table} { chain output { type filter hook output priority 0;
    udp sport { ${set} } udp dport { ${set} } drop
}
}
`;
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
      for (const { type, port, protocol } of entries) {
        if (type === "local-candidate" && protocol === "udp" && port > 0) ports.add(port);
      }
    }
    return [...ports];
  }, serverUdpPort);
}
