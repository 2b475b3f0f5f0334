import {
  type ClientBody,
  type Joined,
  MessageClass,
  type Relay,
  type RosterDelta,
  type ServerMessage,
  ErrorCode as WireErrorCode,
  type Moderated as WireModerated,
  type RoomRules as WireRules,
} from "../protocol/index.ts";
import { fromWireError } from "../session/errors.ts";
import { levelsByParticipant } from "../session/levels.ts";
import type { LocalTrackState } from "../session/local_sources.ts";
import { messageClassOf, messageKindOf } from "../session/message_kinds.ts";
import { encodeProfile, normalizeDisplayName } from "../session/profile.ts";
import { decodeReaction, encodeReaction } from "../session/reaction.ts";
import { fromWireRole, moderates } from "../session/roles.ts";
import { fromWireRules, fromWireSources, NO_RULES } from "../session/room_rules.ts";
import { isEmptyChange, Roster, type RosterChange, toTrackInfo } from "../session/roster.ts";
import type { SealedRoster } from "../session/sealed_roster.ts";
import type { SessionEnd } from "../session/signal_session.ts";
import { BreakoutSide } from "./breakout_side.ts";
import { Emitter } from "./emitter.ts";
import { GROUP_PROTOCOL } from "./group_side.ts";
import { LayoutSender } from "./layout_sender.ts";
import { PLAIN } from "./lobby_seal.ts";
import { LobbySide } from "./lobby_side.ts";
import { LocalPublisher } from "./local_publisher.ts";
import { MediaSession } from "./media_session.ts";
import type { Platform } from "./platform.ts";
import type { SealedRoom, SealedRoomEvents, Sealing } from "./sealed_room.ts";
import { SignalLink } from "./signal_link.ts";
import {
  type Breakouts,
  ConclaveError,
  type ConnectionQuality,
  type ConnectionState,
  type Encryption,
  type EndReason,
  type JoinOptions,
  MESSAGE_BYTES_MAX,
  type MessageKind,
  type Moderation,
  type ParticipantId,
  type ParticipantInfo,
  type Profile,
  type RemoteMedia,
  type Room,
  type RoomEvents,
  type RoomRules,
  type RoomStats,
  type SourceKind,
  type TrackId,
  type TrackWish,
  type WaitingPerson,
} from "./types.ts";

/** How the first join ends: settled once. */
interface Joining {
  readonly resolve: () => void;
  readonly reject: (error: ConclaveError) => void;
}

/**
 * A meeting that this client is in: gives each message of the server to the part that it concerns,
 * and tells the application what changed.
 */
export class Conference implements Room {
  readonly #platform: Platform;
  readonly #room: string;
  readonly #isStranger: boolean;
  readonly #events = new Emitter<RoomEvents>();
  readonly #roster: Roster | SealedRoster;
  readonly #publisher: LocalPublisher;
  readonly #media: MediaSession;
  readonly #layout: LayoutSender;
  readonly #link: SignalLink;
  readonly #lobby: LobbySide;
  readonly #breakouts: BreakoutSide;
  readonly #passcode: string;
  readonly #onWaiting: JoinOptions["onWaiting"];
  readonly #stopListening: () => void;
  /** Of an encrypted room: then nothing that people say or are called leaves in the clear. */
  readonly #sealed: SealedRoom | undefined;
  #profile: Profile;
  #handRaisedAt: number | undefined;
  /** Changed while signaling was away. */
  #profileUntold = false;
  #rules = NO_RULES;
  #fileBytesMax = 0;
  #recording = false;
  #state: ConnectionState = "connecting";
  #joining: Joining | undefined;
  #everConnected = false;
  #endReason: EndReason | undefined;
  #dominantTrack: TrackId = 0;
  #dominantSpeaker: ParticipantId | undefined;

