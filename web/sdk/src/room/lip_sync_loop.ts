import { BufferFloors } from "../session/buffer_floors.ts";
import { LipSyncPairs, type SlotTarget } from "../session/lip_sync_pairs.ts";
import type { TrackOwner } from "../session/roster.ts";
import type { SlotContent } from "../session/slot_map.ts";
import { jitterBufferMs, type StatsEntry } from "../session/stats.ts";
import type { Media, Platform, Timer } from "./platform.ts";
import type { StatsLook, StatsReader } from "./stats_reader.ts";
import type { TrackId } from "./types.ts";

const SAMPLE_MS = 200;
const SAMPLES = 5;
/** Somebody new: buffers move slowly, so the first correction is not put off. */
const FIRST_SAMPLES = 2;

/**
 * Says what the buffers of the slots are to hold: watches lip sync while somebody's sound and picture
 * are both there.
 */
export class LipSyncLoop {
  readonly #platform: Platform;
  readonly #pairs = new LipSyncPairs();
  readonly #media: Media;
  readonly #stats: StatsReader;
  readonly #floors = new BufferFloors();
  readonly #timer: Timer;
  #samplesLeft = 0;
  #closed = false;

  constructor(platform: Platform, media: Media, stats: StatsReader) {
    this.#platform = platform;
    this.#media = media;
    this.#stats = stats;
    this.#timer = platform.timer(() => void this.#tick());
  }

  /** The slots carry other tracks. */
  onSlots(
    contents: readonly SlotContent[],
    ownerOf: (trackId: TrackId) => TrackOwner | undefined,
  ): void {
    this.#apply(this.#floors.update(contents, ownerOf));
    this.#apply(this.#floors.want(this.#pairs.update(contents, ownerOf)));
    if (this.#samplesLeft === 0 && !this.#pairs.isEmpty && !this.#closed) {
      this.#start(FIRST_SAMPLES);
    }
  }

  close(): void {
    this.#closed = true;
    this.#timer.schedule(Number.POSITIVE_INFINITY);
  }

  #start(samples: number): void {
    this.#samplesLeft = samples;
    this.#timer.schedule(this.#platform.nowMs() + SAMPLE_MS);
  }

  async #tick(): Promise<void> {
    this.#pairs.sample((mid) => this.#media.presented(mid));
    if (this.#samplesLeft > 1) return this.#start(this.#samplesLeft - 1);
    // Without a report there is nothing to decide from; the next second has another.
    const look = await this.#stats.look().catch(() => undefined);
    this.#samplesLeft = 0;
    if (this.#closed || this.#pairs.isEmpty) return;
    if (look !== undefined) {
      this.#apply(this.#floors.want(this.#pairs.evaluate((mid) => bufferMsOf(look, mid))));
    }
    this.#start(SAMPLES);
  }

  #apply(targets: readonly SlotTarget[]): void {
    for (const { mid, targetMs } of targets) this.#media.setBufferTarget(mid, targetMs);
  }
}

function bufferMsOf(look: StatsLook, mid: string): number | undefined {
  const entry = [...look.now.values()].find((one) => isInboundOf(one, mid));
  if (entry === undefined) return undefined;
  const bufferMs = jitterBufferMs(entry, look.before?.get(entry.id));
  return bufferMs > 0 ? bufferMs : undefined;
}

function isInboundOf(entry: StatsEntry, mid: string): boolean {
  return entry.type === "inbound-rtp" && entry["mid"] === mid;
}
