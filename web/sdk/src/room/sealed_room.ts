import type { Audience, OutReason, RoomPolicy } from "@conclave/e2ee/keys";
import { type ClientBody, type GroupNews, MessageClass, type Relay } from "../protocol/index.ts";
import { encodePresence, type Presence } from "../session/presence.ts";
import { moderates } from "../session/roles.ts";
import type { RosterChange } from "../session/roster.ts";
import { moderatorsOf, SealedRoster } from "../session/sealed_roster.ts";
import { SOURCES } from "../session/sources.ts";
import { decodeObject } from "../session/text.ts";
import type { DirectSide } from "./direct_side.ts";
import type { GroupRoster, GroupSide } from "./group_side.ts";
import type { LobbySeal } from "./lobby_seal.ts";
import { PairPath } from "./pair_path.ts";
import type { ModeratedGroup } from "./sealed_moderation.ts";
import {
  type Comparison,
  ConclaveError,
  type Encryption,
  type EndReason,
  type Moderated,
  type ParticipantId,
  type RemoteMedia,
  type RoomRules,
} from "./types.ts";

export interface SealedRoomEvents {
  /** What this client says of itself now. */
  readonly presence: () => Presence;
  readonly onRoster: (change: RosterChange) => void;
  /** What the slots carry is to be looked at again. */
  readonly onLabels: () => void;
  readonly onLink: (fragment: string) => void;
  /** There are other tracks to play. */
  readonly onAudio: () => void;
  readonly onLevels: (levels: ReadonlyMap<ParticipantId, number>) => void;
  readonly onSaid: (
    from: ParticipantId,
    kind: MessageClass,
    payload: Uint8Array,
    isPrivate: boolean,
  ) => void;
  readonly onComparison: (comparison: Comparison) => void;
  readonly onEncryption: (encryption: Encryption) => void;
  readonly onAsked: (asked: Moderated) => void;
  /** For good. */
  readonly onOut: (reason: EndReason) => void;
}

/** What a meeting is given to be an encrypted one, so that others need not load it. */
export interface Sealing {
  readonly roster: SealedRoster;
  readonly lobby: LobbySeal;
  readonly open: (events: SealedRoomEvents) => SealedRoom;
}

/** Without a `path` media goes through the server only. */
export function sealingBy(
  group: GroupSide,
  lobby: LobbySeal,
  path?: DirectSide,
  isAddressPrivate = false,
): Sealing {
  const roster = new SealedRoster();
  return {
    roster,
    lobby,
    open: (events) => new SealedRoom(group, roster, events, path, isAddressPrivate),
  };
}

const NO_GROUP = { people: 0, epoch: 0, locked: false, moderates: false, direct: false };

/** What makes a meeting an encrypted one: its people, their words and its state come from the group. */
export class SealedRoom {
  readonly #group: GroupSide;
  readonly #roster: SealedRoster;
  readonly #events: SealedRoomEvents;
  readonly #pair: PairPath | undefined;
  #encryption: Encryption = { state: "waiting", ...NO_GROUP };
  #policy: RoomPolicy | undefined;
  #members: GroupRoster["members"] = [];
  #isPresenceDue = false;
  #isAddressPrivate: boolean;
  #reserves = false;
  #divided = false;

  constructor(
    group: GroupSide,
    roster: SealedRoster,
    events: SealedRoomEvents,
    path: DirectSide | undefined,
    isAddressPrivate: boolean,
  ) {
    this.#isAddressPrivate = isAddressPrivate;
    this.#group = group;
    this.#roster = roster;
    this.#events = events;
    this.#pair =
      path &&
      new PairPath(path, roster, {
        say: (participant, body) => group.say(MessageClass.DIRECT, body, [participant]),
        onChanged: () => this.#onPathChanged(),
        onAudio: () => events.onAudio(),
        onLevels: (levels) => events.onLevels(levels),
      });
    group.listen({
      onRoster: (members) => this.#onMembers(members),
      onOut: (why) => this.#onOut(why),
      onLink: (fragment) => events.onLink(fragment),
      onPresences: (presences) => {
        events.onRoster(roster.setPresences(presences));
        this.#pair?.update();
      },
      onSaid: (...said) => this.#onSaid(...said),
      onComparison: (pid, step) => {
        const participant = roster.idOf(pid);
        if (participant !== undefined) events.onComparison({ participant, step });
      },
      onLabels: () => events.onLabels(),
    });
  }

  get encryption(): Encryption {
    return this.#encryption;
  }

  onJoined(send: (body: ClientBody) => void): void {
    // Where this client's media is, for those who are in and those who come.
    this.onPresenceChanged();
    this.#group.onJoined(send);
  }
  onNews(news: GroupNews): void {
    this.#group.onNews(news);
  }
  onRelay(message: Relay): void {
    this.#group.onRelay(message);
  }
  onResumed(): void {
    this.#group.onResumed();
  }
  roomCode(): Promise<string> {
    return this.#group.roomCode();
  }
  close(): void {
    this.#pair?.close();
    this.#group.close();
  }

