/** Real browsers with fake devices: Chromium from files, Firefox from a canvas and a sound server. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, firefox, type Page } from "playwright-core";
import { bitsOf } from "./barcode.ts";
import { keepConnections, plainSound } from "./in-page.ts";
import { root } from "./server.ts";
import { soundServer } from "./sound.ts";

export type Engine = "chromium" | "firefox";
export const people = ["Ana", "Ben", "Cleo", "Dan"] as const;
export type Person = (typeof people)[number];

/** The identity burned into a person's picture, from 1. */
export function identityOf(person: Person): number {
  return people.indexOf(person) + 1;
}

type MediaKind = "y4m" | "slow.y4m" | "large.y4m" | "wav" | "noisy.wav";

export function mediaFile(person: Person, kind: MediaKind): string {
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
  /**
   * Five pictures a second and no echo canceller, which needs more of a processor than the call:
   * for tests with four browsers on two cores.
   */
  readonly frugal?: boolean;
  /** Starts Chromium, in place of the machine's own. */
  readonly chromium?: string;
  /** A camera of 720 lines whose pictures need all the rate that they get. */
  readonly large?: boolean;
  /** A microphone in a room full of noise; Ana's only. */
  readonly noisy?: boolean;
  /** The page may keep itself: only then does a visit depend on those before it. */
  readonly keeps?: boolean;
}

function serviceWorkers(options: ClientOptions): { serviceWorkers: "allow" | "block" } {
  return { serviceWorkers: options.keeps ? "allow" : "block" };
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

function cameraFile(person: Person, options: ClientOptions): string {
  if (options.large) return mediaFile(person, "large.y4m");
  return mediaFile(person, options.frugal ? "slow.y4m" : "y4m");
}

async function launchChromium(person: Person, options: ClientOptions): Promise<BrowserContext> {
  const profile = await mkdtemp(join(tmpdir(), "conclave-chromium-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: options.chromium ?? "/usr/bin/chromium",
    headless: true,
    args: [
      ...chromiumFlags,
      `--use-file-for-fake-video-capture=${cameraFile(person, options)}`,
      `--use-file-for-fake-audio-capture=${mediaFile(person, options.noisy ? "noisy.wav" : "wav")}`,
    ],
    ignoreHTTPSErrors: true,
    viewport: options.viewport ?? defaultViewport,
    colorScheme: options.colorScheme ?? "light",
    ...serviceWorkers(options),
  });
  if (options.frugal) await context.addInitScript(plainSound);
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
    env: {
      ...definedEnvironment(),
      ...(await soundServer(mediaFile(person, options.noisy ? "noisy.wav" : "wav"))),
    },
    firefoxUserPrefs: {
      "media.navigator.permission.disabled": true,
      "media.autoplay.default": 0,
      // It draws in software; more pictures a second than the cameras have are for nobody.
      "layout.frame_rate": 15,
      "media.peerconnection.ice.obfuscate_host_addresses": false,
      // Candidates on loopback only exist with this; a server on the same machine needs them.
      "media.peerconnection.ice.loopback": true,
    },
  });
  const context = await browser.newContext({
    viewport: options.viewport ?? defaultViewport,
    colorScheme: options.colorScheme ?? "light",
    ...serviceWorkers(options),
  });
  context.once("close", () => void browser.close().catch(() => undefined));
  const marks = Array.from({ length: 120 }, (_, frame) =>
    bitsOf({ identity: identityOf(person), frame })
      .map(Number)
      .join(""),
  );
  const fps = options.frugal ? 5 : 10;
  await context.addInitScript(fakeDevices, {
    marks,
    name: person,
    fps,
    plain: options.frugal === true,
  });
  return context;
}

/** Runs in the page: replaces the camera by a canvas with marks. */
function fakeDevices(fake: { marks: string[]; name: string; fps: number; plain: boolean }): void {
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
    setInterval(draw, 1000 / fake.fps);
    const [track] = canvas.captureStream(fake.fps).getVideoTracks();
    if (track === undefined) throw new Error("no track");
    return track;
  };
  // The blank first page is no secure context.
  if (navigator.mediaDevices === undefined) return;
  const original = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  navigator.mediaDevices.getUserMedia = async (constraints = {}) => {
    const tracks: MediaStreamTrack[] = [];
    if (constraints.audio) {
      const stream = await original({ audio: fake.plain ? plain : true });
      tracks.push(...stream.getAudioTracks());
    }
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
