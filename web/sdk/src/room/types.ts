/**
 * The SDK's public shapes: what an application sees of a meeting. No WebRTC, DOM or protocol type
 * appears here but MediaStreamTrack and HTMLMediaElement.
 */

/** A participant's number in this room, made by the server. */
export type ParticipantId = number;
/** A track's number in this room, made by the server; also the CSRC of its media. */
export type TrackId = number;

export type SourceKind = "microphone" | "camera" | "screen-video" | "screen-audio";

export type VideoCodecName = "vp8" | "vp9" | "h264" | "av1";

/**
 * How well something is carried over the network.
 * - `fair`: one notices, if one looks for it.
 * - `poor`: one is disturbed.
 */
export type QualityLevel = "good" | "fair" | "poor";

/** What can be shown for a moment. Others are not shown, whoever sends them. */
export const REACTIONS = ["👍", "❤️", "👏", "😂", "😮", "🎉"] as const;

/**
 * What a participant may do, in the order of how much.
 * - `viewer`: sees, hears and writes; sends no media.
 * - `co-host`: moderates, but has no say over hosts and co-hosts.
 * In an encrypted room who moderates is what the group says, never the server alone.
 */
export type Role = "viewer" | "participant" | "co-host" | "host";

/** What those who moderate have set for the room; the server sees to it. */
export interface RoomRules {
  /** No stranger gets in; who has been in since it was locked may come back. */
  readonly locked: boolean;
  /** Who does not moderate may turn these on only once asked to. */
  readonly reserved: readonly SourceKind[];
  /** Who comes, and does not moderate, begins with these off. */
  readonly startMuted: readonly SourceKind[];
  /** How many people are banned. */
  readonly banned: number;
  /** Strangers wait until somebody who moderates admits them. */
  readonly lobby: boolean;
  /** Strangers are asked for one; who set it keeps it, the server does not tell it. */
  readonly passcode: boolean;
  /** Whoever runs the server has set it, for rooms of such names: nobody in the room changes it. */
  readonly passcodeFixed: boolean;
  /** What who does not moderate says to one who does, and to nobody else. */
  readonly reservedMessages: readonly ReservableMessage[];
}

/** Somebody in the lobby. */
export interface WaitingPerson {
  readonly number: number;
  /** As they call themselves; undefined: they knock with another link than this meeting's. */
  readonly name: string | undefined;
}

/** Something said at the door. In encrypted rooms whoever has the link could have said it. */
export interface LobbyWord {
  /** Whose conversation it is: WaitingPerson.number. */
  readonly number: number;
  readonly text: string;
  /** By somebody who moderates; else by whoever waits. */
  readonly fromHost: boolean;
}

/** The lobby for who waits in it. */
export interface WaitingRoom {
  /** To those who moderate. At most 500 characters; what is more is cut off. */
  say(text: string): void;
  /** What they say. Replaces an earlier listener. */
  onWord(listener: (text: string) => void): void;
}

/**
 * What a host or co-host does. The server refuses (event `error`, `not-allowed`) what this client's role
 * does not allow.
 * - `silence`: turns off what somebody sends, or where nobody is named, all others who do not moderate.
 *   They may turn it on again, unless the rules reserve it.
 * - `ask`: asks somebody to turn these on, and lets them where the rules do not.
 * - `remove`: puts somebody out. In an encrypted room with new keys for the others and a new link, since
 *   the old one would let them in again. `ban`: they do not get in again as the same
 *   person, nor from the same network as a stranger.
 * - `admit`, `deny`: who waits in the lobby, by their numbers.
 * - `set-passcode`: of at most 128 bytes; empty: none. In encrypted rooms too the server checks it, and
 *   so sees it.
 * - `end`: for everybody; a host's only.
 */
