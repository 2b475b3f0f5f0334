import type { Participant, RosterDelta, Track } from "../protocol/index.ts";
import type {
  ParticipantId,
  ParticipantInfo,
  Profile,
  QualityLevel,
  Role,
  TrackId,
  TrackInfo,
} from "../room/types.ts";
import { decodeHand, decodeProfile, decodeUpload } from "./profile.ts";
import { fromWireRole } from "./roles.ts";
import { fromWireSource } from "./wire_sources.ts";

export interface RosterChange {
  readonly joined: readonly ParticipantId[];
  readonly left: readonly ParticipantId[];
  readonly changed: readonly ParticipantId[];
}

export interface TrackOwner {
  readonly participant: ParticipantInfo;
  readonly track: TrackInfo;
}

export interface LocalParticipant {
  readonly id: ParticipantId;
  readonly profile: Profile;
  readonly tracks: readonly TrackInfo[];
  readonly handRaisedAt: number | undefined;
}

/** So that a server cannot fill this client's memory: ten times the largest meeting. */
const PARTICIPANTS_MAX = 10_000;

/** Who is in the room, this client included, as the server's deltas tell it. */
export class Roster {
  readonly #participants = new Map<ParticipantId, ParticipantInfo>();
  readonly #owners = new Map<TrackId, ParticipantId>();
  #localId: ParticipantId = 0;

  get participants(): ReadonlyMap<ParticipantId, ParticipantInfo> {
    return this.#participants;
  }
  get localId(): ParticipantId {
    return this.#localId;
  }
  /** The server tells all at once. */
  get isComplete(): boolean {
    return true;
  }

  /** A new life in the room: everything is replaced; the change tells the difference. */
  join(local: LocalParticipant, page: readonly Participant[]): RosterChange {
    const before = this.#clear();
    this.#localId = local.id;
    this.#put(toLocalInfo(local));
    for (const participant of page) this.#putWire(participant);
    return this.#difference(before);
  }

  apply(delta: RosterDelta): RosterChange {
    const before = delta.reset ? this.#clear() : new Map(this.#participants);
    const local = before.get(this.#localId);
    if (delta.reset && local !== undefined) this.#put(local);
    for (const id of delta.left) if (id !== this.#localId) this.#remove(id);
    for (const participant of delta.changed) this.#putWire(participant);
    return this.#difference(before);
  }

  /** Of the server's copy of the local participant only `saidByServer` is read: of the rest this client knows better. */
  updateLocal(change: {
    readonly profile?: Profile;
    readonly tracks?: readonly TrackInfo[];
    readonly upload?: QualityLevel;
    readonly handRaisedAt?: number | undefined;
    readonly role?: Role;
    readonly breakout?: number | undefined;
    readonly wantsHelp?: boolean | undefined;
  }): void {
    const local = this.#participants.get(this.#localId);
    if (local !== undefined) this.#put({ ...local, ...change });
  }

  /** As the participant sent it. */
  setProfile(id: ParticipantId, payload: Uint8Array): RosterChange {
    const participant = this.#participants.get(id);
    if (participant === undefined || participant.isLocal) return NO_CHANGE;
    this.#put({ ...participant, ...decodeAll(payload) });
    return { joined: [], left: [], changed: [id] };
  }

  /** Of the others, who say that their upload is not good. */
  weakUploads(): ReadonlyMap<ParticipantId, QualityLevel> {
    const others = [...this.#participants.values()].filter(({ isLocal }) => !isLocal);
    return new Map(
      others.filter(({ upload }) => upload !== "good").map(({ id, upload }) => [id, upload]),
    );
  }

  ownerOf(trackId: TrackId): TrackOwner | undefined {
    const participant = this.#participants.get(this.#owners.get(trackId) ?? 0);
    const track = participant?.tracks.find((candidate) => candidate.id === trackId);
    return participant === undefined || track === undefined ? undefined : { participant, track };
  }

  #putWire(wire: Participant): void {
    if (wire.id === this.#localId) this.updateLocal(saidByServer(wire));
    if (wire.id === this.#localId || wire.id === 0) return;
    if (!this.#participants.has(wire.id) && this.#participants.size >= PARTICIPANTS_MAX) return;
    this.#put({
      id: wire.id,
      wireId: String(wire.id),
      ...decodeAll(wire.profile),
      tracks: wire.tracks.flatMap(toTrackInfo),
      away: wire.away,
      isLocal: false,
      ...saidByServer(wire),
    });
  }

  #put(participant: ParticipantInfo): void {
    this.#forgetTracks(participant.id);
    this.#participants.set(participant.id, participant);
    for (const track of participant.tracks) this.#owners.set(track.id, participant.id);
  }

  #remove(id: ParticipantId): void {
    this.#forgetTracks(id);
    this.#participants.delete(id);
  }

  #forgetTracks(id: ParticipantId): void {
    for (const track of this.#participants.get(id)?.tracks ?? []) this.#owners.delete(track.id);
  }

  #clear(): ReadonlyMap<ParticipantId, ParticipantInfo> {
    const before = new Map(this.#participants);
    this.#participants.clear();
    this.#owners.clear();
    return before;
  }

  #difference(before: ReadonlyMap<ParticipantId, ParticipantInfo>): RosterChange {
    const now = [...this.#participants.values()];
    return {
      joined: now.filter(({ id }) => !before.has(id)).map(({ id }) => id),
      left: [...before.keys()].filter((id) => !this.#participants.has(id)),
      changed: now.filter((one) => isChanged(before.get(one.id), one)).map(({ id }) => id),
    };
  }
}

/** What only the server knows. */
function saidByServer({ role, breakout, wantsHelp }: Participant) {
  return {
    role: fromWireRole(role),
    breakout: breakout === 0 ? undefined : breakout,
    wantsHelp: wantsHelp ? true : undefined,
  };
}

export const NO_CHANGE: RosterChange = { joined: [], left: [], changed: [] };

export function isEmptyChange(change: RosterChange): boolean {
  return change.joined.length + change.left.length + change.changed.length === 0;
}

/** Empty for kinds of source that this client does not know. */
export function toTrackInfo(wire: Track): TrackInfo[] {
  const source = fromWireSource(wire.source);
  return source === undefined ? [] : [{ id: wire.id, source, muted: wire.muted }];
}

export function toLocalInfo(local: LocalParticipant): ParticipantInfo {
  const rest = { isLocal: true, upload: "good", role: "participant" } as const;
  return { ...local, wireId: String(local.id), away: false, ...rest };
}

function decodeAll(profile: Uint8Array) {
  return {
    profile: decodeProfile(profile),
    upload: decodeUpload(profile),
    handRaisedAt: decodeHand(profile),
  };
}

export function isChanged(before: ParticipantInfo | undefined, now: ParticipantInfo): boolean {
  return before !== undefined && before !== now && JSON.stringify(before) !== JSON.stringify(now);
}
