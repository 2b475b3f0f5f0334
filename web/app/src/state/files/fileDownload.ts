import {
  FILE_PART_BYTES,
  FILE_PARTS_ASKED_MAX,
  type FileOffer,
  type FileWord,
  filePartsOf,
} from "@conclave/sdk/messages";
import type { Clock } from "../clock.ts";

export interface FileDownloadContext {
  readonly clock: Clock;
  readonly ask: (word: Extract<FileWord, { type: "ask" }>) => void;
  readonly onProgress: (share: number) => void;
  /** Whole, and what was announced. */
  readonly onDone: (bytes: Uint8Array<ArrayBuffer>) => void;
  readonly onFailed: (why: FileFailure) => void;
}

/** The sender is silent; or what came is not what was announced. */
export type FileFailure = "stalled" | "damaged";

/** Parts that have not come by then are asked for again. */
const PATIENCE_MS = 6000;
const PATIENCE_MS_MAX = 30_000;
/** Unanswered questions in a row. */
const TRIES_MAX = 8;

/**
 * Fetches one file from whoever has it, a few parts at a time: the next are asked for when these are
 * here, so that no more is on its way than a slow connection holds, and what got lost is asked for
 * again. Nothing but what was asked for is taken.
 */
export class FileDownload {
  readonly #offer: FileOffer;
  readonly #context: FileDownloadContext;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #parts: number;
  /** All before it are here. */
  #next = 0;
  /** Asked for and not here yet. */
  readonly #missing = new Set<number>();
  #tries = 0;
  #cancelTimer = () => {};
  #running = false;

  constructor(offer: FileOffer, context: FileDownloadContext) {
    this.#offer = offer;
    this.#context = context;
    this.#bytes = new Uint8Array(offer.size);
    this.#parts = filePartsOf(offer.size);
  }

  /** Also after a failure: what is here already is not fetched again. */
  start(): void {
    this.#running = true;
    this.#tries = 0;
    this.#ask();
  }

  /** The connection was away, and is back. */
  resume(): void {
    if (this.#running) this.start();
  }

  stop(): void {
    this.#running = false;
    this.#cancelTimer();
  }

  onPart({ index, bytes }: Extract<FileWord, { type: "part" }>): void {
    if (!this.#running || !this.#missing.has(index)) return;
    if (bytes.length !== this.#lengthOf(index)) return;
    this.#missing.delete(index);
    this.#bytes.set(bytes, index * FILE_PART_BYTES);
    this.#tries = 0;
    const here = Math.min(this.#next + FILE_PARTS_ASKED_MAX, this.#parts) - this.#missing.size;
    this.#context.onProgress(here / this.#parts);
    if (this.#missing.size > 0) this.#wait();
    else this.#goOn();
  }

  #goOn(): void {
    this.#next = Math.min(this.#next + FILE_PARTS_ASKED_MAX, this.#parts);
    if (this.#next < this.#parts) this.#ask();
    else void this.#finish();
  }

  #ask(): void {
    const end = Math.min(this.#next + FILE_PARTS_ASKED_MAX, this.#parts);
    if (this.#missing.size === 0) {
      for (let index = this.#next; index < end; index++) this.#missing.add(index);
    }
    const from = Math.min(...this.#missing);
    const { id } = this.#offer;
    this.#context.ask({ type: "ask", id, from, count: Math.max(...this.#missing) - from + 1 });
    this.#wait();
  }

  #wait(): void {
    this.#cancelTimer();
    const patience = Math.min(PATIENCE_MS * 2 ** this.#tries, PATIENCE_MS_MAX);
    this.#cancelTimer = this.#context.clock.after(patience, () => {
      if (++this.#tries >= TRIES_MAX) this.#fail("stalled");
      else this.#ask();
    });
  }

  async #finish(): Promise<void> {
    this.stop();
    if ((await digestOf(this.#bytes)) === this.#offer.digest) this.#context.onDone(this.#bytes);
    else {
      this.#next = 0;
      this.#fail("damaged");
    }
  }

  #fail(why: FileFailure): void {
    this.stop();
    this.#context.onFailed(why);
  }

  #lengthOf(index: number): number {
    return Math.min(FILE_PART_BYTES, this.#offer.size - index * FILE_PART_BYTES);
  }
}

/** SHA-256, base64url. */
export async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return btoa(String.fromCharCode(...digest))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
