import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { MediaOptions } from "./platform.ts";
import { Preparation, prepare } from "./prepare.ts";
import type { SealedKit } from "./sealed_kit.ts";
import type { SourceKind } from "./types.ts";

class FakeSender {
  track: MediaStreamTrack | null = null;
  readonly #encodings: RTCRtpEncodingParameters[];

  constructor(encodings: RTCRtpEncodingParameters[]) {
    this.#encodings = encodings;
  }
  getParameters() {
    return { encodings: this.#encodings.map((one) => ({ ...one })) };
  }
  async setParameters(): Promise<void> {}
  async replaceTrack(track: MediaStreamTrack | null): Promise<void> {
    this.track = track;
  }
}

/** As much of a connection as an offer takes. */
class FakeConnection {
  static readonly all: FakeConnection[] = [];
  readonly senders: FakeSender[] = [];
  offers = 0;
  closed = false;
  connectionState: RTCPeerConnectionState = "new";
  onconnectionstatechange: (() => void) | null = null;

  constructor() {
    FakeConnection.all.push(this);
  }
  addTransceiver(_: unknown, init: RTCRtpTransceiverInit) {
    const sender = new FakeSender([...(init.sendEncodings ?? [])]);
    if (init.direction === "sendonly") this.senders.push(sender);
    const { direction } = init;
    return { sender, receiver: { track: {} }, mid: null, direction };
  }
  async createOffer() {
    this.offers++;
    return { type: "offer", sdp: `v=0 of offer ${this.offers}` };
  }
  async setLocalDescription(): Promise<void> {}
  close(): void {
    this.closed = true;
  }
  become(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }
}

const ROOM = { room: "r/abc", fragment: "1.secret" };
const network = new EventTarget();
let now = 0;

beforeEach(() => {
  now = 1000;
  FakeConnection.all.length = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now);
  const capabilities = { getCapabilities: () => ({ codecs: [] }) };
  const Transceiver = class {
    setCodecPreferences(): void {}
  };
  vi.stubGlobal("RTCPeerConnection", FakeConnection);
  vi.stubGlobal("RTCRtpSender", capabilities);
  vi.stubGlobal("RTCRtpReceiver", capabilities);
  vi.stubGlobal("RTCRtpTransceiver", Transceiver);
  vi.stubGlobal("addEventListener", network.addEventListener.bind(network));
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function kit(): SealedKit & { closed: number } {
  const made = { seal: undefined, closed: 0, close: () => made.closed++ };
  return made as unknown as SealedKit & { closed: number };
}

function wanted(change: Partial<MediaOptions> = {}): MediaOptions {
  const tracks = new Map<SourceKind, MediaStreamTrack>();
  const facts = { engine: "chromium", videoCodec: "vp8", videoSlots: 2 } as const;
  return { tracks, ...facts, onState: () => undefined, ...change };
}

const connection = () => FakeConnection.all[0] as FakeConnection;

it("has its offer before anybody joins, and is one join's", async () => {
  const preparation = new Preparation(ROOM, kit());
  expect(connection().offers).toBe(1);
  expect(preparation.takeKit(ROOM)).toBeDefined();
  const media = preparation.takeMedia(wanted());
  await media?.offer();
  expect(connection().offers).toBe(1);
  // A second connection of the same meeting is made then.
  expect(preparation.takeKit(ROOM)).toBeUndefined();
  expect(preparation.takeMedia(wanted())).toBeUndefined();
  expect(connection().closed).toBe(false);
});

it("sends what is chosen when one joins, whatever it was before", async () => {
  const preparation = new Preparation(ROOM, kit());
  expect(connection().senders.every(({ track }) => track === null)).toBe(true);
  const camera = { kind: "video", contentHint: "", getSettings: () => ({}) };
  const tracks = new Map([["camera", camera as unknown as MediaStreamTrack]] as const);
  const states: string[] = [];
  preparation.takeMedia(wanted({ tracks, onState: (state) => states.push(state) }));
  await Promise.resolve();
  expect(connection().senders.filter(({ track }) => track === camera)).toHaveLength(1);
  connection().become("connected");
  expect(states).toEqual(["connected"]);
});

it("closes everything when nobody joins, once", () => {
  const own = kit();
  const preparation = new Preparation(ROOM, own);
  preparation.close();
  preparation.close();
  expect(connection().closed).toBe(true);
  expect(own.closed).toBe(1);
  expect(preparation.takeMedia(wanted())).toBeUndefined();
  expect(preparation.takeKit(ROOM)).toBeUndefined();
});

it.each([
  ["another room", { ...ROOM, room: "r/other" }],
  ["a link that was replaced", { ...ROOM, fragment: "1.other" }],
  ["somebody who wants to be recognised", { ...ROOM, recognisable: true }],
])("is of no use for %s", (_, options) => {
  const own = kit();
  const preparation = new Preparation(ROOM, own);
  expect(preparation.takeKit(options)).toBeUndefined();
  expect(own.closed).toBe(1);
  expect(connection().closed).toBe(true);
  expect(preparation.takeMedia(wanted())).toBeUndefined();
});

it("keeps the keys but not the addresses where the network changes", () => {
  const own = kit();
  const preparation = new Preparation(ROOM, own);
  network.dispatchEvent(new Event("online"));
  expect(connection().closed).toBe(true);
  expect(preparation.takeMedia(wanted())).toBeUndefined();
  expect(preparation.takeKit(ROOM)).toBe(own);
  expect(own.closed).toBe(0);
});

it("does not close a call's connection where the network changes", () => {
  const preparation = new Preparation(ROOM, kit());
  preparation.takeMedia(wanted());
  network.dispatchEvent(new Event("online"));
  preparation.close();
  expect(connection().closed).toBe(false);
});

it("is too old after ten minutes", () => {
  const preparation = new Preparation(ROOM, kit());
  now += 10 * 60_000;
  expect(preparation.takeMedia(wanted())).toBeUndefined();
  expect(connection().closed).toBe(true);
});

it("is of no use for another codec", () => {
  const preparation = new Preparation({ ...ROOM, videoCodec: "av1" }, kit());
  expect(preparation.takeMedia(wanted())).toBeUndefined();
  expect(connection().closed).toBe(true);
});

it("makes nothing where it cannot: the join then does, and says why", async () => {
  expect(await prepare({ room: "open/x" })).toBeInstanceOf(Preparation);
  // No secret, so no keys.
  expect(await prepare({ room: "r/abc" })).toBeUndefined();
  vi.stubGlobal("RTCPeerConnection", function broken() {
    throw new Error("too many connections");
  });
  expect(await prepare({ room: "open/x" })).toBeUndefined();
  vi.stubGlobal("RTCPeerConnection", undefined);
  expect(await prepare({ room: "open/x" })).toBeUndefined();
});
