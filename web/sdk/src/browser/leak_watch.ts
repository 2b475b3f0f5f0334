import type { SourceKind } from "../room/types.ts";
import { SealWatch, type SenderLook } from "../session/seal_watch.ts";
import type { SealedFrames } from "./sealed_frames.ts";

/** Two looks tell; a browser that goes around the transform does it from the first packet on. */
const LOOK_EVERY_MS = 250;

export interface LeakWatchOptions {
  readonly frames: SealedFrames;
  readonly senders: ReadonlyMap<SourceKind, RTCRtpSender>;
  /** Called once for each source. */
  readonly onLeak: (source: SourceKind) => void;
}

/**
 * The last line of defence: compares what the senders send with what was in the frame worker. It trusts
 * neither this project's transceivers nor the browser.
 */
export class LeakWatch {
  readonly #options: LeakWatchOptions;
  readonly #watches: Map<SourceKind, SealWatch>;
  readonly #leaked = new Set<SourceKind>();
  #generation: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(options: LeakWatchOptions) {
    this.#options = options;
    this.#generation = options.frames.generation;
    this.#watches = new Map([...options.senders.keys()].map((source) => [source, new SealWatch()]));
    this.#schedule();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    this.#timer = setTimeout(() => {
      void this.#look()
        // A closed connection has no statistics.
        .catch(() => undefined)
        .finally(() => {
          if (!this.#closed) this.#schedule();
        });
    }, LOOK_EVERY_MS);
  }

  async #look(): Promise<void> {
    const { frames, senders } = this.#options;
    const busy = [...senders].filter(([, sender]) => sender.track !== null);
    const sent = await Promise.all(busy.map(([, sender]) => sentBy(sender)));
    const counts = await frames.counts();
    const isNewWorker = frames.generation !== this.#generation;
    this.#generation = frames.generation;
    // Those who are not busy get theirs too: they will have sent before.
    if (isNewWorker) this.#watches.clear();
    for (const [index, [source, sender]] of busy.entries()) {
      const { frames, packets } = sent[index] ?? { frames: 0, packets: 0 };
      const { sealed = 0, empty = 0, dropped = 0 } = counts.sent(sender) ?? {};
      const look: SenderLook = { frames, packets, seen: sealed + empty + dropped };
      if (this.#isLeak(source, look)) this.#options.onLeak(source);
    }
  }

  /** True once for each source. */
  #isLeak(source: SourceKind, look: SenderLook): boolean {
    const watch = this.#watches.get(source);
    if (watch === undefined) this.#watches.set(source, new SealWatch(look));
    const isLeak = watch?.look(look) === true && !this.#leaked.has(source);
    if (isLeak) this.#leaked.add(source);
    return isLeak;
  }
}

async function sentBy(sender: RTCRtpSender): Promise<{ frames: number; packets: number }> {
  const sum = { frames: 0, packets: 0 };
  for (const report of (await sender.getStats()).values()) {
    if (report.type !== "outbound-rtp") continue;
    sum.packets += report.packetsSent ?? 0;
    sum.frames += (report.kind === "video" ? report.framesEncoded : report.packetsSent) ?? 0;
  }
  return sum;
}