export type Moderation =
  | {
      readonly type: "silence";
      readonly person?: ParticipantId;
      readonly sources: readonly SourceKind[];
    }
  | {
      readonly type: "ask";
      readonly person: ParticipantId;
      readonly sources: readonly SourceKind[];
    }
  | { readonly type: "remove"; readonly person: ParticipantId; readonly ban: boolean }
  | { readonly type: "give-role"; readonly person: ParticipantId; readonly role: Role }
  | {
      readonly type: "set-rules";
      readonly rules: Partial<Omit<RoomRules, "banned" | "passcode" | "passcodeFixed">>;
    }
  | { readonly type: "lift-bans" }
  | { readonly type: "admit"; readonly waiting: readonly number[] | "all" }
  | { readonly type: "deny"; readonly waiting: readonly number[] }
  | { readonly type: "set-passcode"; readonly passcode: string }
  /** At most 30 rooms, with names of at most 60 characters. Who is placed nowhere stays where they are. */
  | {
      readonly type: "open-breakouts";
      readonly names: readonly string[];
      readonly places: ReadonlyMap<ParticipantId, number>;
      readonly choose: boolean;
      readonly mayReturn: boolean;
      /** Undefined: until somebody closes them. */
      readonly seconds: number | undefined;
    }
  /** 0: back to the main room. */
  | { readonly type: "move"; readonly places: ReadonlyMap<ParticipantId, number> }
  | { readonly type: "extend-breakouts"; readonly seconds: number | undefined }
  /** Everybody comes back. */
  | { readonly type: "close-breakouts" }
  | { readonly type: "end" };

/** What somebody who moderates did to this client. */
export interface Moderated {
  readonly sources: readonly SourceKind[];
  /** Undefined: the room's rules, or somebody whom this client does not know. */
  readonly by: ParticipantId | undefined;
}

/** What participants tell each other about themselves. Opaque to the server. */
export interface Profile {
  /** At most 80 characters after normalization; empty where the person gave none. */
  readonly displayName: string;
  /** What this person has chosen to be shown by: the application fetches it from them (see FileWord). */
  readonly picture?: {
    /** SHA-256, base64url. */
    readonly digest: string;
    readonly size: number;
  };
}

/** Who has trouble with the network, and in which direction. Told apart from noise: it changes seldom. */
export interface ConnectionQuality {
  /** From this client to the server. */
  readonly upload: QualityLevel;
  /** From the server to this client. */
  readonly download: QualityLevel;
  /** Of those whose own way to the server is not good; who is not in it has no trouble. */
  readonly participants: ReadonlyMap<ParticipantId, QualityLevel>;
  /** Cameras whose picture stands still here for two seconds and longer though frames are due. */
  readonly frozen: ReadonlySet<TrackId>;
}

/** One thing that a participant sends. */
export interface TrackInfo {
  readonly id: TrackId;
  readonly source: SourceKind;
  readonly muted: boolean;
}

export interface ParticipantInfo {
  readonly id: ParticipantId;
  /**
   * The same on all clients, unlike `id` in encrypted rooms: names a participant in messages. New with
   * every join; empty for this client while it has no keys.
   */
  readonly wireId: string;
  readonly profile: Profile;
  readonly tracks: readonly TrackInfo[];
  /** Whether the participant's connection to the server is lost and may come back. */
  readonly away: boolean;
  readonly isLocal: boolean;
  readonly role: Role;
  /**
   * In encrypted rooms: what this person is recognised by in other meetings, a public key in base64.
   * Proven to be theirs. Undefined: nothing.
   */
  readonly lastingKey?: string | undefined;
  /** What the participant says of its own way to the server. */
  readonly upload: QualityLevel;
  /** Milliseconds since the epoch, on that participant's clock; undefined: the hand is down. */
  readonly handRaisedAt: number | undefined;
  /**
   * The breakout room that this person is in, from 1, by the server's word; undefined: the main room.
   * People of others are in the roster, and neither heard, seen nor read.
   */
  readonly breakout?: number | undefined;
  /** Asked those who moderate for help, in a breakout room. */
  readonly wantsHelp?: boolean | undefined;
}

/** The breakout rooms into which a meeting is divided for a while. */
export interface Breakouts {
  /** Of number 1, 2 and so on; empty for a name that this client cannot read. */
  readonly names: readonly string[];
  /** Whether everybody may go from one to another, and back to the main room. */
  readonly choose: boolean;
  readonly mayReturn: boolean;
  /** Milliseconds since the epoch when they end by themselves; undefined: when a host says so. */
  readonly endsAt: number | undefined;
}

/**
 * Why a picture stands still.
 * - `not-wanted`: the layout asks for no pixels of it, or it is muted.
 * - `lack-of-rate`: not even its lowest layer fits into what this client's network carries.
 * - `unplayable`: this client has no decoder for what is sent.
 */
