import { beforeEach, describe, expect, it, vi } from "vitest";
import { ErrorCode, MediaKind, MessageClass, Role, SourceKind } from "../protocol/index.ts";
import { decodeUpload, encodeProfile } from "../session/profile.ts";
import type { StatsEntry, StatsReport } from "../session/stats.ts";
import { FakePlatform, FakeTrack } from "../testing/fake_platform.ts";
import { Conference } from "./conference.ts";
import {
  type JoinOptions,
  type LobbyWord,
  MESSAGE_BYTES_MAX,
  type RoomEvents,
  type WaitingPerson,
  type WaitingRoom,
} from "./types.ts";

const OWN_TRACKS = [
  { id: 11, source: SourceKind.MICROPHONE, mid: "0", muted: true },
  { id: 12, source: SourceKind.CAMERA, mid: "1", muted: true },
  { id: 13, source: SourceKind.SCREEN_VIDEO, mid: "2", muted: true },
  { id: 14, source: SourceKind.SCREEN_AUDIO, mid: "3", muted: true },
];
const BEN = {
  id: 2,
  profile: encodeProfile({ displayName: "Ben" }),
  tracks: [
    { id: 21, source: SourceKind.MICROPHONE, mid: "0" },
    { id: 22, source: SourceKind.CAMERA, mid: "1" },
  ],
};
const SLOTS = [
  { id: 1, mid: "4", kind: MediaKind.AUDIO },
  { id: 2, mid: "8", kind: MediaKind.VIDEO },
];

const MEDIA_FAILED = {
  $case: "error",
  value: { code: ErrorCode.TRANSPORT_FAILED, retry: true },
} as const;

class Journey {
  readonly world = new FakePlatform();
  readonly room: Conference;
  readonly started: Promise<void>;
  readonly states: RoomEvents["state"][] = [];

  constructor(options: Partial<JoinOptions> = {}) {
    const all = { room: "open/x", displayName: "Ana", ...options };
    this.room = new Conference(this.world, all, "wss://example.test/signal");
    this.room.on("state", (state) => this.states.push(state));
    this.started = this.room.start();
    this.started.catch(() => undefined);
  }

  /** The server's answer to a Join on the present socket. */
  welcome(extra: object = {}): void {
    this.world.socket.say({
      replyTo: this.world.socket.lastRequest(),
      sequence: 1n,
      body: {
        $case: "joined",
        value: {
          participant: 1,
          resumeToken: Uint8Array.of(7),
          answerDeflated: Uint8Array.of(9),
          roster: [BEN],
          slots: SLOTS,
          tracks: OWN_TRACKS,
          ...extra,
        },
      },
    });
  }

  async connected(): Promise<this> {
    await this.world.advance(1);
    this.world.socket.open();
    this.welcome();
    await this.started;
    this.world.connection.onState("connected");
    await this.world.advance(1);
    return this;
  }

  showBen(): void {
    this.world.socket.say({
      sequence: 2n,
      body: { $case: "slots", value: { slots: [{ slot: 2, track: 22 }] } },
    });
  }

  async resumed(): Promise<void> {
    await this.world.advance(1);
    this.world.socket.open();
    this.world.socket.say({ body: { $case: "resumed", value: {} } });
    await this.world.advance(1);
  }
}

