import type { LipSyncPairs, SlotReading, SlotTarget } from "../session/lip_sync_pairs.ts";
import { jitterBufferMs, type StatsEntry } from "../session/stats.ts";
import type { Media, Platform, Timer } from "./platform.ts";
import type { StatsLook, StatsReader } from "./stats_reader.ts";

const INTERVAL_MS = 1_000;

/** Evaluates lip sync each second while somebody's sound and picture are both there. */
export class LipSyncLoop {
  readonly #platform: Platform;
  readonly #pairs: LipSyncPairs;
  readonly #media: Media;
  readonly #stats: StatsReader;
  readonly #timer: Timer;
  #scheduled = false;
  #closed = false;

  constructor(platform: Platform, pairs: LipSyncPairs, media: Media, stats: StatsReader) {
    this.#platform = platform;
    this.#pairs = pairs;
    this.#media = media;
    this.#stats = stats;
    this.#timer = platform.timer(() => void this.#evaluate());
  }

  /** The pairs changed; `released` are the slots that no longer belong to one. */
  onPairs(released: readonly SlotTarget[]): void {
    this.#apply(released);
    if (!this.#scheduled && !this.#pairs.isEmpty && !this.#closed) this.#schedule();
  }

  close(): void {
    this.#closed = true;
    this.#timer.schedule(Number.POSITIVE_INFINITY);
  }

  #schedule(): void {
    this.#scheduled = true;
    this.#timer.schedule(this.#platform.nowMs() + INTERVAL_MS);
  }

  async #evaluate(): Promise<void> {
    this.#scheduled = false;
    // Without a report there is nothing to decide from; the next second has another.
    const look = await this.#stats.look().catch(() => undefined);
    if (this.#closed || this.#pairs.isEmpty) return;
    if (look !== undefined) this.#apply(this.#pairs.evaluate((mid) => this.#read(look, mid)));
    this.#schedule();
  }

  #read(look: StatsLook, mid: string): SlotReading | undefined {
    const presented = this.#media.presented(mid);
    const entry = [...look.now.values()].find((one) => isInboundOf(one, mid));
    if (presented === undefined || entry === undefined) return undefined;
    const bufferMs = jitterBufferMs(entry, look.before?.get(entry.id));
    return bufferMs > 0 ? { presented, bufferMs } : undefined;
  }

  #apply(targets: readonly SlotTarget[]): void {
    for (const { mid, targetMs } of targets) this.#media.setBufferTarget(mid, targetMs);
  }
}

function isInboundOf(entry: StatsEntry, mid: string): boolean {
  return entry.type === "inbound-rtp" && entry["mid"] === mid;
}
