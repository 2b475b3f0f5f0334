/** One look at a sender; all are sums since it was made. `frames` and `packets` are read first. */
export interface SenderLook {
  /** What the encoder made; of audio, whose encoder is not counted, the packets. */
  readonly frames: number;
  readonly packets: number;
  /** What came to the frame worker, whatever it did with it. */
  readonly seen: number;
}

/** One look may fall between the encoder and the worker, or while the worker is held up; not two. */
const STRIKES = 2;

/**
 * Finds a sender whose frames leave without having been in the frame worker, so in the clear. Frames are
 * compared, not bytes: browsers probe the path with packets that are no media (measured: Chromium counts
 * them as payload).
 */
export class SealWatch {
  #last: SenderLook;
  #strikes = 0;
  #packetsBefore = 0;

  /** `since`: where a worker began to count, whose sender had sent before. */
  constructor(since: SenderLook = { frames: 0, packets: 0, seen: 0 }) {
    this.#last = since;
  }

  /** True: media leaves in the clear. To be called every quarter of a second or so. */
  look(now: SenderLook): boolean {
    const last = this.#last;
    this.#last = now;
    if (now.seen > last.seen) this.#strikes = 0;
    else if (now.frames > last.frames) {
      if (this.#strikes++ === 0) this.#packetsBefore = last.packets;
    }
    return this.#strikes >= STRIKES && now.packets > this.#packetsBefore;
  }
}