describe("joining", () => {
  it("offers all four sources at once, with what is muted", async () => {
    const microphone = new FakeTrack("audio");
    const camera = new FakeTrack("video");
    camera.enabled = false;
    const journey = new Journey({ microphone: microphone.track, camera: camera.track });
    await journey.world.advance(1);
    journey.world.socket.open();
    const [join] = journey.world.socket.all("join");
    expect(join?.tracks.map(({ source, muted }) => [source, muted])).toEqual([
      [SourceKind.MICROPHONE, false],
      [SourceKind.CAMERA, true],
      [SourceKind.SCREEN_VIDEO, true],
      [SourceKind.SCREEN_AUDIO, true],
    ]);
    expect(join?.profile).toEqual(encodeProfile({ displayName: "Ana" }));
  });

  it("is connected when signaling and media stand, and knows who is there", async () => {
    const journey = await new Journey().connected();
    expect(journey.states).toEqual([{ state: "connected" }]);
    expect(journey.room.localId).toBe(1);
    expect(journey.room.participants.get(2)?.profile.displayName).toBe("Ben");
    expect(journey.world.connection.accepted).toEqual([Uint8Array.of(9)]);
  });

  it("is refused with the server's reason", async () => {
    const journey = new Journey();
    await journey.world.advance(1);
    journey.world.socket.open();
    const error = { code: ErrorCode.ROOM_FULL, text: "room full: 300 of 300" };
    journey.world.socket.say({ replyTo: 1, body: { $case: "error", value: error } });
    await expect(journey.started).rejects.toMatchObject({ code: "room-full" });
    expect(journey.states).toEqual([{ state: "ended", reason: "room-full" }]);
    expect(journey.world.connection.closed).toBe(true);
  });

  it("fails when the server is not there", async () => {
    const journey = new Journey();
    for (let attempt = 0; attempt < 3; attempt++) {
      journey.world.socket.cut();
      await journey.world.advance(2_000);
    }
    await expect(journey.started).rejects.toMatchObject({ code: "server-unreachable" });
    expect(journey.world.sockets).toHaveLength(3);
  });

  it("ends when no media path can be found", async () => {
    const journey = new Journey();
    await journey.world.advance(1);
    journey.world.socket.open();
    journey.welcome();
    for (let round = 0; round < 10; round++) {
      await journey.world.advance(5_000);
      journey.world.socket.say({ body: { $case: "pong", value: {} } });
      const offer = journey.world.socket.received.findLast(({ body }) => body?.$case === "offer");
      if (offer !== undefined) {
        journey.world.socket.say({
          replyTo: offer.request,
          body: { $case: "answer", value: { slots: SLOTS, tracks: OWN_TRACKS } },
        });
      }
    }
    expect(journey.states.at(-1)).toEqual({ state: "ended", reason: "transport-failed" });
  });

  it("ends when the server gives up first on a path that never stood", async () => {
    const journey = new Journey();
    await journey.world.advance(1);
    journey.world.socket.open();
    journey.welcome();
    await journey.world.advance(1);
    const joins = () => journey.world.socket.received.filter(({ body }) => body?.$case === "join");
    expect(joins()).toHaveLength(1);
    journey.world.socket.say({ body: MEDIA_FAILED });
    await journey.world.advance(1);
    expect(journey.states.at(-1)).toEqual({ state: "ended", reason: "transport-failed" });
    expect(joins()).toHaveLength(1);
    expect(journey.world.connection.closed).toBe(true);
  });
});

describe("what the slots carry", () => {
  it("appears with its owner, and goes with them", async () => {
    const journey = await new Journey().connected();
    const counts: number[] = [];
    journey.room.on("media", ({ remoteMedia }) => counts.push(remoteMedia.length));
    journey.showBen();
    expect(journey.room.remoteMedia).toMatchObject([
      { trackId: 22, participantId: 2, source: "camera", paused: false },
    ]);
    expect(journey.room.remoteMedia[0]?.mediaTrack).toBe(journey.world.connection.slotTrack("8"));
    journey.world.socket.say({ sequence: 3n, body: { $case: "roster", value: { left: [2] } } });
    expect(journey.room.remoteMedia).toEqual([]);
    expect(counts).toEqual([1, 0]);
  });

  it("waits for the page of the roster that has its owner", async () => {
    const journey = await new Journey().connected();
    const slots = [{ slot: 2, track: 32 }];
    journey.world.socket.say({ sequence: 2n, body: { $case: "slots", value: { slots } } });
    expect(journey.room.remoteMedia).toEqual([]);
    const cleo = { id: 3, tracks: [{ id: 32, source: SourceKind.CAMERA, mid: "1" }] };
    journey.world.socket.say({
      sequence: 3n,
      body: { $case: "roster", value: { changed: [cleo] } },
    });
    expect(journey.room.remoteMedia).toMatchObject([{ participantId: 3 }]);
  });

  it("grows by an offer when the layout shows more than there are slots", async () => {
    const journey = await new Journey().connected();
    const wishes = Array.from({ length: 9 }, (_, index) => ({ trackId: index, heightPx: 180 }));
    journey.room.setLayout(wishes);
    await journey.world.advance(1);
    expect(journey.world.connection.offers.at(-1)).toMatchObject({ videoSlots: 16 });
    expect(journey.world.socket.all("offer")).toHaveLength(1);
    const more = [...SLOTS, { id: 3, mid: "16", kind: MediaKind.VIDEO }];
    const offer = journey.world.socket.received.findLast(({ body }) => body?.$case === "offer");
    journey.world.socket.say({
      replyTo: offer?.request ?? 0,
      sequence: 2n,
      body: { $case: "answer", value: { slots: more, answerDeflated: Uint8Array.of(5) } },
    });
    const slots = [{ slot: 3, track: 22 }];
    journey.world.socket.say({ sequence: 3n, body: { $case: "slots", value: { slots } } });
    await journey.world.advance(1);
    expect(journey.world.connection.accepted.at(-1)).toEqual(Uint8Array.of(5));
    expect(journey.room.remoteMedia).toMatchObject([{ trackId: 22 }]);
  });

  it("is not asked for where the server does not know the track", async () => {
    const journey = await new Journey().connected();
    journey.room.setLayout([
      { trackId: 22, heightPx: 359.6, onStage: true },
      { trackId: 99, heightPx: 180 },
    ]);
    const [layout] = journey.world.socket.all("layout");
    expect(layout?.tracks).toMatchObject([{ track: 22, heightPx: 360, onStage: true }]);
  });
});

