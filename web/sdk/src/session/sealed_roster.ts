import type { Presence as MemberPresence } from "@conclave/e2ee/keys";
import type { Participant, RosterDelta } from "../protocol/index.ts";
import type { FrameLabel, GroupRoster, LabelStep } from "../room/group_side.ts";
import type { ParticipantId, ParticipantInfo, RemoteMedia, Role, TrackId } from "../room/types.ts";
import { decodePresence, type Presence } from "./presence.ts";
import {
  isChanged,
  type LocalParticipant,
  Roster,
  type RosterChange,
  type TrackOwner,
  toLocalInfo,
} from "./roster.ts";

/** Of this client itself, in every life. The others are counted on from it. */
const LOCAL_ID: ParticipantId = 1;
/** Frames in a jitter buffer are of epochs not older than this. */
const EPOCHS_MAX = 64;

type Pid = string;

interface Said {
  /** The server's number, by the member's own word. */
  readonly participant: ParticipantId;
  readonly presence: Presence;
}

/**
 * Who is in an encrypted room: the members of its group and nobody else. Names and what is on come
 * from the members' own signed words; the server's roster only says where their tracks are, and
 * whoever of it is no member does not appear. Numbers of people are this client's own.
 */
export class SealedRoster {
  readonly #server = new Roster();
  readonly #ids = new Map<Pid, ParticipantId>();
  readonly #said = new Map<Pid, Said>();
  /** By epoch: who a leaf is. The newest last. */
  readonly #leaves = new Map<number, ReadonlyMap<number, Pid>>();
  #members: readonly Pid[] = [];
  #pids: ReadonlyMap<Pid, Uint8Array> = new Map();
  #moderators: ReadonlySet<Pid> = new Set();
  #lastingKeys: ReadonlyMap<Pid, string> = new Map();
  #ownPid: Pid | undefined;
  #local: ParticipantInfo | undefined;
  #nextId = LOCAL_ID + 1;
  #participants: ReadonlyMap<ParticipantId, ParticipantInfo> = new Map();

  get participants(): ReadonlyMap<ParticipantId, ParticipantInfo> {
    return this.#participants;
  }
  get localId(): ParticipantId {
    return this.#local === undefined ? 0 : LOCAL_ID;
  }
  /** The server's number of this client. */
  get serverId(): ParticipantId {
    return this.#server.localId;
  }
  get memberCount(): number {
    return this.#members.length;
  }

  join(local: LocalParticipant, page: readonly Participant[]): RosterChange {
    this.#server.join(local, page);
    this.#local = { ...toLocalInfo(local), id: LOCAL_ID, wireId: "" };
    return this.#rebuild();
  }

  apply(delta: RosterDelta): RosterChange {
    this.#server.apply(delta);
    return this.#rebuild();
  }

