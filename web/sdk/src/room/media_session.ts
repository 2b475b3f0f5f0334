import type {
  Answer,
  ClientBody,
  CommonCodecs,
  Joined,
  SlotMapDelta,
  WantedLayers,
} from "../protocol/index.ts";
import { QualityWatch } from "../session/quality_watch.ts";
import { isSameMedia, remoteMediaOf } from "../session/remote_media.ts";
import type { TrackOwner } from "../session/roster.ts";
import { videoSlotsFor } from "../session/slot_demand.ts";
import { SlotMap } from "../session/slot_map.ts";
import { SOURCES } from "../session/sources.ts";
import { shapeStats } from "../session/stats.ts";
import { CodecChoice } from "./codec_choice.ts";
import { LipSync } from "./lip_sync.ts";
import { MediaLife } from "./media_life.ts";
import type { AudioOutput, Platform } from "./platform.ts";
import { QualityLoop } from "./quality_loop.ts";
import { StatsReader } from "./stats_reader.ts";
import {
  ConclaveError,
  type ConnectionQuality,
  type ParticipantId,
  type QualityLevel,
  type RemoteMedia,
  type RoomStats,
  type SourceKind,
  type TrackId,
  type VideoCodecName,
} from "./types.ts";

export interface MediaSessionOptions {
  readonly tracks: () => ReadonlyMap<SourceKind, MediaStreamTrack>;
  /** Undefined: the best that everybody decodes. */
  readonly videoCodec: VideoCodecName | undefined;
  readonly isMuted: (source: SourceKind) => boolean;
  readonly ownerOf: (trackId: TrackId) => TrackOwner | undefined;
  /** What holds of the server's word about the slots, and what comes another way. */
  readonly presented: (media: readonly RemoteMedia[]) => readonly RemoteMedia[];
  /** Who says that their own upload is not good. */
  readonly weakUploads: () => ReadonlyMap<ParticipantId, QualityLevel>;
  readonly request: (body: ClientBody) => number;
  /** The processor cannot keep up, and nothing is left that can be given up without asking. */
  readonly onOverloaded: () => void;
  readonly onQuality: (quality: ConnectionQuality) => void;
  readonly onMedia: (media: readonly RemoteMedia[]) => void;
  readonly onState: () => void;
  readonly onDead: (why: "rejoin" | "give-up") => void;
  readonly onError: (error: ConclaveError) => void;
}

interface Life {
  readonly connection: MediaLife;
  readonly stats: StatsReader;
  readonly lipSync: LipSync;
  readonly quality: QualityLoop;
}

/** The media side of a room over all its connections: slots, what they carry, sound, statistics. */
export class MediaSession {
  readonly #platform: Platform;
  readonly #options: MediaSessionOptions;
  readonly #slots = new SlotMap();
  readonly #quality = new QualityWatch();
  readonly #codecs: CodecChoice;
  readonly #audio: AudioOutput;
  #audioStarted = false;
  #life: Life | undefined;
  #videoSlots = videoSlotsFor(0, 0);
  #everConnected = false;
  #remoteMedia: readonly RemoteMedia[] = [];