describe("what this client sends", () => {
  it("is put on the wire first and then told to the others", async () => {
    const journey = await new Journey().connected();
    const camera = new FakeTrack("video");
    await journey.room.publish("camera", camera.track);
    expect(journey.world.connection.tracks.get("camera")).toBe(camera.track);
    expect(journey.world.socket.all("trackState").at(-1)).toMatchObject({
      track: 12,
      muted: false,
    });
    expect(journey.room.isMuted("camera")).toBe(false);
    await journey.room.publish("camera", undefined);
    expect(journey.world.socket.all("trackState").at(-1)).toMatchObject({ track: 12, muted: true });
  });

  it("is silent at once when muted, and stays muted through another device", async () => {
    const microphone = new FakeTrack("audio");
    const journey = await new Journey({ microphone: microphone.track }).connected();
    journey.room.setMuted("microphone", true);
    expect(microphone.enabled).toBe(false);
    expect(journey.world.socket.all("trackState").at(-1)).toMatchObject({ track: 11, muted: true });
    const headset = new FakeTrack("audio");
    await journey.room.publish("microphone", headset.track);
    expect(headset.enabled).toBe(false);
    journey.room.setMuted("microphone", false);
    expect(headset.enabled).toBe(true);
  });

  it("stops when the device goes or the share is ended", async () => {
    const journey = await new Journey().connected();
    const screen = new FakeTrack("video");
    await journey.room.publish("screen-video", screen.track);
    const local: RoomEvents["local"][] = [];
    journey.room.on("local", (event) => local.push(event));
    screen.end();
    await journey.world.advance(1);
    expect(local).toEqual([{ source: "screen-video", muted: true, live: false }]);
    expect(journey.world.connection.tracks.has("screen-video")).toBe(false);
  });

  it("is told after the join where it changed during the join", async () => {
    const journey = new Journey();
    await journey.world.advance(1);
    journey.world.socket.open();
    await journey.room.publish("microphone", new FakeTrack("audio").track);
    journey.welcome();
    expect(journey.world.socket.all("trackState")).toMatchObject([{ track: 11, muted: false }]);
  });
});

