/** Real browsers with fake devices: Chromium from files, Firefox from a canvas and decoded speech. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, firefox, type Page } from "playwright-core";
import { bitsOf } from "./barcode.ts";
import { keepConnections } from "./in-page.ts";
import { root } from "./server.ts";
import { soundServer } from "./sound.ts";

export type Engine = "chromium" | "firefox";
export const people = ["Ana", "Ben", "Cleo", "Dan"] as const;
export type Person = (typeof people)[number];

/** The identity burned into a person's picture, from 1. */
export function identityOf(person: Person): number {
  return people.indexOf(person) + 1;
}

export function mediaFile(person: Person, kind: "y4m" | "wav"): string {
  return join(root, "tests/e2e/media", `${person}.${kind}`);
}

export interface Client {
  readonly page: Page;
  readonly person: Person;
  readonly engine: Engine;
  /** Console messages at error level and uncaught errors. */
  readonly errors: string[];
  /** Every URL that the page asked for. */
  readonly requests: string[];
  readonly close: () => Promise<void>;
}

/** Small: every browser draws in software, and four of them share a machine. */
const defaultViewport = { width: 900, height: 600 };

export interface ClientOptions {
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: "light" | "dark";
}

const chromiumFlags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--autoplay-policy=user-gesture-required",
  "--use-fake-ui-for-media-stream",
  "--use-fake-device-for-media-stream",
  "--auto-accept-this-tab-capture",
  // So that the tests also run on a machine whose only interface is loopback.
  "--allow-loopback-in-peer-connection",
];

async function launchChromium(person: Person, options: ClientOptions): Promise<BrowserContext> {
  const profile = await mkdtemp(join(tmpdir(), "conclave-chromium-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: "/usr/bin/chromium",
    headless: true,
    args: [
      ...chromiumFlags,
      `--use-file-for-fake-video-capture=${mediaFile(person, "y4m")}`,
      `--use-file-for-fake-audio-capture=${mediaFile(person, "wav")}`,
    ],
    ignoreHTTPSErrors: true,
    viewport: options.viewport ?? defaultViewport,
    colorScheme: options.colorScheme ?? "light",
  });
  context.once("close", () => void forget(profile));
  return context;
}

/** The browser's last child may still be writing. */
async function forget(profile: string): Promise<void> {
  const options = { recursive: true, force: true, maxRetries: 5, retryDelay: 200 };
  await rm(profile, options).catch(() => undefined);
}

function definedEnvironment(): Record<string, string> {
  const entries = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return Object.fromEntries(entries);
}

async function launchFirefox(person: Person, options: ClientOptions): Promise<BrowserContext> {
  const browser = await firefox.launch({
    channel: "moz-firefox",
    executablePath: "/usr/bin/firefox-esr",
    headless: true,
    env: { ...definedEnvironment(), PULSE_SERVER: await soundServer() },
    firefoxUserPrefs: {
      "media.navigator.streams.fake": true,
      "media.navigator.permission.disabled": true,
      "media.autoplay.default": 0,
      "media.peerconnection.ice.obfuscate_host_addresses": false,
      // Candidates on loopback only exist with this; a server on the same machine needs them.
      "media.peerconnection.ice.loopback": true,
    },
  });
  const context = await browser.newContext({
    viewport: options.viewport ?? defaultViewport,
    colorScheme: options.colorScheme ?? "light",
  });
  context.once("close", () => void browser.close().catch(() => undefined));
  const speech = (await readFile(mediaFile(person, "wav"))).toString("base64");
  const marks = Array.from({ length: 120 }, (_, frame) =>
    bitsOf({ identity: identityOf(person), frame })
      .map(Number)
      .join(""),
  );
  await context.addInitScript(fakeDevices, { marks, speech, name: person });
  return context;
}

/** Runs in the page: replaces getUserMedia by a canvas with marks and by the decoded speech. */
function fakeDevices(fake: { marks: string[]; speech: string; name: string }): void {
  const camera = (): MediaStreamTrack => {
    const canvas = document.createElement("canvas");
    canvas.width = 320;
    canvas.height = 180;
    const context = canvas.getContext("2d");
    if (context === null) throw new Error("no canvas");
    let frame = 0;
    const draw = (): void => {
      const mark = fake.marks[frame % fake.marks.length] ?? "";
      context.fillStyle = `hsl(${(frame * 2) % 360} 30% 45%)`;
      context.fillRect(0, 0, 320, 180);
      for (let i = 0; i < 32; i++) {
        context.fillStyle = mark[i] === "1" ? "#ebebeb" : "#101010";
        context.fillRect((i % 16) * 20, i < 16 ? 0 : 20, 20, 20);
      }
      context.fillStyle = "#fff";
      context.font = "28px sans-serif";
      context.fillText(`${fake.name} ${frame}`, 20, 150);
      frame++;
    };
    draw();
    setInterval(draw, 100);
    const [track] = canvas.captureStream(10).getVideoTracks();
    if (track === undefined) throw new Error("no track");
    return track;
  };
  const microphone = async (): Promise<MediaStreamTrack> => {
    const audio = new AudioContext({ sampleRate: 48000 });
    const bytes = Uint8Array.from(atob(fake.speech), (c) => c.charCodeAt(0));
    const source = audio.createBufferSource();
    source.buffer = await audio.decodeAudioData(bytes.buffer);
    source.loop = true;
    const destination = audio.createMediaStreamDestination();
    source.connect(destination);
    source.start();
    const [track] = destination.stream.getAudioTracks();
    if (track === undefined) throw new Error("no track");
    return track;
  };
  // The blank first page is no secure context.
  if (navigator.mediaDevices === undefined) return;
  navigator.mediaDevices.getUserMedia = async (constraints = {}) => {
    const tracks: MediaStreamTrack[] = [];
    if (constraints.audio) tracks.push(await microphone());
    if (constraints.video) tracks.push(camera());
    return new MediaStream(tracks);
  };
}

export async function openClient(
  engine: Engine,
  person: Person,
  options: ClientOptions = {},
): Promise<Client> {
  const context = await (engine === "chromium" ? launchChromium : launchFirefox)(person, options);
  await context.addInitScript(keepConnections);
  const page = context.pages()[0] ?? (await context.newPage());
  const errors: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("request", (request) => requests.push(request.url()));
  return { page, person, engine, errors, requests, close: () => context.close() };
}