  constructor(platform: Platform, options: JoinOptions, signalUrl: string, sealing?: Sealing) {
    this.#platform = platform;
    this.#roster = sealing?.roster ?? new Roster();
    this.#sealed = sealing?.open(this.#sealedEvents());
    this.#room = options.room;
    this.#passcode = options.passcode ?? "";
    this.#onWaiting = options.onWaiting;
    this.#lobby = new LobbySide(sealing?.lobby ?? PLAIN, {
      send: (body) => this.#link.tell(body),
      onPeople: (people) => this.#events.emit("lobby", people),
      onWord: (word) => this.#events.emit("lobbyWord", word),
    });
    this.#breakouts = new BreakoutSide(sealing?.lobby ?? PLAIN, {
      now: () => platform.epochMs(),
      send: (body) => this.#link.send(body),
      onChanged: (breakouts) => this.#onBreakouts(breakouts),
    });
    this.#isStranger = options.asStranger === true;
    this.#profile = { displayName: normalizeDisplayName(options.displayName) };
    this.#publisher = new LocalPublisher(tracksOf(options), {
      replaceTrack: (source, track) => this.#media.replaceTrack(source, track),
      onChanged: (source, state) => this.#onLocalChanged(source, state),
    });
    this.#media = new MediaSession(platform, {
      tracks: () => this.#publisher.tracks,
      videoCodec: options.videoCodec,
      onOverloaded: () => this.#events.emit("overloaded", undefined),
      isMuted: (source) => this.#publisher.isMuted(source),
      ownerOf: (trackId) => this.#roster.ownerOf(trackId),
      presented: (media) => this.#sealed?.presented(media) ?? media,
      weakUploads: () => this.#roster.weakUploads(),
      request: (body) => this.#link.request(body),
      onQuality: (quality) => this.#onQuality(quality),
      onMedia: (remoteMedia) => this.#events.emit("media", { remoteMedia }),
      onState: () => this.#updateState(),
      onDead: (why) => this.#onMediaDead(why),
      onError: (error) => this.#events.emit("error", error),
    });
    this.#layout = new LayoutSender(platform, {
      canSend: () => this.#link.standing,
      send: (body) => this.#link.send(body),
      isKnown: (trackId) => this.#roster.ownerOf(trackId) !== undefined,
      isGathering: () => !this.#roster.isComplete,
    });
    this.#link = new SignalLink(platform, signalUrl, {
      onMessage: (message) => this.#onMessage(message),
      onResumed: () => this.#onResumed(),
      onLost: () => this.#onLost(),
      onOfferWanted: (mediaFailed) => this.#onOfferWanted(mediaFailed),
      onEnded: (end) => this.#onSessionEnded(end),
    });
    // Without a word the others would look at a still picture until the resume window ends.
    this.#stopListening = platform.onPageGone(() => this.#link.leave());
  }

  // ---- Room ------------------------------------------------------------------------------------

  get localId(): ParticipantId {
    return this.#roster.localId;
  }
  get state(): ConnectionState {
    return this.#state;
  }
  get participants(): ReadonlyMap<ParticipantId, ParticipantInfo> {
    return this.#roster.participants;
  }
  get remoteMedia(): readonly RemoteMedia[] {
    return this.#media.remoteMedia;
  }
  get dominantSpeaker(): ParticipantId | undefined {
    return this.#dominantSpeaker;
  }

  get quality(): ConnectionQuality {
    return this.#media.quality;
  }
  get rules(): RoomRules {
    return this.#rules;
  }
  get breakouts(): Breakouts | undefined {
    return this.#breakouts.breakouts;
  }
  get fileBytesMax(): number {
    return this.#fileBytesMax;
  }
  get lobby(): readonly WaitingPerson[] {
    return this.#lobby.people;
  }
  get encryption(): Encryption | undefined {
    return this.#sealed?.encryption;
  }

  on<K extends keyof RoomEvents>(event: K, listener: (payload: RoomEvents[K]) => void): () => void {
    return this.#events.on(event, listener);
  }

  publish(source: SourceKind, track: MediaStreamTrack | undefined): Promise<void> {
    return this.#publisher.publish(source, track);
  }
  setMuted(source: SourceKind, muted: boolean): void {
    this.#publisher.setMuted(source, muted);
  }
  isMuted(source: SourceKind): boolean {
    return this.#publisher.isMuted(source);
  }

  setLayout(wishes: readonly TrackWish[]): void {
    this.#layout.set(wishes);
    this.#media.wantVideoSlots(this.#layout.visibleCount);
  }

  send(kind: MessageKind, body: Uint8Array<ArrayBuffer>, to?: ParticipantId): void {
    if (body.length > MESSAGE_BYTES_MAX) {
      throw new ConclaveError("too-large", `${kind}: ${body.length} of ${MESSAGE_BYTES_MAX} bytes`);
    }
    if (to !== undefined && (to === this.localId || !this.participants.has(to))) {
      throw new ConclaveError("person-gone", `${kind}: nobody to say it to`);
    }
    this.#say(messageClassOf(kind), body, to);
  }

  setProfile(profile: Profile): void {
    this.#profile = { ...profile, displayName: normalizeDisplayName(profile.displayName) };
    this.#onPresenceChanged({ profile: this.#profile });
  }

  setHandRaised(raised: boolean): void {
    if (raised === (this.#handRaisedAt !== undefined)) return;
    this.#handRaisedAt = raised ? this.#platform.epochMs() : undefined;
    this.#onPresenceChanged({ handRaisedAt: this.#handRaisedAt });
  }

  setRecording(active: boolean): void {
    this.#recording = active;
    this.#link.send({ $case: "recording", value: { active } });
  }

  react(emoji: string): void {
    this.#say(MessageClass.REACTION, encodeReaction(emoji));
    this.#events.emit("reaction", { from: this.localId, emoji, isLocal: true });
  }

  async roomCode(): Promise<string> {
    if (this.#sealed === undefined) throw new ConclaveError("mode-unsupported", "no code");
    return this.#sealed.roomCode();
  }

  compare(person: ParticipantId, act: "begin" | "accept" | "stop"): void {
    this.#sealed?.compare(person, act);
  }

  moderate(act: Moderation): void {
    void this.#moderate(act);
  }

  /** Most never moderate: what only they need is loaded when they do. */
  async #moderate(act: Moderation): Promise<void> {
    const [{ encodeModeration }, sealed, names] = await Promise.all([
      import("../session/moderation_wire.ts"),
      this.#sealed && import("./sealed_moderation.ts"),
      act.type === "open-breakouts" ? this.#breakouts.sealed(act.names) : [],
    ]);
    const room = this.#sealed?.moderated;
    if (room !== undefined) sealed?.moderateGroup(room, act);
    const body = encodeModeration(act, this.#rules, (person) => this.#serverIdOf(person), names);
    if (body !== undefined) this.#link.send(body);
  }

  goToBreakout(breakout: number): void {
    this.#breakouts.go(breakout);
  }
  askForHelp(wanted: boolean): void {
    this.#breakouts.askForHelp(wanted);
  }

  sayToWaiting(number: number, text: string): void {
    this.#lobby.sayTo(number, text);
  }

  setAddressPrivate(isPrivate: boolean): void {
    this.#sealed?.setAddressPrivate(isPrivate);
  }

  startAudio(): Promise<void> {
    return this.#media.startAudio();
  }
  setAudioOutput(deviceId: string): Promise<void> {
    return this.#media.setAudioOutput(deviceId);
  }
  setVolume(person: ParticipantId, volume: number): void {
    this.#media.setVolume(person, volume);
  }
  getStats(): Promise<RoomStats> {
    return this.#media.stats();
  }

  /** Something failed outside that does not end the meeting. */
  report(error: ConclaveError): void {
    this.#events.emit("error", error);
  }

  async leave(): Promise<void> {
    this.#link.leave();
  }

  // ---- Joining ---------------------------------------------------------------------------------

  /** Resolves once the server took this client in and its answer is applied. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#joining = { resolve, reject };
      this.#link.start();
      this.#offerJoin();
    });
  }

  #offerJoin(): void {
    Promise.all([this.#media.begin(), this.#lobby.knock(this.#profile.displayName)]).then(
      ([offer, knock]) => {
        if (offer === undefined) return;
        const { engine, decodes } = this.#platform;
        const capabilities = { engine, decodes: [...decodes] };
        const isSealed = this.#sealed !== undefined;
        const profile = isSealed ? new Uint8Array() : this.#encodedProfile();
        this.#profileUntold = false;
        const groupProtocol = isSealed ? GROUP_PROTOCOL : 0;
        const pass = this.#isStranger ? new Uint8Array() : this.#platform.passOf(this.#room);
        const shown = { profile, groupProtocol, pass, passcode: this.#passcode, knock };
        const value = { room: this.#room, ...offer, capabilities, ...shown };
        this.#link.join({ $case: "join", value });
      },
      (error) => this.#fail(new ConclaveError("unsupported-browser", String(error)), "refused"),
    );
  }

  #onJoined(joined: Joined): void {
    if (!this.#isStranger) this.#platform.keepPass(this.#room, joined.pass);
    const tracks = joined.tracks.flatMap(toTrackInfo);
    this.#fileBytesMax = joined.limits?.fileBytesMax ?? 0;
    this.#onRules(joined.rules);
    void this.#breakouts.onTold(joined.breakouts);
    this.#obeyStart(joined);
    const untold = this.#publisher.onJoined(tracks);
    const local = {
      ...{ id: joined.participant, profile: this.#profile, tracks: this.#publisher.infos },
      handRaisedAt: this.#handRaisedAt,
    };
    this.#tellRoster(this.#roster.join(local, joined.roster));
    this.#media.onSignaling(true);
    this.#media.onJoined(joined).then(
      () => this.#settleJoining(undefined),
      (error) => this.#fail(new ConclaveError("protocol", `answer: ${String(error)}`), "refused"),
    );
    this.#sealed?.onJoined((body) => this.#link.send(body));
    if (this.#recording) this.setRecording(true);
    this.#tellTracks(untold);
    this.#tellProfile();
    this.#layout.begin();
    this.#updateState();
  }

  #settleJoining(error: ConclaveError | undefined): void {
    const joining = this.#joining;
    this.#joining = undefined;
    if (error === undefined) joining?.resolve();
    else joining?.reject(error);
  }

  // ---- Messages --------------------------------------------------------------------------------

  #onMessage(message: ServerMessage): void {
    const { body, replyTo } = message;
    switch (body?.$case) {
      case "joined":
        this.#onJoined(body.value);
        break;
      case "answer":
        void this.#media.onAnswer(replyTo, body.value);
        break;
      case "roster":
        this.#onRoster(body.value);
        break;
      case "slots":
        this.#media.onSlots(body.value);
        break;
      case "wantedLayers":
        this.#media.onWanted(body.value, (trackId) => this.#publisher.sourceOf(trackId));
        break;
      case "commonCodecs":
        this.#media.onCommonCodecs(body.value);
        break;
      case "levels":
        this.#events.emit(
          "levels",
          levelsByParticipant(body.value, (id) => this.#heardId(id)),
        );
        break;
      case "dominantSpeaker":
        this.#dominantTrack = body.value.track;
        this.#updateDominantSpeaker();
        break;
      case "relay":
        this.#onRelay(body.value);
        break;
      case "group":
        this.#sealed?.onNews(body.value);
        break;
      case "rules":
        this.#onRules(body.value);
        break;
      case "breakouts":
        void this.#breakouts.onTold(body.value);
        break;
      case "waiting":
        this.#onWaiting?.(this.#lobby.wait(body.value.number));
        break;
      case "lobby":
        void this.#lobby.onDelta(body.value);
        break;
      case "lobbyMessage":
        void this.#lobby.onMessage(body.value);
        break;
      case "moderated":
        this.#onModerated(body.value);
        break;
      case "error":
        this.#onError(replyTo, body.value.code, fromWireError(body.value));
        break;
    }
  }

  #onRoster(delta: RosterDelta): void {
    if (delta.reset) this.#media.onReset();
    this.#tellRoster(this.#roster.apply(delta));
  }

  #onRules(wire: WireRules | undefined): void {
    this.#rules = fromWireRules(wire);
    this.#sealed?.onRules(this.#rules);
    this.#events.emit("rules", this.#rules);
  }

  #onBreakouts(breakouts: Breakouts | undefined): void {
    this.#sealed?.setDivided(breakouts !== undefined);
    this.#events.emit("breakouts", { breakouts });
  }

  /** What the room's rules have off at the start is off here too, as it is on the server. */
  #obeyStart({ participant, roster }: Joined): void {
    const own = roster.find(({ id }) => id === participant);
    if (own !== undefined && moderates(fromWireRole(own.role))) return;
    const { reserved, startMuted } = this.#rules;
    const off = [...reserved, ...startMuted].filter((source) => !this.#publisher.isMuted(source));
    if (off.length > 0) this.#silence(off, undefined);
  }

  #onModerated({ by, what }: WireModerated): void {
    switch (what?.$case) {
      case "silenced":
        this.#silence(fromWireSources(what.value.sources), this.#idOfServer(by));
        break;
      case "asked":
        // There, whoever asks signs it: the server alone asks nobody to show anything.
        if (this.#sealed !== undefined) break;
        this.#events.emit("asked", { sources: fromWireSources(what.value.sources), by });
        break;
      case "removed":
        this.#end(what.value.ban ? "banned" : "removed");
        break;
      case "ended":
        this.#settleJoining(new ConclaveError("ended", "a host ended the meeting"));
        this.#end("ended");
    }
  }

  #silence(sources: readonly SourceKind[], by: ParticipantId | undefined): void {
    for (const source of sources) this.#publisher.setMuted(source, true);
    this.#events.emit("silenced", { sources, by });
  }

  #end(reason: EndReason): void {
    this.#endReason ??= reason;
    this.#link.refuse();
  }

  #onRelay(message: Relay): void {
    // There, who wrote it is what its seal says; the server's word for it is not read.
    if (this.#sealed !== undefined) this.#sealed.onRelay(message);
    else if (message.class !== MessageClass.PROFILE) {
      const { sender, class: kind, payload, to } = message;
      // As in encrypted rooms: to all, or to one.
      if (to.length <= 1) this.#onSaid(sender, kind, payload, to.length === 1);
    } else if (this.#roster instanceof Roster) {
      this.#tellRoster(this.#roster.setProfile(message.sender, message.payload));
    }
  }

  #onSaid(from: ParticipantId, kind: MessageClass, body: Uint8Array, isPrivate: boolean): void {
    if (kind === MessageClass.REACTION) {
      const emoji = decodeReaction(body);
      if (emoji !== undefined) this.#events.emit("reaction", { from, emoji, isLocal: false });
      return;
    }
    const known = messageKindOf(kind);
    if (known === undefined) return;
    const receivedAt = this.#platform.epochMs();
    this.#events.emit("message", { from, kind: known, body, isPrivate, receivedAt });
  }

  #sealedEvents(): SealedRoomEvents {
    return {
      presence: () => ({
        profile: this.#profile,
        upload: this.quality.upload,
        sources: this.#publisher.infos.filter(({ muted }) => !muted).map(({ source }) => source),
        handRaisedAt: this.#handRaisedAt,
      }),
      onRoster: (change) => this.#tellRoster(change),
      onLabels: () => this.#media.refresh(),
      onAudio: () => this.#media.refreshAudio(),
      onLink: (fragment) => this.#events.emit("link", { fragment }),
      onLevels: (levels) => this.#events.emit("levels", levels),
      onSaid: (...said) => this.#onSaid(...said),
      onAsked: (asked) => this.#events.emit("asked", asked),
      onComparison: (comparison) => this.#events.emit("comparison", comparison),
      onEncryption: (encryption) => this.#events.emit("encryption", encryption),
      onOut: (reason) => {
        const code = reason === "not-admitted" ? reason : "protocol";
        this.#fail(new ConclaveError(code, `out of the group: ${reason}`), reason);
      },
    };
  }

  #onError(replyTo: number, code: WireErrorCode, error: ConclaveError): void {
    if (!this.#link.standing) {
      const { code: why } = error;
      this.#fail(error, why === "room-full" || why === "banned" ? why : "refused");
      return;
    }
    const isOffer = this.#media.onRequestRefused(replyTo);
    // Somebody left while a wish or message for them was on its way: nothing is wrong.
    const isRace =
      code === WireErrorCode.UNKNOWN_TRACK || code === WireErrorCode.UNKNOWN_PARTICIPANT;
    if (isOffer || !isRace) this.#events.emit("error", error);
  }

  // ---- Loss and end ----------------------------------------------------------------------------

  #onResumed(): void {
    this.#media.onSignaling(true);
    this.#sealed?.onResumed();
    this.#tellTracks(this.#publisher.states());
    this.#tellProfile();
    this.#layout.resend();
    this.#updateState();
  }

  #onLost(): void {
    this.#media.onSignaling(false);
    this.#updateState();
  }

  #onOfferWanted(mediaFailed: boolean): void {
    // Joining again would find the same network, and come and go before the others' eyes.
    if (mediaFailed && !this.#media.everConnected) this.#onMediaDead("give-up");
    else this.#offerJoin();
  }

  #onMediaDead(why: "rejoin" | "give-up"): void {
    if (why === "rejoin") this.#link.rejoin();
    else this.#fail(new ConclaveError("transport-failed", "no media path"), "transport-failed");
  }

  /** Ends the meeting for a reason that the session does not know. */
  #fail(error: ConclaveError, reason: EndReason): void {
    this.#settleJoining(error);
    this.#end(reason);
  }

  #onSessionEnded(end: SessionEnd): void {
    const reason = this.#endReason ?? REASONS[end];
    this.#stopListening();
    this.#media.close();
    this.#sealed?.close();
    this.#layout.close();
    this.#publisher.close();
    this.#settleJoining(new ConclaveError("server-unreachable", end, true));
    this.#setState("ended", reason);
  }

  #updateState(): void {
    if (this.#state === "ended") return;
    const stands = this.#link.standing && this.#media.connected;
    this.#everConnected ||= stands;
    if (stands) this.#setState("connected");
    else this.#setState(this.#everConnected ? "reconnecting" : "connecting");
  }

  #setState(state: ConnectionState, reason?: EndReason): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#events.emit("state", reason === undefined ? { state } : { state, reason });
  }

  // ---- Telling ---------------------------------------------------------------------------------

  #onLocalChanged(source: SourceKind, state: LocalTrackState | undefined): void {
    if (state !== undefined) this.#tellTracks([state]);
    this.#roster.updateLocal({ tracks: this.#publisher.infos });
    this.#sealed?.onPresenceChanged();
    const muted = this.#publisher.isMuted(source);
    this.#events.emit("local", { source, muted, live: this.#publisher.isLive(source) });
    if (this.localId !== 0) {
      this.#events.emit("roster", { joined: [], left: [], changed: [this.localId] });
    }
  }

  #onQuality(quality: ConnectionQuality): void {
    const { upload } = quality;
    if (this.#roster.participants.get(this.localId)?.upload !== upload) {
      this.#onPresenceChanged({ upload });
    }
    this.#events.emit("quality", quality);
  }

  /** What this client says of itself is another. */
  #onPresenceChanged(change: Parameters<Roster["updateLocal"]>[0]): void {
    this.#roster.updateLocal(change);
    this.#sealed?.onPresenceChanged();
    this.#profileUntold = true;
    this.#tellProfile();
    this.#events.emit("roster", { joined: [], left: [], changed: [this.localId] });
  }

  /** Throws where it cannot be said to that person. */
  #say(kind: MessageClass, payload: Uint8Array<ArrayBuffer>, to?: ParticipantId): void {
    if (this.#sealed !== undefined) this.#sealed.say(kind, payload, to);
    else this.#link.send(relay(kind, payload, to === undefined ? [] : [to]));
  }

  /** While signaling is away nothing is said: everything is told again when it is back. */
  #tellTracks(states: readonly LocalTrackState[]): void {
    if (!this.#link.standing) return;
    for (const value of states) this.#link.send({ $case: "trackState", value });
  }

  #tellProfile(): void {
    if (this.#sealed !== undefined || !this.#profileUntold || !this.#link.standing) return;
    this.#profileUntold = false;
    this.#link.send(relay(MessageClass.PROFILE, this.#encodedProfile(), []));
  }

  #encodedProfile(): Uint8Array<ArrayBuffer> {
    return encodeProfile(this.#profile, this.quality.upload, this.#handRaisedAt);
  }

  #tellRoster(change: RosterChange): void {
    if (isEmptyChange(change)) return;
    this.#events.emit("roster", change);
    this.#media.refresh();
    this.#updateDominantSpeaker();
  }

  #updateDominantSpeaker(): void {
    const participantId = this.#ownerId(this.#dominantTrack);
    if (participantId === this.#dominantSpeaker) return;
    this.#dominantSpeaker = participantId;
    this.#events.emit("dominantSpeaker", { participantId });
  }

  /** In an encrypted room only people whose authenticated voice is played are shown as speaking. */
  #heardId(trackId: TrackId): ParticipantId | undefined {
    const id = this.#ownerId(trackId);
    if (this.#sealed === undefined || id === this.localId) return id;
    return this.remoteMedia.some((media) => media.trackId === trackId) ? id : undefined;
  }

  #serverIdOf(person: ParticipantId): ParticipantId | undefined {
    return this.#roster instanceof Roster ? person : this.#roster.serverIdOf(person);
  }

  /** Who that is here; in an encrypted room only somebody who moderates by the group's word. */
  #idOfServer(id: ParticipantId): ParticipantId | undefined {
    const people = [...this.#roster.participants.values()];
    const person = people.find((one) => this.#serverIdOf(one.id) === id);
    return person !== undefined && moderates(person.role) ? person.id : undefined;
  }

  #ownerId(trackId: TrackId): ParticipantId | undefined {
    return this.#roster.ownerOf(trackId)?.participant.id;
  }
}

const REASONS: Readonly<Record<SessionEnd, EndReason>> = {
  left: "left",
  refused: "refused",
  "server-gone": "server-gone",
  "server-unreachable": "server-gone",
};

function tracksOf({ microphone, camera }: JoinOptions): ReadonlyMap<SourceKind, MediaStreamTrack> {
  const tracks = new Map<SourceKind, MediaStreamTrack>();
  if (microphone !== undefined) tracks.set("microphone", microphone);
  if (camera !== undefined) tracks.set("camera", camera);
  return tracks;
}

function relay(
  kind: MessageClass,
  payload: Uint8Array<ArrayBuffer>,
  to: readonly ParticipantId[],
): ClientBody {
  return { $case: "relay", value: { class: kind, to: [...to], payload } };
}
