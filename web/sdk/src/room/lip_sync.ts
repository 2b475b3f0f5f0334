import type { TrackOwner } from "../session/roster.ts";
import type { SlotContent } from "../session/slot_map.ts";
import type { LipSyncLoop } from "./lip_sync_loop.ts";
import type { Media, Platform } from "./platform.ts";
import type { StatsReader } from "./stats_reader.ts";
import type { TrackId } from "./types.ts";

type OwnerOf = (trackId: TrackId) => TrackOwner | undefined;

/** Stands for the loop, whose code is loaded when the slots carry somebody: a meeting begins without it. */
export class LipSync {
  readonly #load: () => Promise<LipSyncLoop>;
  #loop: LipSyncLoop | undefined;
  #isLoading = false;
  #isClosed = false;
  #last: [readonly SlotContent[], OwnerOf] | undefined;

  constructor(platform: Platform, media: Media, stats: StatsReader) {
    this.#load = async () =>
      new (await import("./lip_sync_loop.ts")).LipSyncLoop(platform, media, stats);
  }

  /** The slots carry other tracks. */
  onSlots(contents: readonly SlotContent[], ownerOf: OwnerOf): void {
    this.#last = [contents, ownerOf];
    if (this.#loop !== undefined) this.#loop.onSlots(contents, ownerOf);
    // What could not be loaded is tried again with the next change; meanwhile browsers do what they do.
    else if (contents.length > 0) this.#begin().catch(() => undefined);
  }

  close(): void {
    this.#isClosed = true;
    this.#loop?.close();
  }

  async #begin(): Promise<void> {
    if (this.#isLoading) return;
    this.#isLoading = true;
    const loop = await this.#load().finally(() => {
      this.#isLoading = false;
    });
    if (this.#isClosed) return;
    this.#loop = loop;
    if (this.#last !== undefined) loop.onSlots(...this.#last);
  }
}