export type PauseReason = "not-wanted" | "lack-of-rate" | "unplayable";

/** The media of a remote track while a receive slot carries it. */
export interface RemoteMedia {
  readonly trackId: TrackId;
  readonly participantId: ParticipantId;
  readonly source: SourceKind;
  /** The slot's track: the same object for whatever the slot carries, so attach it once per slot. */
  readonly mediaTrack: MediaStreamTrack;
  /**
   * RTP timestamp of this track's first frame in the slot: what a video element presents before it
   * (requestVideoFrameCallback) is still somebody else. Undefined until a frame came.
   */
  readonly firstRtpTimestamp: number | undefined;
  /** The server sends nothing at the moment, for `pauseReason`. */
  readonly paused: boolean;
  /** Undefined where it is not paused, and for reasons that only a newer server knows. */
  readonly pauseReason: PauseReason | undefined;
}

/** What a message is about: the server may limit who says which, and reads none of it. */
export type MessageKind = "chat" | "poll" | "vote" | "board" | "recording" | "broadcast" | "file";

/** What those who moderate may keep to themselves: then others say it to them alone. */
export type ReservableMessage = "chat" | "reaction" | "poll" | "file";

/** Of what is sent with `Room.send`: with seal and signature below what the server carries (16 KiB). */
export const MESSAGE_BYTES_MAX = 14 * 1024;

/** What somebody else said with `Room.send`; in encrypted rooms nobody else could have. */
export interface RoomMessage {
  readonly from: ParticipantId;
  readonly kind: MessageKind;
  /** As hostile as its author likes. */
  readonly body: Uint8Array;
  /** To this client alone. In encrypted rooms no other member could read it. */
  readonly isPrivate: boolean;
  /** Milliseconds since the epoch, on this machine's clock. */
  readonly receivedAt: number;
}

/** A sign that passes: applause and the like. */
export interface Reaction {
  readonly from: ParticipantId;
  /** One of REACTIONS. */
  readonly emoji: string;
  readonly isLocal: boolean;
}

/**
 * - `waiting`: this client has asked for the room's keys. Nothing is sent, nothing can be shown.
 * - `sealed`: all that is sent is sealed for the people in the room.
 * - `mending`: its keys did not fit those of the others any more; it is getting new ones.
 */
export type EncryptionState = "waiting" | "sealed" | "mending";

/** Of an end-to-end encrypted room. */
export interface Encryption {
  readonly state: EncryptionState;
  /** How many share the keys, this client included; 0 while it has none. */
  readonly people: number;
  /** Changes whenever somebody comes or goes, and with it the room's code. */
  readonly epoch: number;
  /** The clients of those who are in let nobody else in. */
  readonly locked: boolean;
  /** Whether this client may lock the room and remove people: the first who came, then the next. */
  readonly moderates: boolean;
  /** Whether sound and pictures go straight to the only other person, in both directions. */
  readonly direct: boolean;
}

/**
 * Two people make sure of each other's keys: both see the same seven pictures (numbers below 64, see
 * COMPARISON_EMOJI) and digits, and say over another channel or by voice whether they do.
 * - `asked`: they want to; `Room.compare` with "accept" or "stop".
 * - `waiting`: for them.
 * - `over`: not done; "broken" happens with no honest client.
 */
export interface Comparison {
  readonly participant: ParticipantId;
  readonly step:
    | { readonly type: "asked" | "waiting" }
    | { readonly type: "shown"; readonly emoji: readonly number[]; readonly digits: string }
    | { readonly type: "over"; readonly why: "stopped" | "gone" | "broken" };
}

/** What this client shows of one remote video track. */
export interface TrackWish {
  readonly trackId: TrackId;
  /** Device pixels; 0 pauses. */
  readonly heightPx: number;
  readonly pinned?: boolean;
  readonly onStage?: boolean;
}

/**
 * - `connecting`: joining; no media yet.
 * - `connected`: signaling and media stand.
 * - `reconnecting`: the WebSocket or the media path is lost and being restored; media may still flow.
 * - `ended`: for good, see {@link EndReason}.
 */
export type ConnectionState = "connecting" | "connected" | "reconnecting" | "ended";

