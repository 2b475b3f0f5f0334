import { MediaConnection } from "../browser/media_connection.ts";
import { browserPlatform, isSupported } from "../browser/platform.ts";
import { videoSlotsFor } from "../session/slot_demand.ts";
import { isEncrypted } from "./encrypted.ts";
import type { MediaOptions } from "./platform.ts";
import type { SealedKit } from "./sealed_kit.ts";
import type { Prepared, PrepareOptions } from "./types.ts";

/** The addresses in an offer are those of then; beyond this they are made anew. */
const FRESH_MS = 10 * 60_000;

/**
 * Makes what joining that room takes and what needs no answer of the server: connection and offer, and in
 * an encrypted room both workers and the keys to be let in with. A join that is given it does not wait for
 * them. Nothing is sent anywhere. Undefined where nothing can be made beforehand.
 */
export async function prepare(options: PrepareOptions): Promise<Prepared | undefined> {
  if (!isSupported()) return undefined;
  let kit: SealedKit | undefined;
  try {
    if (isEncrypted(options.room)) {
      const { SealedKit } = await import("./sealed_join.ts");
      kit = new SealedKit(options);
    }
    return new Preparation(options, kit);
  } catch {
    // The join says why.
    kit?.close();
    return undefined;
  }
}

/** One join's; what that does not take is closed. */
export class Preparation implements Prepared {
  readonly #options: PrepareOptions;
  readonly #madeAtMs = performance.now();
  readonly #listening = new AbortController();
  #kit: SealedKit | undefined;
  #media: MediaConnection | undefined;

  constructor(options: PrepareOptions, kit?: SealedKit) {
    this.#options = options;
    this.#kit = kit;
    const { engine } = browserPlatform();
    const videoCodec = options.videoCodec ?? "vp8";
    const first = { tracks: new Map(), videoSlots: videoSlotsFor(0, 0), engine, videoCodec };
    this.#media = new MediaConnection({ ...first, onState: () => undefined }, kit?.seal);
    this.#media.prepare();
    // Another network has other addresses.
    const { signal } = this.#listening;
    addEventListener("online", () => this.#dropMedia(), { signal });
    networkOf(navigator)?.addEventListener("change", () => this.#dropMedia(), { signal });
  }

  /** For a join of the same room with the same link, as the same person; then it is that join's. */
  takeKit(options: PrepareOptions): SealedKit | undefined {
    const { room, fragment, recognisable = false } = this.#options;
    const isSame =
      room === options.room &&
      fragment === options.fragment &&
      recognisable === (options.recognisable ?? false);
    if (!isSame) this.close();
    const kit = this.#kit;
    this.#kit = undefined;
    return kit;
  }

  /** The first connection of a join, where it is of use for that; once. */
  takeMedia(options: MediaOptions): MediaConnection | undefined {
    const media = this.#media;
    this.#media = undefined;
    this.#listening.abort();
    if (media === undefined) return undefined;
    const isFresh = performance.now() - this.#madeAtMs < FRESH_MS;
    if (isFresh && options.videoCodec === (this.#options.videoCodec ?? "vp8")) {
      media.adopt(options);
      return media;
    }
    media.close();
    return undefined;
  }

  close(): void {
    this.#listening.abort();
    this.#dropMedia();
    this.#kit?.close();
    this.#kit = undefined;
  }

  #dropMedia(): void {
    this.#media?.close();
    this.#media = undefined;
  }
}

/** Chromium's word on the kind of network. */
function networkOf(navigator: Navigator & { connection?: EventTarget }): EventTarget | undefined {
  return navigator.connection;
}