describe("the codec of its pictures", () => {
  let sequence = 1n;
  beforeEach(() => {
    sequence = 1n;
  });
  const tell = (journey: Journey, ...video: string[]) =>
    journey.world.socket.say({
      sequence: ++sequence,
      body: { $case: "commonCodecs", value: { video } },
    });
  const codecs = (journey: Journey) =>
    (["camera", "screen-video"] as const).map(
      (source) => journey.world.connection.plans.get(source)?.codec,
    );

  it("is VP8 until it is known what everybody decodes, and follows that without an offer", async () => {
    const journey = await new Journey().connected();
    expect(codecs(journey)).toEqual(["vp8", "vp8"]);
    const offers = journey.world.connection.offers.length;
    tell(journey, "vp8", "vp9", "av1");
    expect(codecs(journey)).toEqual(["av1", "av1"]);
    tell(journey, "vp8", "vp9");
    expect(codecs(journey)).toEqual(["vp9", "vp9"]);
    tell(journey, "vp8");
    expect(codecs(journey)).toEqual(["vp8", "vp8"]);
    await journey.world.advance(1000);
    expect(journey.world.connection.offers).toHaveLength(offers);
  });

  it("takes less where the processor is late, and asks the person in the end", async () => {
    const journey = await new Journey().connected();
    tell(journey, "vp8", "vp9", "av1");
    let asked = 0;
    journey.room.on("overloaded", () => asked++);
    const { connection } = journey.world;
    const camera: unknown[] = [];
    for (let second = 0; second < 40; second++) {
      const sent = { id: "out", type: "outbound-rtp", kind: "video", mid: "1", active: true };
      const limit = { qualityLimitationReason: "cpu", timestamp: second * 1000, ssrc: 7 };
      connection.report = new Map([["out", { ...sent, ...limit }]]);
      await journey.world.advance(1000);
      const plan = connection.plans.get("camera");
      if (camera.at(-1) !== plan) camera.push(plan);
    }
    expect(camera.slice(0, 3)).toEqual([
      { codec: "av1", withoutTop: false },
      { codec: "av1", withoutTop: true },
      { codec: "vp8", withoutTop: true },
    ]);
    expect(asked).toBe(1);
  });
});

describe("what others watch of it", () => {
  const say = (journey: Journey, ...tracks: object[]) =>
    journey.world.socket.say({
      sequence: 2n,
      body: { $case: "wantedLayers", value: { tracks } },
    });

  it("is encoded, and nothing else; without an offer", async () => {
    const journey = await new Journey().connected();
    const offers = journey.world.connection.offers.length;
    say(journey, { track: 12, encodings: 0b011, heightPx: 300 }, { track: 13 }, { track: 99 });
    expect([...journey.world.connection.wanted]).toEqual([
      ["camera", { encodings: 0b011, heightPx: 300 }],
      ["screen-video", { encodings: 0, heightPx: 0 }],
    ]);
    await journey.world.advance(1000);
    expect(journey.world.connection.offers).toHaveLength(offers);
  });

  it("is everything again when the server starts its account anew", async () => {
    const journey = await new Journey().connected();
    say(journey, { track: 12, encodings: 0 });
    journey.world.socket.say({ sequence: 3n, body: { $case: "roster", value: { reset: true } } });
    expect(journey.world.connection.wanted.get("camera")).toBeUndefined();
  });
});

describe("the quality of the connection", () => {
  /** What a browser that loses every fifth packet on the way out says. */
  function lossy(timestamp: number): StatsReport {
    const sent = { id: "out", type: "outbound-rtp", mid: "0", timestamp, remoteId: "remote" };
    const remote = { id: "remote", type: "remote-inbound-rtp", timestamp, fractionLost: 0.2 };
    return new Map<string, StatsEntry>([
      ["out", { ...sent, active: true, bytesSent: timestamp }],
      ["remote", remote],
    ]);
  }

  it("is told here and to the others, who need it to know whose trouble it is", async () => {
    const journey = await new Journey().connected();
    const told: RoomEvents["quality"][] = [];
    journey.room.on("quality", (quality) => told.push(quality));
    for (let second = 1; second <= 8; second++) {
      journey.world.connection.report = lossy(second * 1000);
      await journey.world.advance(1000);
    }
    expect(told).toMatchObject([{ upload: "poor", download: "good" }]);
    expect(journey.room.quality.upload).toBe("poor");
    expect(journey.room.participants.get(1)?.upload).toBe("poor");
    const [profile] = journey.world.socket.all("relay");
    expect(profile?.class).toBe(MessageClass.PROFILE);
    expect(decodeUpload(profile?.payload ?? new Uint8Array())).toBe("poor");
  });

  it("is known of those who say it of themselves", async () => {
    const journey = await new Journey().connected();
    const payload = encodeProfile({ displayName: "Ben" }, "fair");
    const value = { class: MessageClass.PROFILE, sender: 2, payload };
    journey.world.socket.say({ sequence: 2n, body: { $case: "relay", value } });
    expect(journey.room.participants.get(2)).toMatchObject({
      profile: { displayName: "Ben" },
      upload: "fair",
    });
    for (let second = 1; second <= 3; second++) await journey.world.advance(1000);
    expect([...journey.room.quality.participants]).toEqual([[2, "fair"]]);
  });
});