  updateLocal(change: Parameters<Roster["updateLocal"]>[0]): void {
    if (this.#local === undefined) return;
    this.#local = { ...this.#local, ...change };
    this.#rebuild();
  }

  /** Undefined: in no group, so nobody is known to be here. */
  setGroup(roster: GroupRoster | undefined): RosterChange {
    if (roster === undefined) {
      this.#members = [];
      this.#ownPid = undefined;
      this.#moderators = new Set();
      this.#leaves.clear();
      this.#said.clear();
      return this.#rebuild();
    }
    const leaves = new Map(roster.members.map(({ leaf, pid }) => [leaf, String(pid)]));
    this.#leaves.set(roster.epoch, leaves);
    const [oldest] = this.#leaves.keys();
    if (this.#leaves.size > EPOCHS_MAX && oldest !== undefined) this.#leaves.delete(oldest);
    this.#members = [...leaves.values()];
    this.#pids = new Map(roster.members.map(({ pid }) => [String(pid), pid]));
    this.#moderators = new Set(moderatorsOf(roster).map(({ pid }) => String(pid)));
    this.#lastingKeys = new Map(
      roster.members.flatMap(({ pid, longTermKey: key }) =>
        key === undefined ? [] : [[String(pid), base64(key)] as const],
      ),
    );
    this.#ownPid = leaves.get(roster.ownLeaf);
    for (const pid of this.#said.keys()) if (!this.#members.includes(pid)) this.#said.delete(pid);
    this.#forgetIds();
    return this.#rebuild();
  }

  /** Of those who are no members nothing is kept. */
  setPresences(presences: readonly MemberPresence[]): RosterChange {
    for (const { pid, participant, body } of presences) {
      if (!this.#members.includes(String(pid))) continue;
      this.#said.set(String(pid), { participant, presence: decodePresence(body) });
    }
    return this.#rebuild();
  }

  /** False: this client is in no group, or a member has not said yet where its media is. */
  get isComplete(): boolean {
    const hasSaid = (pid: Pid) => pid === this.#ownPid || this.#said.has(pid);
    return this.#ownPid !== undefined && this.#members.every(hasSaid);
  }

  /** Undefined for who is not a member now. */
  idOf(pid: Uint8Array): ParticipantId | undefined {
    return this.#members.includes(String(pid)) ? this.#idOf(String(pid)) : undefined;
  }

  /** Of the others who are members now. */
  pidOf(id: ParticipantId): Uint8Array | undefined {
    return this.#pids.get(this.#members.find((pid) => this.#ids.get(pid) === id) ?? "");
  }

  /** Where this is the number of this client itself. */
  ownPidOf(id: ParticipantId): Uint8Array | undefined {
    return id === LOCAL_ID ? this.#pids.get(this.#ownPid ?? "") : undefined;
  }

  /** The server's number of whoever has this number here; undefined for who has not said it. */
  serverIdOf(id: ParticipantId): ParticipantId | undefined {
    if (id === LOCAL_ID) return this.serverId;
    const pid = this.pidOf(id);
    return pid && this.participantOf(pid);
  }

  /** The server's number of a member's connection, by the member's own word. */
  participantOf(pid: Uint8Array): ParticipantId | undefined {
    return this.#said.get(String(pid))?.participant;
  }

  weakUploads() {
    const others = [...this.#participants.values()].filter(({ isLocal }) => !isLocal);
    return new Map(
      others.filter(({ upload }) => upload !== "good").map(({ id, upload }) => [id, upload]),
    );
  }

  ownerOf(trackId: TrackId): TrackOwner | undefined {
    for (const participant of this.#participants.values()) {
      const track = participant.tracks.find(({ id }) => id === trackId);
      if (track !== undefined) return { participant, track };
    }
    return undefined;
  }

  /**
   * What the server says of a slot, as far as the frames in it bear it out: the newest are of that
   * member and source by their authenticated key ids. Undefined: it belongs beside nobody's name.
   */
  authenticated(media: RemoteMedia, trail: readonly LabelStep[]): RemoteMedia | undefined {
    let firstRtpTimestamp: number | undefined;
    for (const { rtpTimestamp, label } of [...trail].reverse()) {
      const isTheirs = this.#authorOf(label) === media.participantId;
      if (!isTheirs || label.source !== media.source) break;
      firstRtpTimestamp = rtpTimestamp;
    }
    return firstRtpTimestamp === undefined ? undefined : { ...media, firstRtpTimestamp };
  }

  #authorOf({ leaf, epoch }: FrameLabel): ParticipantId | undefined {
    const pid = this.#leaves.get(epoch)?.get(leaf);
    return pid === undefined ? undefined : this.#ids.get(pid);
  }

  #rebuild(): RosterChange {
    const before = this.#participants;
    const people = this.#local === undefined ? [] : [this.#self(this.#local), ...this.#others()];
    this.#participants = new Map(people.map((person) => [person.id, person]));
    const now = [...this.#participants.values()];
    return {
      joined: now.filter(({ id }) => !before.has(id)).map(({ id }) => id),
      left: [...before.keys()].filter((id) => !this.#participants.has(id)),
      changed: now.filter((one) => isChanged(before.get(one.id), one)).map(({ id }) => id),
    };
  }

  #self(local: ParticipantInfo): ParticipantInfo {
    const server = this.#server.participants.get(this.serverId);
    const role = this.#roleOf(this.#ownPid, server);
    const { breakout, wantsHelp } = server ?? {};
    return { ...local, wireId: this.#wireIdOf(this.#ownPid), role, breakout, wantsHelp };
  }

  /** Who moderates is the group's word; of those, and of the rest, the server may only say less. */
  #roleOf(pid: Pid | undefined, server: ParticipantInfo | undefined): Role {
    if (pid !== undefined && this.#moderators.has(pid)) {
      return server?.role === "host" ? "host" : "co-host";
    }
    return server?.role === "viewer" ? "viewer" : "participant";
  }

  #others(): ParticipantInfo[] {
    const others = this.#members.filter((pid) => pid !== this.#ownPid);
    return others.map((pid) => this.#person(pid));
  }

  #person(pid: Pid): ParticipantInfo {
    const said = this.#said.get(pid);
    const found = said && this.#server.participants.get(said.participant);
    // Nobody else's number can be this client's own.
    const server = found?.isLocal === false ? found : undefined;
    const sources = said?.presence.sources ?? [];
    return {
      id: this.#idOf(pid),
      wireId: this.#wireIdOf(pid),
      lastingKey: this.#lastingKeys.get(pid),
      profile: said?.presence.profile ?? { displayName: "" },
      tracks: (server?.tracks ?? []).map((track) => ({
        ...track,
        muted: !sources.includes(track.source),
      })),
      away: server?.away ?? false,
      isLocal: false,
      role: this.#roleOf(pid, server),
      upload: said?.presence.upload ?? "good",
      handRaisedAt: said?.presence.handRaisedAt,
      breakout: server?.breakout,
      wantsHelp: server?.wantsHelp,
    };
  }

  #wireIdOf(pid: Pid | undefined): string {
    const bytes = this.#pids.get(pid ?? "");
    return bytes === undefined ? "" : base64(bytes);
  }

  /** Of who is long gone. */
  #forgetIds(): void {
    const known = new Set([...this.#leaves.values()].flatMap((leaves) => [...leaves.values()]));
    for (const pid of this.#ids.keys()) if (!known.has(pid)) this.#ids.delete(pid);
  }

  #idOf(pid: Pid): ParticipantId {
    const known = this.#ids.get(pid);
    if (known !== undefined) return known;
    const id = this.#nextId++;
    this.#ids.set(pid, id);
    return id;
  }
}

/** As the group's rules have it: its moderators who are in; where all have left, the lowest leaf. */
export function moderatorsOf({ members }: Pick<GroupRoster, "members">): GroupRoster["members"] {
  const moderators = members.filter(({ isModerator }) => isModerator);
  if (moderators.length > 0) return moderators;
  const lowest = Math.min(...members.map(({ leaf }) => leaf));
  return members.filter(({ leaf }) => leaf === lowest);
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
