import { type ChatWord, encodeChat } from "../messages/chat.ts";
import { Emitter } from "../room/emitter.ts";
import type {
  Breakouts,
  Comparison,
  ConclaveError,
  ConnectionQuality,
  ConnectionState,
  Encryption,
  EndReason,
  MessageKind,
  Moderation,
  ParticipantId,
  ParticipantInfo,
  PauseReason,
  Profile,
  RemoteMedia,
  Role,
  Room,
  RoomEvents,
  RoomRules,
  RoomStats,
  SourceKind,
  TrackId,
  TrackInfo,
  TrackWish,
  WaitingPerson,
} from "../room/types.ts";
import { ALL_GOOD } from "../session/quality_watch.ts";
import { NO_RULES } from "../session/room_rules.ts";

export interface FakeRoomOptions {
  readonly displayName?: string;
  readonly state?: ConnectionState;
  /** By default the room is not encrypted end to end. */
  readonly encryption?: Encryption;
  /** Of this client; by default a host. */
  readonly role?: Role;
  /** Milliseconds since the epoch; by default a clock that stands at 0. */
  readonly now?: () => number;
  /** Of this client, where several such rooms are one meeting. */
  readonly wireId?: string;
}

export interface SentMessage {
  readonly kind: MessageKind;
  readonly body: Uint8Array<ArrayBuffer>;
  /** Undefined: to all. */
  readonly to: ParticipantId | undefined;
}

const NO_STATS: RoomStats = {
  roundTripMs: undefined,
  server: undefined,
  availableOutgoingKbps: undefined,
  inbound: [],
  outbound: [],
};

/**
 * A room without a server, for tests of what is built on the SDK: a script plays the other people,
 * and what the client asked for can be read back. Events come synchronously.
 */
export class FakeRoom implements Room {
  isAddressPrivate = false;
  readonly localId: ParticipantId;

  /** Everything that the client said, newest last. */
  readonly layouts: (readonly TrackWish[])[] = [];
  readonly sent: SentMessage[] = [];
  readonly published = new Map<SourceKind, MediaStreamTrack>();
  readonly reactions: string[] = [];
  readonly acts: Moderation[] = [];
  readonly compared: { readonly person: ParticipantId; readonly act: string }[] = [];
  fileBytesMax = 5 * 1024 * 1024;
  audioStarted = false;
  audioOutput = "";
  stats: RoomStats = NO_STATS;

  readonly #events = new Emitter<RoomEvents>();
  readonly #now: () => number;
  readonly #participants = new Map<ParticipantId, ParticipantInfo>();
  readonly #muted = new Set<SourceKind>();
  #media: readonly RemoteMedia[] = [];
  #dominantSpeaker: ParticipantId | undefined;
  #quality = ALL_GOOD;
  #state: ConnectionState;
  #encryption: Encryption | undefined;
  #rules = NO_RULES;
  #breakouts: Breakouts | undefined;
  #lobby: readonly WaitingPerson[] = [];
  #nextId = 1;
  #chats = 0;