describe("talking", () => {
  it("carries chat in both directions", async () => {
    const journey = await new Journey().connected();
    const heard: unknown[] = [];
    journey.room.on("message", ({ from, kind, body, isPrivate }) =>
      heard.push([from, kind, ...body, isPrivate]),
    );
    journey.room.send("chat", Uint8Array.of(7));
    journey.room.send("chat", Uint8Array.of(8), 2);
    const chat = MessageClass.CHAT;
    expect(journey.world.socket.all("relay")).toMatchObject([
      { class: chat, to: [], payload: Uint8Array.of(7) },
      { class: chat, to: [2], payload: Uint8Array.of(8) },
    ]);
    // To all, to one, and to some: that would be taken for one of the others.
    for (const [index, to] of [[], [1], [1, 3]].entries()) {
      const value = { class: chat, sender: 2, to, payload: Uint8Array.of(index) };
      journey.world.socket.say({ sequence: BigInt(index + 2), body: { $case: "relay", value } });
    }
    expect(heard).toEqual([
      [2, "chat", 0, false],
      [2, "chat", 1, true],
    ]);
  });

  it("says nothing that is too long, or to somebody who is not there", async () => {
    const { room, world } = await new Journey().connected();
    const sending = (bytes: number, to?: number) => () =>
      room.send("chat", new Uint8Array(bytes), to);
    expect(sending(MESSAGE_BYTES_MAX + 1)).toThrow(expect.objectContaining({ code: "too-large" }));
    for (const to of [room.localId, 77]) {
      expect(sending(1, to)).toThrow(expect.objectContaining({ code: "person-gone" }));
    }
    expect(world.socket.all("relay")).toEqual([]);
  });

  it("knows the new name of somebody", async () => {
    const journey = await new Journey().connected();
    const payload = encodeProfile({ displayName: "Benjamin" });
    const relay = { class: MessageClass.PROFILE, sender: 2, payload };
    journey.world.socket.say({ sequence: 2n, body: { $case: "relay", value: relay } });
    expect(journey.room.participants.get(2)?.profile.displayName).toBe("Benjamin");
  });

  it("names the dominant speaker, and the loudness of each voice", async () => {
    const journey = await new Journey().connected();
    const levels: ReadonlyMap<number, number>[] = [];
    journey.room.on("levels", (event) => levels.push(event));
    const speaker = { $case: "dominantSpeaker", value: { track: 21 } } as const;
    journey.world.socket.say({ sequence: 2n, body: speaker });
    const loud = { tracks: [21, 11, 99], levels: Uint8Array.of(0, 127, 5) };
    journey.world.socket.say({ body: { $case: "levels", value: loud } });
    expect(journey.room.dominantSpeaker).toBe(2);
    expect(levels).toEqual([
      new Map([
        [2, 1],
        [1, 0],
      ]),
    ]);
  });
});