export type EndReason =
  | "left"
  | "transport-failed"
  | "room-full"
  | "server-gone"
  | "refused"
  /** Those in the encrypted room do not accept this client's link: its secret is not theirs. */
  | "not-admitted"
  /** Somebody who moderates has put this client out. */
  | "removed"
  /** The same, for good. */
  | "banned"
  /** A host has ended the meeting for everybody, or whoever runs the server has. */
  | "ended";

/** Why something failed, for code to branch on. Each has a text in the app's catalogue. */
export type ErrorCode =
  | "unsupported-browser"
  | "server-unreachable"
  | "room-name-invalid"
  | "room-full"
  | "server-busy"
  | "mode-unsupported"
  /** This client's role does not allow it. */
  | "not-allowed"
  /** No stranger gets in now. */
  | "room-locked"
  /** This person, or somebody from the same network, was put out for good. */
  | "banned"
  /** Whoever runs the server has closed the room. */
  | "room-closed"
  /** The room has a passcode, and none was given; another one was. */
  | "passcode-needed"
  | "passcode-wrong"
  /** Somebody who moderates did not let this client in from the lobby. */
  | "denied"
  /** The meeting ended while this client waited for it. */
  | "ended"
  /** The link of an encrypted room without its secret. */
  | "link-incomplete"
  /** This browser cannot encrypt end to end. */
  | "cannot-encrypt"
  /** The link of an encrypted room has another secret than those who are in: it may have been replaced. */
  | "not-admitted"
  /** The browser sent media past the encryption, and was stopped. */
  | "media-leaked"
  | "offer-invalid"
  | "transport-failed"
  | "rate-limited"
  | "protocol"
  | "device-denied"
  | "device-not-found"
  | "device-in-use"
  | "share-cancelled"
  | "share-unsupported"
  /** A message or profile over its limit. */
  | "too-large"
  /** Whom a message is for has left. */
  | "person-gone"
  /** The browser wants a click before it plays sound: offer one, and call `startAudio` in it. */
  | "autoplay-blocked";

export class ConclaveError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    /** Whether trying the same again may succeed. */
    readonly retryable = false,
  ) {
    super(message);
    this.name = "ConclaveError";
  }
}

export interface RoomEvents {
  /** The connection's state changed. `reason` is set when it is `ended`. */
  state: { readonly state: ConnectionState; readonly reason?: EndReason };
  /** Somebody joined, left, or changed; the roster is `room.participants`. */
  roster: {
    readonly joined: readonly ParticipantId[];
    readonly left: readonly ParticipantId[];
    readonly changed: readonly ParticipantId[];
  };
  /** They were opened, closed or given another end; who is where is in the roster. */
  breakouts: { readonly breakouts: Breakouts | undefined };
  /** Which remote tracks the slots carry changed; the whole is `room.remoteMedia`. */
  media: { readonly remoteMedia: readonly RemoteMedia[] };
  /** One of this client's own tracks was published, muted, unmuted or stopped. */
  local: { readonly source: SourceKind; readonly muted: boolean; readonly live: boolean };
  message: RoomMessage;
  reaction: Reaction;
  /** In an encrypted room: who shares the keys changed, or whether there are any. */
  encryption: Encryption;
  /**
   * In an encrypted room: somebody was removed, so the link was replaced. From now on only this one's
   * fragment (without its `#`) lets people in, this client too should it join again.
   */
  link: { readonly fragment: string };
  /** In an encrypted room: a comparison with somebody went on. */
  comparison: Comparison;
  /** Undefined: nobody has spoken yet. */
  dominantSpeaker: { readonly participantId: ParticipantId | undefined };
  /** At most 10 a second; 0 (silence) .. 1 (loudest) by participant. */
  levels: ReadonlyMap<ParticipantId, number>;
  quality: ConnectionQuality;
  /**
   * The processor cannot keep up with encoding, after the largest size of the camera and the codecs
   * that need more were given up: the person may want to save data.
   */
  overloaded: undefined;
  rules: RoomRules;
  /** These sources of this client are off now. */
  silenced: Moderated;
  /** Somebody who moderates would like these to be on; the person decides. */
  asked: Moderated;
  /** Who waits changed: all of them. Told to those who moderate. */
  lobby: readonly WaitingPerson[];
  /** What is said there, this client's own words too. */
  lobbyWord: LobbyWord;
  /** Something failed that did not end the meeting. */
  error: ConclaveError;
}

