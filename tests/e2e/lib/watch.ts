/** How good what arrives from one participant is, over time. */

import type { Page } from "playwright-core";
import type { Person } from "./browsers.ts";
import type { Meeting } from "./meeting.ts";

/** Sums over the page's connections; times in seconds. */
export interface Totals {
  readonly atMs: number;
  /** Of the last decoded picture; 0: none. */
  readonly heightPx: number;
  readonly decoded: number;
  readonly freezes: number;
  readonly videoBytes: number;
  readonly audioSamples: number;
  readonly concealed: number;
  readonly silentConcealed: number;
  readonly soundPackets: number;
  readonly soundBytes: number;
  /** Frames that came within later packets (RFC 2198), or that Opus made of them. */
  readonly redundant: number;
}

declare const window: Window & { peerConnections: RTCPeerConnection[]; presented: number[] };

/** Runs in the page: notes when each picture of the element is presented. */
function notePictures(selector: string): void {
  window.presented = [];
  let watched: HTMLVideoElement | null = null;
  const look = (): void => {
    const video = document.querySelector<HTMLVideoElement>(selector);
    if (video === watched || video === null) return;
    watched = video;
    const note = (): void => {
      window.presented.push(Date.now());
      if (video === watched) video.requestVideoFrameCallback(note);
    };
    video.requestVideoFrameCallback(note);
  };
  setInterval(look, 100);
  look();
}

async function totalsInPage(): Promise<Totals> {
  const sum = { heightPx: 0, decoded: 0, freezes: 0, videoBytes: 0 };
  const audio = { audioSamples: 0, concealed: 0, silentConcealed: 0 };
  const sound = { soundPackets: 0, soundBytes: 0, redundant: 0 };
  let newest = -1;
  for (const connection of window.peerConnections) {
    for (const report of (await connection.getStats()).values()) {
      if (report.type !== "inbound-rtp") continue;
      if (report.kind === "audio") {
        audio.audioSamples += report.totalSamplesReceived ?? 0;
        audio.concealed += report.concealedSamples ?? 0;
        audio.silentConcealed += report.silentConcealedSamples ?? 0;
        sound.soundPackets += report.packetsReceived ?? 0;
        sound.soundBytes += report.bytesReceived ?? 0;
        sound.redundant += report.fecPacketsReceived ?? 0;
      } else if ((report.framesDecoded ?? 0) > 0) {
        sum.decoded += report.framesDecoded;
        sum.freezes += report.freezeCount ?? 0;
        sum.videoBytes += report.bytesReceived;
        if ((report.lastPacketReceivedTimestamp ?? 0) > newest) {
          newest = report.lastPacketReceivedTimestamp ?? 0;
          sum.heightPx = report.frameHeight ?? 0;
        }
      }
    }
  }
  return { atMs: Date.now(), ...sum, ...audio, ...sound };
}

/** What one viewer gets of one person between two moments. */
export interface Passage {
  readonly seconds: number;
  readonly fps: number;
  readonly kbps: number;
  readonly heightPx: number;
  readonly freezes: number;
  /** Longest time without a new picture. */
  readonly longestGapMs: number;
  /** Part of the sound that was made up, silence left out. */
  readonly concealment: number;
  readonly soundPacketsPerSecond: number;
  readonly soundKbps: number;
  readonly redundantPerSecond: number;
}

export class Watch {
  readonly #page: Page;

  /** Counts sound, and what is decoded; moments of pictures are known from `ofPerson` and `ofVideo` on. */
  constructor(page: Page) {
    this.#page = page;
  }

  /** Of somebody's tile in a meeting. */
  static async ofPerson(meeting: Meeting, person: Person): Promise<Watch> {
    const participant = await meeting.participantIdOf(person);
    const tile = `[data-testid=tile][data-participant="${participant}"]`;
    return Watch.ofVideo(meeting.page, `${tile} video`);
  }

  /** Of the video element that the selector finds. */
  static async ofVideo(page: Page, selector: string): Promise<Watch> {
    await page.evaluate(notePictures, selector);
    return new Watch(page);
  }

  totals(): Promise<Totals> {
    return this.#page.evaluate(totalsInPage);
  }

  async during(seconds: number): Promise<Passage> {
    const from = await this.totals();
    await this.#page.waitForTimeout(seconds * 1000);
    return this.since(from);
  }

  async since(from: Totals): Promise<Passage> {
    const to = await this.totals();
    const presented = await this.#page.evaluate(() => window.presented ?? []);
    const inside = presented.filter((at) => at >= from.atMs && at <= to.atMs);
    const moments = [from.atMs, ...inside, to.atMs];
    const gaps = moments.slice(1).map((at, index) => at - (moments[index] ?? at));
    const seconds = (to.atMs - from.atMs) / 1000;
    const made = to.concealed - from.concealed - (to.silentConcealed - from.silentConcealed);
    return {
      seconds,
      fps: (to.decoded - from.decoded) / seconds,
      kbps: (to.videoBytes - from.videoBytes) / 125 / seconds,
      heightPx: to.heightPx,
      freezes: to.freezes - from.freezes,
      longestGapMs: Math.max(...gaps),
      concealment: made / Math.max(1, to.audioSamples - from.audioSamples),
      soundPacketsPerSecond: (to.soundPackets - from.soundPackets) / seconds,
      soundKbps: (to.soundBytes - from.soundBytes) / 125 / seconds,
      redundantPerSecond: (to.redundant - from.redundant) / seconds,
    };
  }

  /** Seconds until pictures of at least this height are decoded; undefined: not in time. */
  async until(heightPx: number, timeoutSeconds: number): Promise<number | undefined> {
    const startedAt = Date.now();
    while (Date.now() - startedAt < timeoutSeconds * 1000) {
      if ((await this.totals()).heightPx >= heightPx) return (Date.now() - startedAt) / 1000;
      await this.#page.waitForTimeout(100);
    }
    return undefined;
  }
}

export function inWords(passage: Passage): string {
  return [
    `${passage.heightPx} lines`,
    `${passage.fps.toFixed(1)} fps`,
    `${passage.kbps.toFixed(0)} kbps`,
    `${passage.freezes} freezes`,
    `longest gap ${passage.longestGapMs} ms`,
    `${(100 * passage.concealment).toFixed(2)} % of the sound concealed`,
  ].join(", ");
}

export function soundInWords(passage: Passage): string {
  return [
    `${(100 * passage.concealment).toFixed(2)} % of the sound concealed`,
    `${passage.soundPacketsPerSecond.toFixed(0)} packets/s`,
    `${passage.soundKbps.toFixed(0)} kbps`,
    `${passage.redundantPerSecond.toFixed(0)} redundant frames/s`,
  ].join(", ");
}