describe("a WebSocket that is lost", () => {
  it("is resumed without touching media, and told all present state again", async () => {
    const microphone = new FakeTrack("audio");
    const journey = await new Journey({ microphone: microphone.track }).connected();
    journey.room.setLayout([{ trackId: 22, heightPx: 180 }]);
    journey.showBen();
    journey.world.socket.cut();
    expect(journey.states.at(-1)).toEqual({ state: "reconnecting" });
    journey.room.setMuted("microphone", true);
    journey.room.setProfile({ displayName: "Ana B" });
    await journey.resumed();
    expect(journey.states.at(-1)).toEqual({ state: "connected" });
    expect(journey.world.media).toHaveLength(1);
    expect(journey.world.connection.offers).toHaveLength(1);
    const { socket } = journey.world;
    expect(socket.all("trackState")).toContainEqual(
      expect.objectContaining({ track: 11, muted: true }),
    );
    // Not sooner than layouts may follow each other.
    await journey.world.advance(100);
    expect(socket.all("layout")).toMatchObject([{ tracks: [{ track: 22 }] }]);
    expect(socket.all("relay")).toMatchObject([
      { class: MessageClass.PROFILE, payload: encodeProfile({ displayName: "Ana B" }) },
    ]);
    expect(journey.room.remoteMedia).toHaveLength(1);
  });

  it("whose session is forgotten means a new connection with the same tracks", async () => {
    const microphone = new FakeTrack("audio");
    const journey = await new Journey({ microphone: microphone.track }).connected();
    await journey.room.startAudio();
    journey.showBen();
    const before = journey.world.connection;
    journey.world.socket.cut();
    await journey.world.advance(1);
    journey.world.socket.open();
    const error = { code: ErrorCode.RESUME_UNKNOWN };
    journey.world.socket.say({ body: { $case: "error", value: error } });
    await journey.world.advance(1);
    expect(before.closed).toBe(true);
    expect(journey.world.connection.tracks.get("microphone")).toBe(microphone.track);
    expect(journey.world.socket.all("join")).toHaveLength(1);
    const rosters: RoomEvents["roster"][] = [];
    journey.room.on("roster", (roster) => rosters.push(roster));
    journey.welcome({ participant: 5 });
    journey.world.connection.onState("connected");
    await journey.world.advance(1);
    expect(journey.states.at(-1)).toEqual({ state: "connected" });
    expect(journey.room.localId).toBe(5);
    expect(rosters[0]).toMatchObject({ joined: [5], left: [1] });
    expect(journey.room.remoteMedia).toEqual([]);
    expect(journey.world.played.at(-1)).toEqual(journey.world.connection.audioTracks());
  });
});

describe("a media path that is lost", () => {
  it("in the server's eyes means joining again, since it stood before", async () => {
    const journey = await new Journey().connected();
    journey.world.socket.say({ body: MEDIA_FAILED });
    await journey.world.advance(1);
    expect(journey.states.at(-1)?.state).toBe("reconnecting");
    const joins = journey.world.socket.received.filter(({ body }) => body?.$case === "join");
    expect(joins).toHaveLength(2);
  });

  it("is restarted over the WebSocket, once signaling is there", async () => {
    const journey = await new Journey().connected();
    journey.world.connection.onState("failed");
    await journey.world.advance(1);
    expect(journey.states.at(-1)).toEqual({ state: "reconnecting" });
    expect(journey.world.connection.offers.at(-1)).toMatchObject({ iceRestart: true });
    const offer = journey.world.socket.received.findLast(({ body }) => body?.$case === "offer");
    journey.world.socket.say({
      replyTo: offer?.request ?? 0,
      sequence: 2n,
      body: { $case: "answer", value: { slots: SLOTS } },
    });
    journey.world.connection.onState("connected");
    await journey.world.advance(1);
    expect(journey.states.at(-1)).toEqual({ state: "connected" });
  });

  it("is offered again after an offer that the server refused", async () => {
    const journey = await new Journey().connected();
    journey.world.connection.onState("failed");
    await journey.world.advance(1);
    const refusal = { code: ErrorCode.OFFER_INVALID, text: "line 3" };
    journey.world.socket.say({
      replyTo: journey.world.socket.lastRequest(),
      body: { $case: "error", value: refusal },
    });
    await journey.world.advance(10_000);
    expect(journey.world.connection.rolledBack).toBe(1);
    expect(journey.world.connection.offers.slice(1)).toHaveLength(2);
  });
});

describe("leaving", () => {
  it("is what closing the page means", async () => {
    const journey = await new Journey().connected();
    journey.world.closePage();
    expect(journey.world.socket.all("leave")).toHaveLength(1);
    expect(journey.states.at(-1)).toEqual({ state: "ended", reason: "left" });
  });

  it("says so, closes everything and ends", async () => {
    const journey = await new Journey().connected();
    await journey.room.leave();
    expect(journey.world.socket.all("leave")).toHaveLength(1);
    expect(journey.world.socket.closedByClient).toBe(true);
    expect(journey.world.connection.closed).toBe(true);
    expect(journey.states.at(-1)).toEqual({ state: "ended", reason: "left" });
  });
});