  constructor(options: FakeRoomOptions = {}) {
    this.#now = options.now ?? (() => 0);
    this.#encryption = options.encryption;
    this.#state = options.state ?? "connected";
    this.localId = this.#newId();
    this.#put({
      id: this.localId,
      wireId: options.wireId ?? `w${this.localId}`,
      profile: { displayName: options.displayName ?? "" },
      tracks: [],
      away: false,
      isLocal: true,
      role: options.role ?? "host",
      upload: "good",
      handRaisedAt: undefined,
    });
  }

  // ---- Room ----------------------------------------------------------------------------------

  get state(): ConnectionState {
    return this.#state;
  }
  get participants(): ReadonlyMap<ParticipantId, ParticipantInfo> {
    return this.#participants;
  }
  get remoteMedia(): readonly RemoteMedia[] {
    return this.#media;
  }
  get dominantSpeaker(): ParticipantId | undefined {
    return this.#dominantSpeaker;
  }

  get quality(): ConnectionQuality {
    return this.#quality;
  }
  get rules(): RoomRules {
    return this.#rules;
  }
  get breakouts(): Breakouts | undefined {
    return this.#breakouts;
  }
  get lobby(): readonly WaitingPerson[] {
    return this.#lobby;
  }
  get encryption(): Encryption | undefined {
    return this.#encryption;
  }

  on<K extends keyof RoomEvents>(event: K, listener: (payload: RoomEvents[K]) => void): () => void {
    return this.#events.on(event, listener);
  }

  async publish(source: SourceKind, track: MediaStreamTrack | undefined): Promise<void> {
    if (track === undefined) this.published.delete(source);
    else this.published.set(source, track);
    this.#updateLocal(source);
  }

  setMuted(source: SourceKind, muted: boolean): void {
    if (muted) this.#muted.add(source);
    else this.#muted.delete(source);
    this.#updateLocal(source);
  }

  isMuted(source: SourceKind): boolean {
    return this.#muted.has(source) || !this.published.has(source);
  }

  setLayout(wishes: readonly TrackWish[]): void {
    this.layouts.push(wishes);
  }

  send(kind: MessageKind, body: Uint8Array<ArrayBuffer>, to?: ParticipantId): void {
    this.sent.push({ kind, body, to });
  }

  setProfile(profile: Profile): void {
    this.update(this.localId, { profile });
  }

  setHandRaised(raised: boolean): void {
    this.update(this.localId, { handRaisedAt: raised ? this.#now() : undefined });
  }

  recording = false;

  setRecording(active: boolean): void {
    this.recording = active;
  }

  react(emoji: string): void {
    this.reactions.push(emoji);
    this.receiveReaction(this.localId, emoji);
  }

  async roomCode(): Promise<string> {
    return "01234 56789 98765 43210 31415 92653";
  }

  compare(person: ParticipantId, act: "begin" | "accept" | "stop"): void {
    this.compared.push({ person, act });
  }

  setAddressPrivate(isPrivate: boolean): void {
    this.isAddressPrivate = isPrivate;
  }
  /** Does what the server would, and tells nobody else. */
  moderate(act: Moderation): void {
    this.acts.push(act);
    if (act.type === "give-role") this.update(act.person, { role: act.role });
    if (act.type === "remove") this.removeParticipant(act.person);
    if (act.type === "set-rules") this.setRules(act.rules);
    if (act.type === "lift-bans") this.setRules({ banned: 0 });
    if (act.type === "set-passcode") this.setRules({ passcode: act.passcode !== "" });
    if (act.type === "admit" || act.type === "deny") {
      const { waiting } = act;
      this.setLobby(
        waiting === "all" ? [] : this.#lobby.filter(({ number }) => !waiting.includes(number)),
      );
    }
    this.#divide(act);
    if (act.type === "end") this.setState("ended", "ended");
    if (act.type === "silence" && act.person !== undefined) this.#silence(act.person, act.sources);
    const locked = act.type === "set-rules" ? act.rules.locked : undefined;
    if (this.#encryption !== undefined && locked !== undefined) {
      this.setEncryption({ ...this.#encryption, locked });
    }
  }

  goToBreakout(breakout: number): void {
    this.update(this.localId, { breakout: breakout === 0 ? undefined : breakout });
  }

  askForHelp(wanted: boolean): void {
    this.update(this.localId, { wantsHelp: wanted ? true : undefined });
  }

  sayToWaiting(number: number, text: string): void {
    this.#events.emit("lobbyWord", { number, text, fromHost: true });
  }

  async startAudio(): Promise<void> {
    this.audioStarted = true;
  }

  async setAudioOutput(deviceId: string): Promise<void> {
    this.audioOutput = deviceId;
  }

  readonly volumes = new Map<ParticipantId, number>();

  setVolume(person: ParticipantId, volume: number): void {
    this.volumes.set(person, volume);
  }

  async getStats(): Promise<RoomStats> {
    return this.stats;
  }

  async leave(): Promise<void> {
    this.setState("ended", "left");
  }

  // ---- The script ----------------------------------------------------------------------------

  /** Somebody joins, with these sources unmuted. */
  addParticipant(
    displayName: string,
    sources: readonly SourceKind[] = [],
    lastingKey?: string,
    wireId?: string,
  ): ParticipantInfo {
    const tracks = sources.map((source) => ({ id: this.#newId(), source, muted: false }));
    const id = this.#newId();
    const person = {
      ...{ id, wireId: wireId ?? `w${id}`, profile: { displayName }, tracks },
      ...{ away: false, isLocal: false, lastingKey },
    } as const;
    const rest = { role: "participant", upload: "good", handRaisedAt: undefined } as const;
    const added: ParticipantInfo = { ...person, ...rest };
    this.#put(added);
    this.#events.emit("roster", { joined: [id], left: [], changed: [] });
    return added;
  }

  removeParticipant(id: ParticipantId): void {
    this.#participants.delete(id);
    this.#setMedia(this.#media.filter((media) => media.participantId !== id));
    this.#events.emit("roster", { joined: [], left: [id], changed: [] });
  }

  /** Changes a participant: its profile, tracks or whether it is away. */
  update(
    id: ParticipantId,
    change: Partial<Omit<ParticipantInfo, "id" | "wireId" | "isLocal">>,
  ): void {
    this.#put({ ...this.#get(id), ...change });
    this.#events.emit("roster", { joined: [], left: [], changed: [id] });
  }

  setBreakouts(breakouts: Breakouts | undefined): void {
    this.#breakouts = breakouts;
    this.#events.emit("breakouts", { breakouts });
  }

  /** Into breakout rooms, or back to the main room (0): all at once, as the server tells it. */
  place(places: Iterable<readonly [person: ParticipantId, breakout: number]>): void {
    const changed: ParticipantId[] = [];
    for (const [id, breakout] of places) {
      this.#put({ ...this.#get(id), breakout: breakout === 0 ? undefined : breakout });
      changed.push(id);
    }
    this.#events.emit("roster", { joined: [], left: [], changed });
  }

  #divide(act: Moderation): void {
    if (act.type === "open-breakouts") {
      const { names, choose, mayReturn, seconds } = act;
      const endsAt = seconds === undefined ? undefined : this.#now() + seconds * 1000;
      this.setBreakouts({ names, choose, mayReturn, endsAt });
    }
    if (act.type === "open-breakouts" || act.type === "move") {
      this.place(act.places);
    }
    if (act.type === "extend-breakouts" && this.#breakouts !== undefined) {
      const { seconds } = act;
      const endsAt = seconds === undefined ? undefined : this.#now() + seconds * 1000;
      this.setBreakouts({ ...this.#breakouts, endsAt });
    }
    if (act.type === "close-breakouts") {
      this.place([...this.#participants.keys()].map((id) => [id, 0]));
      this.setBreakouts(undefined);
    }
  }

  setTrackMuted(trackId: TrackId, muted: boolean): void {
    const { owner } = this.#find(trackId);
    const tracks = owner.tracks.map((track) =>
      track.id === trackId ? { ...track, muted } : track,
    );
    this.update(owner.id, { tracks });
  }

  /** A slot carries this track from now on. */
  showMedia(
    trackId: TrackId,
    mediaTrack: MediaStreamTrack,
    paused = false,
    firstRtpTimestamp?: number,
    pauseReason: PauseReason | undefined = paused ? "not-wanted" : undefined,
  ): void {
    const { owner, track } = this.#find(trackId);
    const others = this.#media.filter((media) => media.trackId !== trackId);
    const added = {
      ...{ trackId, participantId: owner.id, source: track.source },
      ...{ mediaTrack, paused, pauseReason, firstRtpTimestamp },
    };
    this.#setMedia([...others, added]);
  }

  hideMedia(trackId: TrackId): void {
    this.#setMedia(this.#media.filter((media) => media.trackId !== trackId));
  }

  receive(from: ParticipantId, kind: MessageKind, body: Uint8Array, isPrivate = false): void {
    const receivedAt = this.#now();
    this.#events.emit("message", { from, kind, body, isPrivate, receivedAt });
  }

  receiveWord(from: ParticipantId, word: ChatWord, isPrivate = false): void {
    this.receive(from, "chat", encodeChat(word), isPrivate);
  }

  /** Somebody writes; returns the message's id. */
  receiveChat(from: ParticipantId, text: string, replyTo?: string, isPrivate = false): string {
    const id = `fake${String(this.#chats++).padStart(12, "0")}`;
    this.receiveWord(from, { type: "say", id, text, replyTo }, isPrivate);
    return id;
  }

  receiveReaction(from: ParticipantId, emoji: string): void {
    this.#events.emit("reaction", { from, emoji, isLocal: from === this.localId });
  }

  setEncryption(encryption: Encryption): void {
    this.#encryption = encryption;
    this.#events.emit("encryption", encryption);
  }

  stepComparison(participant: ParticipantId, step: Comparison["step"]): void {
    this.#events.emit("comparison", { participant, step });
  }

  replaceLink(fragment: string): void {
    this.#events.emit("link", { fragment });
  }

  setRules(rules: Partial<RoomRules>): void {
    this.#rules = { ...this.#rules, ...rules };
    this.#events.emit("rules", this.#rules);
  }

  setLobby(people: readonly WaitingPerson[]): void {
    this.#lobby = people;
    this.#events.emit("lobby", people);
  }
  /** Who waits says something. */
  receiveLobbyWord(number: number, text: string): void {
    this.#events.emit("lobbyWord", { number, text, fromHost: false });
  }

  /** Somebody turns this client's sources off. */
  silence(sources: readonly SourceKind[], by?: ParticipantId): void {
    for (const source of sources) this.setMuted(source, true);
    this.#events.emit("silenced", { sources, by });
  }

  ask(sources: readonly SourceKind[], by: ParticipantId): void {
    this.#events.emit("asked", { sources, by });
  }

  setDominantSpeaker(participantId: ParticipantId | undefined): void {
    this.#dominantSpeaker = participantId;
    this.#events.emit("dominantSpeaker", { participantId });
  }

  setLevels(levels: ReadonlyMap<ParticipantId, number>): void {
    this.#events.emit("levels", levels);
  }

  /** Encoding is too much for the processor. */
  overload(): void {
    this.#events.emit("overloaded", undefined);
  }

  /** What is not named is as good as can be. */
  setQuality(quality: Partial<ConnectionQuality>): void {
    this.#quality = { ...ALL_GOOD, ...quality };
    this.#events.emit("quality", this.#quality);
  }

  setState(state: ConnectionState, reason?: EndReason): void {
    this.#state = state;
    this.#events.emit("state", reason === undefined ? { state } : { state, reason });
  }

  fail(error: ConclaveError): void {
    this.#events.emit("error", error);
  }

  #silence(person: ParticipantId, sources: readonly SourceKind[]): void {
    const muted = (track: TrackInfo) => track.muted || sources.includes(track.source);
    const tracks = this.#get(person).tracks.map((track) => ({ ...track, muted: muted(track) }));
    this.update(person, { tracks });
  }

  #newId(): number {
    return this.#nextId++;
  }

  #put(participant: ParticipantInfo): void {
    this.#participants.set(participant.id, participant);
  }

  #get(id: ParticipantId): ParticipantInfo {
    const participant = this.#participants.get(id);
    if (participant === undefined) throw new Error(`no participant ${id} in this script`);
    return participant;
  }

  #find(trackId: TrackId): { owner: ParticipantInfo; track: TrackInfo } {
    for (const owner of this.#participants.values()) {
      const track = owner.tracks.find((candidate) => candidate.id === trackId);
      if (track !== undefined) return { owner, track };
    }
    throw new Error(`no track ${trackId} in this script`);
  }

  #setMedia(media: readonly RemoteMedia[]): void {
    this.#media = media;
    this.#events.emit("media", { remoteMedia: media });
  }

  #updateLocal(source: SourceKind): void {
    const live = this.published.has(source);
    const muted = this.isMuted(source);
    const local = this.#get(this.localId);
    const existing = local.tracks.find((track) => track.source === source);
    const track = { id: existing?.id ?? this.#newId(), source, muted };
    const tracks = [...local.tracks.filter((other) => other.source !== source), track];
    this.update(this.localId, { tracks });
    this.#events.emit("local", { source, muted, live });
  }
}