  constructor(platform: Platform, options: MediaSessionOptions) {
    this.#platform = platform;
    this.#options = options;
    this.#codecs = new CodecChoice({
      facts: () => platform.publisherFacts(),
      forced: options.videoCodec,
      tracks: options.tracks,
      apply: (source, plan) => this.#life?.connection.media.setPlan(source, plan),
      onOverloaded: options.onOverloaded,
    });
    this.#audio = platform.createAudioOutput();
  }

  get remoteMedia(): readonly RemoteMedia[] {
    return this.#remoteMedia;
  }
  get quality(): ConnectionQuality {
    return this.#quality.quality;
  }
  get connected(): boolean {
    return this.#life?.connection.connected ?? false;
  }

  /** Whether any connection of this meeting had media. */
  get everConnected(): boolean {
    return this.#everConnected;
  }

  /** Begins a new connection, in place of the present one. Undefined if it was replaced meanwhile. */
  async begin(): Promise<Awaited<ReturnType<MediaLife["firstOffer"]>> | undefined> {
    this.#endLife();
    const life = this.#newLife();
    this.#life = life;
    const offer = await life.connection.firstOffer();
    return this.#life === life ? offer : undefined;
  }

  async onJoined({ answerDeflated, slots, commonCodecs }: Joined): Promise<void> {
    const life = this.#life;
    this.#slots.clear();
    this.#slots.setSlots(slots);
    this.refresh();
    this.onCommonCodecs(commonCodecs);
    await life?.connection.acceptFirst(answerDeflated);
    if (life === this.#life && this.#audioStarted) await this.startAudio();
  }

  async onAnswer(replyTo: number, answer: Answer): Promise<void> {
    const life = this.#life;
    if (life === undefined || !life.connection.expects(replyTo)) return;
    this.#slots.setSlots(answer.slots);
    try {
      await life.connection.onAnswer(answer);
    } catch (error) {
      if (life === this.#life) this.#options.onDead("rejoin");
      this.#options.onError(new ConclaveError("protocol", `answer: ${String(error)}`));
    }
    this.refresh();
  }

  /** Whether the error was about an offer of this connection. */
  onRequestRefused(replyTo: number): boolean {
    const connection = this.#life?.connection;
    if (connection === undefined || !connection.expects(replyTo)) return false;
    connection.onOfferRefused().catch(() => this.#options.onDead("rejoin"));
    return true;
  }

  onSlots(delta: SlotMapDelta): void {
    this.#slots.apply(delta);
    this.refresh();
  }

  /** The server starts its account anew; see SlotMap. What is watched it will say again. */
  onReset(): void {
    this.#slots.expectFullMap();
    for (const source of SOURCES) this.#life?.connection.media.setWanted(source, undefined);
  }

  onWanted({ tracks }: WantedLayers, sourceOf: (trackId: TrackId) => SourceKind | undefined): void {
    for (const { track, encodings, heightPx } of tracks) {
      const source = sourceOf(track);
      if (source === undefined) continue;
      this.#life?.connection.media.setWanted(source, { encodings, heightPx });
    }
  }

  /** Undefined, from servers of before: nothing is known of the others. */
  onCommonCodecs(codecs: CommonCodecs | undefined): void {
    this.#codecs.setCommon(codecs?.video ?? []);
  }

  onSignaling(up: boolean): void {
    this.#life?.connection.onSignaling(up);
  }

  /** What the slots carry, seen with the present roster. */
  refresh(): void {
    const life = this.#life;
    if (life === undefined) return;
    const { ownerOf } = this.#options;
    const { contents } = this.#slots;
    life.lipSync.onSlots(contents, ownerOf);
    const trackOf = (mid: string) => life.connection.media.slotTrack(mid);
    const media = this.#options.presented(remoteMediaOf(contents, ownerOf, trackOf));
    if (isSameMedia(media, this.#remoteMedia)) return;
    this.#remoteMedia = media;
    this.#audio.name(new Map(media.map((one) => [one.mediaTrack, one])));
    this.#options.onMedia(media);
  }

  wantVideoSlots(visible: number): void {
    this.#videoSlots = videoSlotsFor(visible, this.#videoSlots);
    this.#life?.connection.wantVideoSlots(this.#videoSlots);
  }

  async replaceTrack(source: SourceKind, track: MediaStreamTrack | undefined): Promise<void> {
    this.#codecs.apply();
    await this.#life?.connection.media.replaceTrack(source, track);
  }

  async startAudio(): Promise<void> {
    this.#audioStarted = true;
    try {
      await this.#audio.play(this.#life?.connection.media.audioTracks() ?? []);
    } catch (error) {
      if (!(error instanceof ConclaveError)) throw error;
      this.#options.onError(error);
    }
  }

  /** There are other tracks to play. */
  refreshAudio(): void {
    if (this.#audioStarted) void this.startAudio();
  }

  setAudioOutput(deviceId: string): Promise<void> {
    return this.#audio.setDevice(deviceId);
  }

  setVolume(person: ParticipantId, volume: number): void {
    this.#audio.setVolume(person, volume);
  }

  async stats(): Promise<RoomStats> {
    const life = this.#life;
    if (life === undefined) return shapeStats(new Map(), undefined, NO_NAMES);
    const { now, before } = await life.stats.look();
    return life.quality.shape(now, before);
  }

  close(): void {
    this.#endLife();
    this.#audio.close();
    this.#remoteMedia = [];
  }

  #newLife(): Life {
    const { isMuted, request, videoCodec } = this.#options;
    const connection: MediaLife = new MediaLife(this.#platform, {
      tracks: this.#options.tracks(),
      videoSlots: this.#videoSlots,
      everConnected: this.#everConnected,
      isMuted,
      request,
      // Everybody encodes and decodes VP8.
      videoCodec: videoCodec ?? "vp8",
      onState: () => this.#onState(),
      onDead: (why) => this.#options.onDead(why),
    });
    const nowMs = () => this.#platform.nowMs();
    const stats = new StatsReader(() => connection.media.stats(), nowMs);
    const lipSync = new LipSync(this.#platform, connection.media, stats);
    const quality = new QualityLoop(this.#platform, this.#quality, stats, {
      contents: () => this.#slots.contents,
      ownerOf: this.#options.ownerOf,
      sourceOfMid: (mid) => connection.media.sourceOfMid(mid),
      weakUploads: this.#options.weakUploads,
      onEncoders: (atMs, limited) => this.#codecs.look(atMs, limited),
      onChanged: () => this.#options.onQuality(this.quality),
    });
    return { connection, stats, lipSync, quality };
  }

  #endLife(): void {
    this.#life?.lipSync.close();
    this.#life?.quality.close();
    this.#life?.connection.close();
    this.#life = undefined;
  }

  #onState(): void {
    this.#everConnected ||= this.connected;
    if (this.connected) this.#life?.quality.start();
    this.#options.onState();
  }
}

const NO_NAMES = { inbound: () => undefined, outbound: () => undefined };
