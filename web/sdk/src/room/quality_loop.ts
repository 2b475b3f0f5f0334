import { FreezeWatch, type ShownPicture } from "../session/freeze_watch.ts";
import type { ArrivingTrack, UploadLook } from "../session/quality.ts";
import type { QualityWatch } from "../session/quality_watch.ts";
import type { TrackOwner } from "../session/roster.ts";
import type { SlotContent } from "../session/slot_map.ts";
import { type StatsReport, shapeStats } from "../session/stats.ts";
import type { Platform, Timer } from "./platform.ts";
import type { StatsLook, StatsReader } from "./stats_reader.ts";
import type { ParticipantId, QualityLevel, RoomStats, SourceKind, TrackId } from "./types.ts";

const LOOK_MS = 500;
/**
 * Lip sync needs its looks at its own time, once a second; this only reads them along, and looks by
 * itself while there is nobody to keep in step.
 */
const AGE_MS_MAX = 1_400;
/** A browser's own estimate starts low: until it had time to grow, it says nothing of the network. */
const WARM_UP_MS = 10_000;

export interface QualityLoopOptions {
  readonly contents: () => readonly SlotContent[];
  readonly ownerOf: (trackId: TrackId) => TrackOwner | undefined;
  readonly sourceOfMid: (mid: string) => SourceKind | undefined;
  readonly weakUploads: () => ReadonlyMap<ParticipantId, QualityLevel>;
  /** Whether the processor limits what is encoded. */
  readonly onEncoders: (nowMs: number, limited: boolean) => void;
  readonly onChanged: () => void;
}

function isLate({ active, limitedBy }: RoomStats["outbound"][number]): boolean {
  return active && limitedBy === "cpu";
}

/** Looks at the statistics of one connection every second or so: freezes, and how well it does. */
export class QualityLoop {
  readonly #platform: Platform;
  readonly #watch: QualityWatch;
  readonly #stats: StatsReader;
  readonly #options: QualityLoopOptions;
  readonly #freezes = new FreezeWatch();
  readonly #timer: Timer;
  #connectedAtMs: number | undefined;
  #seen: StatsLook | undefined;
  #closed = false;

  constructor(
    platform: Platform,
    watch: QualityWatch,
    stats: StatsReader,
    options: QualityLoopOptions,
  ) {
    this.#platform = platform;
    this.#watch = watch;
    this.#stats = stats;
    this.#options = options;
    this.#timer = platform.timer(() => void this.#tick());
  }

  /** Media flows: there is something to look at. */
  start(): void {
    if (this.#closed || this.#connectedAtMs !== undefined) return;
    this.#connectedAtMs = this.#platform.nowMs();
    this.#schedule();
  }

  close(): void {
    this.#closed = true;
    this.#timer.schedule(Number.POSITIVE_INFINITY);
  }

  shape(now: StatsReport, before: StatsReport | undefined): RoomStats {
    return shapeStats(now, before, {
      inbound: (mid) => this.#sourceOf(mid),
      outbound: (mid) => this.#options.sourceOfMid(mid),
      isFrozen: (mid) => this.#freezes.isFrozen(mid),
    });
  }

  async #tick(): Promise<void> {
    // Without a report there is nothing to see; the next second has another.
    const look = await this.#stats.look(AGE_MS_MAX).catch(() => undefined);
    if (this.#closed) return;
    if (look?.before !== undefined && look !== this.#seen) this.#see(look);
    this.#seen = look;
    this.#schedule();
  }

  #see({ now, before, atMs: nowMs }: StatsLook): void {
    this.#freezes.look(nowMs, this.#pictures(now));
    const stats = this.shape(now, before);
    const upload = this.#upload(nowMs, stats);
    this.#options.onEncoders(nowMs, stats.outbound.some(isLate));
    const weak = this.#options.weakUploads();
    if (this.#watch.update(nowMs, upload, this.#arriving(stats), weak)) this.#options.onChanged();
  }

  #pictures(report: StatsReport): ShownPicture[] {
    const frames = new Map<unknown, unknown>();
    for (const entry of report.values()) {
      if (entry.type === "inbound-rtp") frames.set(entry["mid"], entry["framesDecoded"]);
    }
    return this.#options.contents().flatMap(({ slot: { mid, kind }, trackId, paused }) => {
      const owner = this.#options.ownerOf(trackId);
      const framesDecoded = frames.get(mid);
      if (kind !== "video" || owner === undefined || typeof framesDecoded !== "number") return [];
      const { track, participant } = owner;
      // A screen that is read has no next frame.
      const isStill = track.source !== "camera" || track.muted || participant.away;
      return [{ mid, trackId, framesDecoded, mayStandStill: paused || isStill }];
    });
  }

  #upload(nowMs: number, { outbound, roundTripMs, availableOutgoingKbps }: RoomStats): UploadLook {
    const sent = outbound.filter(({ active, kbps }) => active && kbps > 0);
    const losses = sent.flatMap(({ lossRatio }) => lossRatio ?? []);
    const warm = nowMs >= (this.#connectedAtMs ?? nowMs) + WARM_UP_MS;
    return {
      lossRatio: losses.length > 0 ? Math.max(...losses) : undefined,
      roundTripMs,
      heldBack: warm && sent.some(({ limitedBy }) => limitedBy === "bandwidth"),
      availableKbps: availableOutgoingKbps,
    };
  }

  #arriving({ inbound }: RoomStats): ArrivingTrack[] {
    return this.#options.contents().flatMap(({ trackId, pauseReason }) => {
      const owner = this.#options.ownerOf(trackId);
      if (owner === undefined || owner.participant.away) return [];
      const stats = inbound.find((one) => one.trackId === trackId);
      return {
        ...{ trackId, participantId: owner.participant.id },
        lossRatio: stats?.lossRatio ?? 0,
        concealedRatio: stats?.concealedRatio ?? 0,
        frozen: stats?.frozen ?? false,
        leftOut: pauseReason === "lack-of-rate",
      };
    });
  }

  #sourceOf(mid: string): { trackId: TrackId; source: SourceKind } | undefined {
    const content = this.#options.contents().find(({ slot }) => slot.mid === mid);
    const owner = content === undefined ? undefined : this.#options.ownerOf(content.trackId);
    return owner === undefined
      ? undefined
      : { trackId: owner.track.id, source: owner.track.source };
  }

  #schedule(): void {
    this.#timer.schedule(this.#platform.nowMs() + LOOK_MS);
  }
}
