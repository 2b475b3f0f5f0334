import type { RoomPolicy } from "@conclave/e2ee/keys";
import { describe, expect, it } from "vitest";
import { MediaKind, MessageClass, type Relay, SourceKind } from "../protocol/index.ts";
import { decodePresence, encodePresence } from "../session/presence.ts";
import { encodeText } from "../session/text.ts";
import { FakePlatform } from "../testing/fake_platform.ts";
import { Conference } from "./conference.ts";
import type { DirectSide, PathPeer } from "./direct_side.ts";
import type { GroupEvents, GroupSide, LabelStep } from "./group_side.ts";
import { PLAIN } from "./lobby_seal.ts";
import { sealingBy } from "./sealed_room.ts";
import type { ConclaveError, Encryption, Reaction, RoomMessage } from "./types.ts";

const OWN_PID = new Uint8Array(16).fill(1);
const BEN_PID = new Uint8Array(16).fill(2);
const BEN = {
  id: 2,
  // What a server might write there; nobody reads it.
  profile: new TextEncoder().encode('{"n":"Mallory"}'),
  tracks: [
    { id: 21, source: SourceKind.MICROPHONE, mid: "0" },
    { id: 22, source: SourceKind.CAMERA, mid: "1" },
  ],
};

const POLICY: RoomPolicy = {
  locked: false,
  moderators: [],
  retired: [],
};

/** A group whose members the test names. */
class FakeGroup implements GroupSide {
  events: GroupEvents | undefined;
  joins = 0;
  closed = false;
  readonly presences: { participant: number; body: Uint8Array }[] = [];
  readonly said: { messageClass: number; to: readonly number[]; onlyFor?: Uint8Array }[] = [];
  readonly policies: RoomPolicy[] = [];
  readonly removed: Uint8Array[] = [];
  readonly relayed: Relay[] = [];
  readonly compared: { pid: Uint8Array; participant: number; act: string }[] = [];
  trail: readonly LabelStep[] = [];

  listen(events: GroupEvents): void {
    this.events = events;
  }
  onJoined(): void {
    this.joins++;
  }
  onNews(): void {}
  onRelay(relay: Relay): void {
    this.relayed.push(relay);
  }
  onResumed(): void {}
  setPresence(participant: number, body: Uint8Array): void {
    this.presences.push({ participant, body });
  }
  say(messageClass: number, _: Uint8Array, to: readonly number[] = [], onlyFor?: Uint8Array): void {
    this.said.push({ messageClass, to, ...(onlyFor && { onlyFor }) });
  }
  compare(pid: Uint8Array, participant: number, act: string): void {
    this.compared.push({ pid, participant, act });
  }
  trailOf(): readonly LabelStep[] {
    return this.trail;
  }
  setPolicy(policy: RoomPolicy): void {
    this.policies.push(policy);
  }
  remove(pids: readonly Uint8Array[]): void {
    this.removed.push(...pids);
  }
  async roomCode(): Promise<string> {
    return "00000";
  }
  close(): void {
    this.closed = true;
  }

  /** Ana on leaf 0 and Ben on leaf 1. */
  admit(moderator?: number): void {
    this.renew(1, moderator);
    const marks = { upload: "good", sources: ["camera"], handRaisedAt: 7 } as const;
    const body = encodePresence({ profile: { displayName: "Ben" }, ...marks });
    this.events?.onPresences([{ pid: BEN_PID, participant: 2, body }]);
  }

  /** The same two in another epoch. */
  renew(epoch: number, moderator?: number): void {
    const keys = { signatureKey: new Uint8Array(32), longTermKey: undefined };
    const members = [OWN_PID, BEN_PID].map((pid, leaf) => ({
      ...{ leaf, pid, ...keys },
      isModerator: leaf === moderator,
    }));
    this.events?.onRoster({ epoch, ownLeaf: 0, members, policy: POLICY });
  }
}

/** A path that is taken as soon as it may be and there is somebody at its other end. */
class FakePath implements DirectSide {
  isAllowed = true;
  peer: PathPeer | undefined;

  get isDirect(): boolean {
    return this.isAllowed && this.peer !== undefined;
  }
  listen(): void {}
  setPeer(peer: PathPeer | undefined): void {
    this.peer = peer;
  }
  setAllowed(allowed: boolean): void {
    this.isAllowed = allowed;
  }
  onMessage(): void {}
  route<Media>(media: Media): Media {
    return media;
  }
  close(): void {}
}