/** What awaits whoever joins, at this moment. */
export interface Sight {
  /** How many are in; not who. */
  readonly participants: number;
  /** One will be asked for it. */
  readonly passcode: boolean;
  /** One will have to wait until somebody lets one in. */
  readonly lobby: boolean;
  readonly locked: boolean;
  /** Somebody's client says that it records. */
  readonly recorded: boolean;
}

export interface JoinOptions {
  /** The room's address without its fragment: "open/weekly-standup". */
  readonly room: string;
  /** The link's, with or without its `#`: an encrypted room of the "r/..." kind needs the secret in it. */
  readonly fragment?: string;
  readonly displayName: string;
  /** Published at once where given; a preview's track is reused, never reopened. */
  readonly microphone?: MediaStreamTrack;
  readonly camera?: MediaStreamTrack;
  /**
   * What pictures are sent in, whoever decodes it. By default the best that everybody in the room
   * decodes and this machine can afford, which changes as people come and go.
   */
  readonly videoCodec?: VideoCodecName;
  /** In an encrypted room: no direct path, so that the other person's machine does not see the address. */
  readonly keepAddressPrivate?: boolean;
  /** Shows no pass of earlier visits and keeps none: for checks of the connection, not for people. */
  readonly asStranger?: boolean;
  /**
   * In an encrypted room: those who have met this browser before can recognise it, by a key that is made
   * once and kept (see `forgetLastingKey`). By default they cannot.
   */
  readonly recognisable?: boolean;
  /** For a room that asks for one. */
  readonly passcode?: string;
  /** This client waits in the lobby: `join` goes on when somebody has decided. */
  readonly onWaiting?: (lobby: WaitingRoom) => void;
  /** WebSocket URL of the server; by default `/signal` on the page's origin. */
  readonly signalUrl?: string;
  readonly signal?: AbortSignal;
  /** By `prepare`, for this room: the join takes it over, and what it cannot use is closed. */
  readonly prepared?: Prepared;
}

/** What of a join can be known before it. */
export type PrepareOptions = Pick<JoinOptions, "room" | "fragment" | "recognisable" | "videoCodec">;

/** What a join takes and was made before it. */
export interface Prepared {
  /** Nobody joins with it. */
  close(): void;
}

/** A meeting that this client is in. Made by `join`. */
export interface Room {
  readonly localId: ParticipantId;
  readonly state: ConnectionState;
  readonly participants: ReadonlyMap<ParticipantId, ParticipantInfo>;
  /** Every remote track that a slot carries now. Audio plays once attached, see `startAudio`. */
  readonly remoteMedia: readonly RemoteMedia[];
  readonly dominantSpeaker: ParticipantId | undefined;
  readonly quality: ConnectionQuality;
  /** Undefined: the room is not end-to-end encrypted. */
  readonly encryption: Encryption | undefined;
  readonly rules: RoomRules;
  /** Undefined: there are none. */
  readonly breakouts: Breakouts | undefined;
  /** The largest file that the server lets people give each other; 0: it carries none. */
  readonly fileBytesMax: number;

  on<K extends keyof RoomEvents>(event: K, listener: (payload: RoomEvents[K]) => void): () => void;

  /**
   * Replaces what is sent for a source (replaceTrack); undefined stops sending it, and others see it
   * as muted. The track stays the caller's: it is stopped by the caller only. Whether the source is
   * muted is kept from `setMuted`, or from `track.enabled` of what was given to `join`.
   */
  publish(source: SourceKind, track: MediaStreamTrack | undefined): Promise<void>;
  /** Mutes or unmutes a source, published or not; others see it at once. Sets `track.enabled`. */
  setMuted(source: SourceKind, muted: boolean): void;
  /** Whether nothing of this source is heard or seen: muted, or not published. */
  isMuted(source: SourceKind): boolean;

  /** What the layout shows, most wanted first. Coalesced; cheap to call on every layout pass. */
  setLayout(wishes: readonly TrackWish[]): void;