  setAddressPrivate(isPrivate: boolean): void {
    this.#isAddressPrivate = isPrivate;
    this.#allowPath();
  }

  #allowPath(): void {
    this.#pair?.setAllowed(!this.#isAddressPrivate && !this.#reserves && !this.#divided);
  }

  /** Undefined for who does not moderate by the group's word. */
  get moderated(): ModeratedGroup | undefined {
    if (this.#policy === undefined || !this.#encryption.moderates) return undefined;
    const moderators = moderatorsOf({ members: this.#members });
    return {
      ...{ group: this.#group, roster: this.#roster, members: this.#members },
      ...{ policy: this.#policy, moderators },
    };
  }

  /** Where the server has to keep people from sending, nothing may go around it (decisions 9). */
  onRules({ reserved }: RoomRules): void {
    this.#reserves = reserved.length > 0;
    this.#allowPath();
  }

  /** Where the server keeps people apart, nothing may go around it. */
  setDivided(divided: boolean): void {
    this.#divided = divided;
    this.#allowPath();
  }

  /** Not with who has told nobody yet where to reach it. */
  compare(person: ParticipantId, act: "begin" | "accept" | "stop"): void {
    const pid = this.#roster.pidOf(person);
    const participant = pid && this.#roster.participantOf(pid);
    if (pid && participant !== undefined) this.#group.compare(pid, participant, act);
  }

  /** Throws `person-gone` for who has told nobody yet where to reach it. */
  say(kind: MessageClass, payload: Uint8Array, to?: ParticipantId): void {
    if (to === undefined) {
      this.#group.say(kind, payload);
      return;
    }
    const pid = this.#roster.pidOf(to);
    const participant = pid && this.#roster.participantOf(pid);
    if (participant === undefined) throw new ConclaveError("person-gone", "not reached");
    this.#group.say(kind, payload, [participant], pid);
  }

  /** Told once for all that changes at the same time. */
  onPresenceChanged(): void {
    if (this.#isPresenceDue) return;
    this.#isPresenceDue = true;
    void Promise.resolve().then(() => {
      this.#isPresenceDue = false;
      const { serverId } = this.#roster;
      if (serverId === 0) return;
      this.#group.setPresence(serverId, encodePresence(this.#events.presence()));
    });
  }

  /** What comes by either way and is authenticated. */
  presented(media: readonly RemoteMedia[]): readonly RemoteMedia[] {
    return (this.#pair?.route(media) ?? media).flatMap(
      (one) => this.#roster.authenticated(one, this.#group.trailOf(one.mediaTrack)) ?? [],
    );
  }

  #onSaid(pid: Uint8Array, messageClass: MessageClass, body: Uint8Array, audience: Audience): void {
    if (messageClass === MessageClass.DIRECT) {
      this.#pair?.onMessage(pid, body);
      return;
    }
    const from = this.#roster.idOf(pid);
    // What is for all must not be told to some: they would take it for known to all.
    if (from === undefined || audience === "some") return;
    if (messageClass === MessageClass.MODERATION) this.#onAsked(from, body, audience);
    else if (messageClass !== MessageClass.BROADCAST || this.#moderates(from))
      this.#events.onSaid(from, messageClass, body, audience === "one");
  }

  /** By somebody who moderates by the group's word, and to this client alone. */
  #onAsked(by: ParticipantId, body: Uint8Array, audience: Audience): void {
    const on = decodeObject(body)?.["on"];
    if (audience !== "one" || !this.#moderates(by) || !Array.isArray(on)) return;
    const sources = SOURCES.filter((source) => on.includes(source));
    this.#events.onAsked({ sources, by });
  }

  /** By the group's word. */
  #moderates(person: ParticipantId): boolean {
    return moderates(this.#roster.participants.get(person)?.role ?? "viewer");
  }

  #onPathChanged(): void {
    const direct = this.#pair?.isDirect ?? false;
    if (direct !== this.#encryption.direct) this.#setEncryption({ ...this.#encryption, direct });
    this.#events.onLabels();
  }

  #onMembers(members: GroupRoster): void {
    this.#events.onRoster(this.#roster.setGroup(members));
    // Frames of this epoch may have been here first, and nobody's.
    this.#events.onLabels();
    const { epoch, policy, ownLeaf } = members;
    this.#policy = policy;
    this.#members = members.members;
    this.#pair?.setMembers(members);
    this.#setEncryption({
      ...{ state: "sealed", people: members.members.length, epoch },
      ...{
        locked: policy.locked,
        moderates: moderatorsOf(members).some(({ leaf }) => leaf === ownLeaf),
      },
      direct: this.#pair?.isDirect ?? false,
    });
  }

  #onOut(why: OutReason): void {
    this.#events.onRoster(this.#roster.setGroup(undefined));
    this.#policy = undefined;
    this.#members = [];
    this.#pair?.setMembers(undefined);
    this.#setEncryption({ state: "mending", ...NO_GROUP });
    if (why !== "stuck") this.#events.onOut(why);
  }

  #setEncryption(encryption: Encryption): void {
    this.#encryption = encryption;
    this.#events.onEncryption(encryption);
  }
}