async function joined(path?: DirectSide, isAddressPrivate = false) {
  const world = new FakePlatform();
  const group = new FakeGroup();
  const options = { room: "r/x", displayName: "Ana" };
  const sealing = sealingBy(group, PLAIN, path, isAddressPrivate);
  const room = new Conference(world, options, "wss://example.test/signal", sealing);
  const started = room.start();
  await world.advance(1);
  world.socket.open();
  const value = {
    ...{ participant: 9, resumeToken: Uint8Array.of(7), answerDeflated: Uint8Array.of(9) },
    ...{ roster: [BEN], slots: [{ id: 2, mid: "8", kind: MediaKind.VIDEO }] },
    tracks: [{ id: 11, source: SourceKind.MICROPHONE, mid: "0", muted: true }],
  };
  world.socket.say({ replyTo: 1, sequence: 1n, body: { $case: "joined", value } });
  await started;
  world.connection.onState("connected");
  await world.advance(1);
  return { world, group, room };
}

/** What moderators do is loaded when they do it. */
const acted = async () => {
  await Promise.all([import("../session/moderation_wire.ts"), import("./sealed_moderation.ts")]);
  for (let i = 0; i < 5; ++i) await Promise.resolve();
};

describe("an encrypted room", () => {
  it("tells the server no name, and says its name, sealed, where its media is", async () => {
    const { world, group } = await joined();
    const [join] = world.socket.all("join");
    expect(join?.profile).toHaveLength(0);
    expect(join?.groupProtocol).toBe(1);
    expect(world.socket.all("relay")).toEqual([]);
    const last = group.presences.at(-1);
    expect(last?.participant).toBe(9);
    expect(decodePresence(last?.body ?? new Uint8Array()).profile.displayName).toBe("Ana");
  });

  it("takes no pictures away because nobody is known yet", async () => {
    const { world, group, room } = await joined();
    room.setLayout([]);
    await world.advance(300);
    group.renew(1);
    room.setLayout([]);
    await world.advance(300);
    expect(world.socket.all("layout")).toEqual([]);
    group.admit();
    room.setLayout([{ trackId: 22, heightPx: 360 }]);
    await world.advance(1);
    expect(
      world.socket.all("layout").map(({ tracks }) => tracks.map(({ track }) => track)),
    ).toEqual([[22]]);
  });

  it("sees nobody for good where nobody lets it in", async () => {
    const { world, room } = await joined();
    room.setLayout([]);
    await world.advance(4_900);
    expect(world.socket.all("layout")).toEqual([]);
    await world.advance(200);
    expect(world.socket.all("layout")).toMatchObject([{ tracks: [] }]);
  });

  it("has the people of the group, with their own words, and nobody before", async () => {
    const { group, room } = await joined();
    expect(room.participants.size).toBe(1);
    expect(room.encryption).toMatchObject({ state: "waiting", people: 0 });
    const told: Encryption[] = [];
    room.on("encryption", (encryption) => told.push(encryption));
    group.admit();
    expect(told).toEqual([
      { state: "sealed", people: 2, epoch: 1, locked: false, moderates: true, direct: false },
    ]);
    const ben = [...room.participants.values()].find(({ isLocal }) => !isLocal);
    expect(ben?.profile.displayName).toBe("Ben");
    expect(ben?.handRaisedAt).toBe(7);
    expect(ben?.tracks.map(({ muted }) => muted)).toEqual([true, false]);
  });

  it("shows a slot's picture once its frames are authenticated as that person's", async () => {
    const { world, group, room } = await joined();
    group.admit();
    const slots = [{ slot: 2, track: 22, rtpTimestamp: 3 }];
    world.socket.say({ sequence: 2n, body: { $case: "slots", value: { slots } } });
    expect(room.remoteMedia).toEqual([]);
    const label = { leaf: 1, source: "camera", epoch: 1 } as const;
    group.trail = [{ rtpTimestamp: 50, label }];
    group.events?.onLabels();
    expect(room.remoteMedia).toMatchObject([{ trackId: 22, firstRtpTimestamp: 50 }]);
    // Of an epoch that the page has not heard of yet, with the same people.
    group.trail = [...group.trail, { rtpTimestamp: 70, label: { ...label, epoch: 2 } }];
    group.events?.onLabels();
    expect(room.remoteMedia).toEqual([]);
    group.renew(2);
    expect(room.remoteMedia).toMatchObject([{ trackId: 22, firstRtpTimestamp: 50 }]);
    group.trail = [...group.trail, { rtpTimestamp: 90, label: { ...label, leaf: 0 } }];
    group.events?.onLabels();
    expect(room.remoteMedia).toEqual([]);
  });

  it("sends and takes chat and reactions through the group only", async () => {
    const { world, group, room } = await joined();
    group.admit();
    const heard: (RoomMessage | Reaction)[] = [];
    room.on("message", (message) => heard.push(message));
    room.on("reaction", (reaction) => heard.push(reaction));
    const [chat, hello] = [MessageClass.CHAT, Uint8Array.of(1)];
    room.send("chat", hello);
    room.react("👍");
    expect(group.said).toEqual([
      { messageClass: chat, to: [] },
      { messageClass: MessageClass.REACTION, to: [] },
    ]);
    expect(world.socket.all("relay")).toEqual([]);
    heard.length = 0;
    const relay = { class: chat, sender: 2, to: [], payload: Uint8Array.of(9) };
    world.socket.say({ sequence: 2n, body: { $case: "relay", value: relay } });
    expect(heard).toEqual([]);
    expect(group.relayed).toHaveLength(1);
    group.events?.onSaid(BEN_PID, chat, hello, "all");
    group.events?.onSaid(new Uint8Array(16), chat, hello, "all");
    const ben = [...room.participants.values()].find(({ isLocal }) => !isLocal)?.id ?? 0;
    expect(heard).toMatchObject([{ from: ben, kind: "chat", body: hello, isPrivate: false }]);
  });

  it("seals to one person what is for one, by what that person said of itself", async () => {
    const { group, room } = await joined();
    group.renew(1);
    const ben = [...room.participants.values()].find(({ isLocal }) => !isLocal)?.id ?? 0;
    const psst = () => room.send("chat", Uint8Array.of(1), ben);
    // Not heard of yet: to the server it is nobody.
    expect(psst).toThrow(expect.objectContaining({ code: "person-gone" }));
    group.admit();
    psst();
    expect(group.said).toEqual([{ messageClass: MessageClass.CHAT, to: [2], onlyFor: BEN_PID }]);
    const heard: RoomMessage[] = [];
    room.on("message", (message) => heard.push(message));
    for (const audience of ["one", "some"] as const) {
      group.events?.onSaid(BEN_PID, MessageClass.CHAT, Uint8Array.of(1), audience);
    }
    expect(heard).toMatchObject([{ from: ben, isPrivate: true }]);
  });

  it("lets a moderator lock it, and remove somebody for good", async () => {
    const { group, room } = await joined();
    group.admit(1);
    expect(room.encryption?.moderates).toBe(false);
    const lock = (locked: boolean) => room.moderate({ type: "set-rules", rules: { locked } });
    const remove = (person: number) => room.moderate({ type: "remove", person, ban: false });
    const ben = [...room.participants.values()].find(({ isLocal }) => !isLocal)?.id ?? 0;
    lock(true);
    remove(ben);
    await acted();
    expect([group.policies, group.removed]).toEqual([[], []]);
    group.admit(0);
    remove(ben);
    await acted();
    expect(group.removed).toEqual([BEN_PID]);
    expect(group.policies).toEqual([]);
    lock(true);
    await acted();
    expect(group.policies).toEqual([{ ...POLICY, locked: true }]);
    lock(false);
    await acted();
    expect(group.policies.at(-1)?.locked).toBe(false);
  });

  it("asks somebody to turn something on sealed to them, and believes only who moderates", async () => {
    const { group, room, world } = await joined();
    group.admit(0);
    const ben = [...room.participants.values()].find(({ isLocal }) => !isLocal)?.id ?? 0;
    room.moderate({ type: "ask", person: ben, sources: ["microphone"] });
    await acted();
    expect(group.said.at(-1)).toEqual({
      messageClass: MessageClass.MODERATION,
      to: [2],
      onlyFor: BEN_PID,
    });
    const asked: unknown[] = [];
    room.on("asked", (one) => asked.push(one));
    const body = encodeText(JSON.stringify({ on: ["camera", "nonsense"] }));
    const say = (audience: "one" | "all") =>
      group.events?.onSaid(BEN_PID, MessageClass.MODERATION, body, audience);
    say("one");
    group.renew(2, 1);
    say("all");
    const camera: SourceKind[] = [SourceKind.CAMERA];
    const what = { $case: "asked", value: { sources: camera } } as const;
    world.socket.say({ sequence: 9n, body: { $case: "moderated", value: { by: 2, what } } });
    expect(asked).toEqual([]);
    say("one");
    expect(asked).toEqual([{ sources: ["camera"], by: ben }]);
  });

  it("ends for who is not admitted, with the reason", async () => {
    const { group, room } = await joined();
    const ends: unknown[] = [];
    room.on("state", (state) => ends.push(state));
    group.events?.onOut("not-admitted");
    expect(ends).toEqual([{ state: "ended", reason: "not-admitted" }]);
    expect(group.closed).toBe(true);
  });

  it("compares with a member, where that one says to be, and tells how it goes", async () => {
    const { group, room } = await joined();
    group.renew(1);
    const [, ben] = [...room.participants.keys()];
    if (ben === undefined) throw new Error("nobody else");
    room.compare(ben, "begin");
    expect(group.compared).toEqual([]);
    const marks = { upload: "good", sources: [], handRaisedAt: undefined } as const;
    const body = encodePresence({ profile: { displayName: "Ben" }, ...marks });
    group.events?.onPresences([{ pid: BEN_PID, participant: 5, body }]);
    room.compare(ben, "begin");
    expect(group.compared).toEqual([{ pid: BEN_PID, participant: 5, act: "begin" }]);
    const told: unknown[] = [];
    room.on("comparison", (comparison) => told.push(comparison));
    group.events?.onComparison(BEN_PID, { type: "waiting" });
    group.events?.onComparison(new Uint8Array(16), { type: "asked" });
    expect(told).toEqual([{ participant: ben, step: { type: "waiting" } }]);
  });

  it("says why it was not joined, where that is known before the join is over", async () => {
    const world = new FakePlatform();
    const group = new FakeGroup();
    const options = { room: "r/x", displayName: "Ana" };
    const room = new Conference(
      world,
      options,
      "wss://example.test/signal",
      sealingBy(group, PLAIN),
    );
    const started = room.start();
    await world.advance(1);
    world.socket.open();
    group.events?.onOut("not-admitted");
    await expect(started).rejects.toMatchObject({ code: "not-admitted" });
  });

  it("has nobody in its list while its keys are being mended, and goes on after", async () => {
    const { group, room } = await joined();
    group.admit();
    group.events?.onOut("stuck");
    expect(room.participants.size).toBe(1);
    expect(room.encryption?.state).toBe("mending");
    group.admit();
    expect(room.encryption?.state).toBe("sealed");
    expect(room.state).toBe("connected");
  });

  it("tells the others once of all that changes at the same time", async () => {
    const { group, room, world } = await joined();
    group.presences.length = 0;
    room.setHandRaised(true);
    room.setProfile({ displayName: "Anna" });
    await world.advance(1);
    expect(group.presences).toHaveLength(1);
    const told = decodePresence(group.presences[0]?.body ?? new Uint8Array());
    expect(told.profile.displayName).toBe("Anna");
    expect(told.handRaisedAt).toBeGreaterThan(0);
    expect(world.socket.all("relay")).toEqual([]);
  });

  it("goes directly between two, but not while breakout rooms are open", async () => {
    const path = new FakePath();
    const { group, world } = await joined(path);
    group.admit();
    expect(path).toMatchObject({ isDirect: true, peer: { pid: String(BEN_PID), participant: 2 } });
    let sequence = 2n;
    const divide = async (open: boolean) => {
      const value = { open, names: [], choose: true, mayReturn: true, remainingMs: 0 };
      world.socket.say({ sequence: sequence++, body: { $case: "breakouts", value } });
      await world.advance(1);
    };
    await divide(true);
    expect(path.isDirect).toBe(false);
    // What else would let it has no say meanwhile.
    const reserve = (microphone: boolean) => {
      const value = { reserved: microphone ? [SourceKind.MICROPHONE] : [] };
      world.socket.say({ sequence: sequence++, body: { $case: "rules", value } });
    };
    reserve(true);
    reserve(false);
    expect(path.isDirect).toBe(false);
    reserve(true);
    await divide(false);
    expect(path.isDirect).toBe(false);
    reserve(false);
    expect(path.isDirect).toBe(true);
  });

  it("goes directly to nobody who keeps the address private, with breakout rooms or without", async () => {
    const path = new FakePath();
    const { group, room, world } = await joined(path, true);
    group.admit();
    path.isAllowed = true;
    const value = { open: true, names: [], choose: true, mayReturn: true, remainingMs: 0 };
    world.socket.say({ sequence: 2n, body: { $case: "breakouts", value } });
    await world.advance(1);
    expect(path.isDirect).toBe(false);
    world.socket.say({
      sequence: 3n,
      body: { $case: "breakouts", value: { ...value, open: false } },
    });
    await world.advance(1);
    expect(path.isDirect).toBe(false);
    room.setAddressPrivate(false);
    expect(path.isDirect).toBe(true);
  });

  it("reports media that left without its seal", async () => {
    const { room } = await joined();
    const errors: ConclaveError[] = [];
    room.on("error", (error) => errors.push(error));
    const { ConclaveError: Failure } = await import("./types.ts");
    room.report(new Failure("media-leaked", "camera"));
    expect(errors.map(({ code }) => code)).toEqual(["media-leaked"]);
  });
});
