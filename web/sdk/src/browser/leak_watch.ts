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
  readonly #watches: ReadonlyMap<SourceKind, SealWatch>;
  readonly #leaked = new Set<SourceKind>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(options: LeakWatchOptions) {
    this.#options = options;
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
    const busy = [...this.#options.senders].filter(([, sender]) => sender.track !== null);
    const sent = await Promise.all(busy.map(([, sender]) => sentBy(sender)));
    const counts = await this.#options.frames.counts();
    for (const [index, [source, sender]] of busy.entries()) {
      const { frames, packets } = sent[index] ?? { frames: 0, packets: 0 };
      const { sealed = 0, empty = 0, dropped = 0 } = counts.sent(sender) ?? {};
      const look: SenderLook = { frames, packets, seen: sealed + empty + dropped };
      const isLeak = this.#watches.get(source)?.look(look) === true;
      if (!isLeak || this.#leaked.has(source)) continue;
      this.#leaked.add(source);
      this.#options.onLeak(source);
    }
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