describe("those who moderate", () => {
  const rules = (value: object) => ({ rules: { reserved: [], startMuted: [], ...value } });

  it("turn off what this client sends: at once, and the others and the person are told", async () => {
    const microphone = new FakeTrack("audio");
    const { world, room } = await new Journey({ microphone: microphone.track }).connected();
    const told: RoomEvents["silenced"][] = [];
    room.on("silenced", (silenced) => told.push(silenced));
    const ben = { ...BEN, role: Role.HOST };
    world.socket.say({ sequence: 2n, body: { $case: "roster", value: { changed: [ben] } } });
    const value = { participant: 1, sources: [SourceKind.MICROPHONE] };
    const what = { $case: "silenced", value } as const;
    world.socket.say({ sequence: 3n, body: { $case: "moderated", value: { by: 2, what } } });
    expect(microphone.enabled).toBe(false);
    expect(world.socket.all("trackState").at(-1)).toMatchObject({ track: 11, muted: true });
    expect(told).toEqual([{ sources: ["microphone"], by: 2 }]);
    room.setMuted("microphone", false);
    expect(world.socket.all("trackState").at(-1)).toMatchObject({ track: 11, muted: false });
  });

  it("have people start with things off, but not one another", async () => {
    for (const [role, enabled] of [
      [Role.PARTICIPANT, false],
      [Role.CO_HOST, true],
    ] as const) {
      const microphone = new FakeTrack("audio");
      const journey = new Journey({ microphone: microphone.track });
      await journey.world.advance(1);
      journey.world.socket.open();
      const roster = [BEN, { id: 1, role }];
      journey.welcome({ roster, ...rules({ startMuted: [SourceKind.MICROPHONE] }) });
      await journey.started;
      expect(microphone.enabled).toBe(enabled);
      expect(journey.room.rules.startMuted).toEqual(["microphone"]);
    }
  });

  it("ask, and nothing is turned on by that", async () => {
    const { world, room } = await new Journey().connected();
    const asked: RoomEvents["asked"][] = [];
    room.on("asked", (one) => asked.push(one));
    const value = { participant: 1, sources: [SourceKind.CAMERA] };
    const what = { $case: "asked", value } as const;
    world.socket.say({ sequence: 2n, body: { $case: "moderated", value: { by: 2, what } } });
    expect(asked).toEqual([{ sources: ["camera"], by: 2 }]);
    expect(room.isMuted("camera")).toBe(true);
  });

  it("put people out, for good or not, or end it for all: no new attempt is made", async () => {
    for (const [what, reason] of [
      [{ $case: "removed", value: { participant: 1, ban: false } }, "removed"],
      [{ $case: "removed", value: { participant: 1, ban: true } }, "banned"],
      [{ $case: "ended", value: {} }, "ended"],
    ] as const) {
      const { world, room, states } = await new Journey().connected();
      world.socket.say({ sequence: 2n, body: { $case: "moderated", value: { by: 2, what } } });
      expect(states.at(-1)).toEqual({ state: "ended", reason });
      await world.advance(60_000);
      expect(room.state).toBe("ended");
    }
  });

  it("are refused by the server where they may not", async () => {
    const { world, room } = await new Journey().connected();
    const errors: string[] = [];
    room.on("error", ({ code }) => errors.push(code));
    room.moderate({ type: "remove", person: 2, ban: true });
    await import("../session/moderation_wire.ts");
    await world.advance(1);
    expect(world.socket.all("moderate").at(-1)?.act).toMatchObject({
      $case: "remove",
      value: { participant: 2, ban: true },
    });
    const value = { code: ErrorCode.NOT_ALLOWED };
    world.socket.say({ sequence: 2n, body: { $case: "error", value } });
    expect(errors).toEqual(["not-allowed"]);
  });

  it("know this client again by its pass", async () => {
    const { world } = await new Journey().connected();
    expect(world.passOf("open/x")).toEqual(new Uint8Array());
    const again = new Journey();
    again.world.keepPass("open/x", Uint8Array.of(5));
    await again.world.advance(1);
    again.world.socket.open();
    expect(again.world.socket.all("join")[0]?.pass).toEqual(Uint8Array.of(5));
    again.welcome({ pass: Uint8Array.of(6) });
    expect(again.world.passOf("open/x")).toEqual(Uint8Array.of(6));
  });

  it("do not know a stranger again", async () => {
    const stranger = new Journey({ asStranger: true });
    stranger.world.keepPass("open/x", Uint8Array.of(5));
    await stranger.world.advance(1);
    stranger.world.socket.open();
    expect(stranger.world.socket.all("join")[0]?.pass).toEqual(new Uint8Array());
    stranger.welcome({ pass: Uint8Array.of(6) });
    expect(stranger.world.passOf("open/x")).toEqual(Uint8Array.of(5));
  });
});