  /**
   * Says something to all who are here, or to one of them alone: in encrypted rooms that is sealed so
   * that no other member can read it. `messages/` has what the app's clients say. Throws `too-large`,
   * and `person-gone` for who is not in the room; without keys nothing is said.
   */
  send(kind: MessageKind, body: Uint8Array<ArrayBuffer>, to?: ParticipantId): void;
  setProfile(profile: Profile): void;
  setHandRaised(raised: boolean): void;
  /** For whoever looks before joining, by the server's word; who is in is told by messages. */
  setRecording(active: boolean): void;
  /** One of REACTIONS, to everybody. */
  react(emoji: string): void;
  /**
   * The code of an encrypted room: 30 digits that all in it see alike, unless somebody is between
   * them. Never resolves without keys; rejects in other rooms.
   */
  roomCode(): Promise<string>;
  /** In an encrypted room, with somebody else: begins a comparison, or answers one. See Comparison. */
  compare(person: ParticipantId, act: "begin" | "accept" | "stop"): void;
  moderate(act: Moderation): void;
  /**
   * To a breakout room, or back to the main room (0), as `breakouts` allows it. Refused with an `error`
   * event; whoever moderates may go anywhere. The connection stays the one it is.
   */
  goToBreakout(breakout: number): void;
  /** From within a breakout room, of those who moderate: until one of them comes. */
  askForHelp(wanted: boolean): void;
  /** Who waits to be admitted; nobody, for who does not moderate. */
  readonly lobby: readonly WaitingPerson[];
  sayToWaiting(number: number, text: string): void;

  /** As JoinOptions has it, from now on. */
  setAddressPrivate(isPrivate: boolean): void;

  /** Makes the audio slots audible: creates hidden audio elements and plays them. Call in a click. */
  startAudio(): Promise<void>;
  setAudioOutput(deviceId: string): Promise<void>;
  /** How loud one person is here: 0 (silent) to 1, which is as they are sent. */
  setVolume(person: ParticipantId, volume: number): void;

  getStats(): Promise<RoomStats>;
  leave(): Promise<void>;
}

/** One look at the connection, for the statistics overlay and tests. */
export interface RoomStats {
  readonly roundTripMs: number | undefined;
  readonly availableOutgoingKbps: number | undefined;
  /**
   * Where the server's media comes from, once it does: there it tells whoever is in a room their own
   * address (STUN, RFC 8489). Undefined where the browser does not say.
   */
  readonly server: { readonly address: string; readonly port: number } | undefined;
  readonly inbound: readonly InboundStats[];
  readonly outbound: readonly OutboundStats[];
}

export interface InboundStats {
  readonly trackId: TrackId | undefined;
  readonly source: SourceKind | undefined;
  readonly kbps: number;
  readonly framesDecoded: number;
  readonly framesPerSecond: number;
  readonly width: number;
  readonly height: number;
  readonly freezeCount: number;
  /** All freezes together. */
  readonly freezesMs: number;
  /** The picture stands still now, though frames are due. */
  readonly frozen: boolean;
  readonly packetsLost: number;
  /** Of what was sent since the last look, 0 .. 1. */
  readonly lossRatio: number;
  readonly jitterBufferMs: number;
  /** Of the sound since the last look, what was made up; silence does not count. */
  readonly concealedRatio: number;
}

export interface OutboundStats {
  readonly source: SourceKind;
  readonly rid: string | undefined;
  readonly kbps: number;
  readonly framesPerSecond: number;
  readonly width: number;
  readonly height: number;
  readonly active: boolean;
  readonly framesSent: number;
  /** What keeps the encoder from more. */
  readonly limitedBy: "none" | "cpu" | "bandwidth" | "other";
  /** Of what was sent, as the server reports it, 0 .. 1; undefined before its first report. */
  readonly lossRatio: number | undefined;
}

export type DeviceKind = "microphone" | "camera" | "speaker";

export interface DeviceInfo {
  readonly id: string;
  readonly kind: DeviceKind;
  /** Empty until the person has granted a device of this kind. */
  readonly label: string;
}

export interface CaptureOptions {
  /** By default the browser's choice. A device that is gone falls back to that choice too. */
  readonly deviceId?: string;
  /** Of a microphone; both are on by default. Echo is always taken out. */
  readonly noiseSuppression?: boolean;
  readonly autoGainControl?: boolean;
}

/** What `captureScreen` gives; publish both. The person ends it: listen to `ended` of the video. */
export interface ScreenCapture {
  readonly video: MediaStreamTrack;
  readonly audio: MediaStreamTrack | undefined;
}

export interface ScreenCaptureOptions {
  /** Moving pictures rather than text: more frames, fewer pixels. */
  readonly motion?: boolean;
}