describe("the lobby", () => {
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const bytes = (words: string) => new TextEncoder().encode(words);

  async function waiting() {
    const heard: string[] = [];
    let door: WaitingRoom | undefined;
    const onWaiting = (lobby: WaitingRoom) => {
      door = lobby;
      lobby.onWord((word) => heard.push(word));
    };
    const journey = new Journey({ onWaiting, passcode: "tea" });
    await journey.world.advance(1);
    journey.world.socket.open();
    journey.world.socket.say({ replyTo: 1, body: { $case: "waiting", value: { number: 4 } } });
    return { journey, heard, door: () => door };
  }

  it("keeps whoever joins until somebody has decided, and lets them talk meanwhile", async () => {
    const { journey, heard, door } = await waiting();
    const { socket } = journey.world;
    const [join] = socket.all("join");
    expect(text(join?.knock ?? new Uint8Array())).toBe("Ana");
    expect(join?.passcode).toBe("tea");
    door()?.say("it is me");
    await journey.world.advance(1);
    expect(text(socket.all("lobbyMessage")[0]?.payload ?? new Uint8Array())).toBe("it is me");
    const value = { waiting: 4, payload: bytes("one moment"), sender: 9 };
    socket.say({ body: { $case: "lobbyMessage", value } });
    await journey.world.advance(1);
    expect(heard).toEqual(["one moment"]);
    journey.welcome();
    await journey.started;
    expect(journey.room.participants.get(2)?.profile.displayName).toBe("Ben");
  });

  it("says who is denied that they are, and who is late that it is over", async () => {
    const denied = await waiting();
    const value = { code: ErrorCode.DENIED };
    denied.journey.world.socket.say({ replyTo: 1, body: { $case: "error", value } });
    await expect(denied.journey.started).rejects.toMatchObject({ code: "denied" });
    const late = await waiting();
    const what = { $case: "ended", value: {} } as const;
    late.journey.world.socket.say({ body: { $case: "moderated", value: { what } } });
    await expect(late.journey.started).rejects.toMatchObject({ code: "ended" });
  });

  it("shows those who decide who waits and what they say", async () => {
    const { world, room } = await new Journey().connected();
    const seen: (readonly WaitingPerson[])[] = [];
    const words: LobbyWord[] = [];
    room.on("lobby", (people) => seen.push(people));
    room.on("lobbyWord", (word) => words.push(word));
    const came = [{ number: 5, knock: bytes("Eve\u202e") }];
    world.socket.say({ sequence: 2n, body: { $case: "lobby", value: { came } } });
    await world.advance(1);
    expect(seen.at(-1)).toEqual([{ number: 5, name: "Eve" }]);
    const said = { waiting: 5, payload: bytes("hello") };
    world.socket.say({ sequence: 3n, body: { $case: "lobbyMessage", value: said } });
    room.sayToWaiting(5, "one moment");
    await world.advance(1);
    expect(words).toContainEqual({ number: 5, text: "hello", fromHost: false });
    expect(words).toContainEqual({ number: 5, text: "one moment", fromHost: true });
    room.moderate({ type: "admit", waiting: [5] });
    await vi.waitFor(() => expect(world.socket.all("moderate")).toHaveLength(1));
    world.socket.say({ sequence: 4n, body: { $case: "lobby", value: { left: [5] } } });
    await world.advance(1);
    expect(room.lobby).toEqual([]);
  });
});
