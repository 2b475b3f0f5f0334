import type { ParticipantId, QualityLevel } from "@conclave/sdk";
import { FILE_PART_BYTES, type FileWord, filePartsOf } from "@conclave/sdk/messages";
import type { Clock } from "../clock.ts";

/** A file that this person gives. */
export interface GivenFile {
  readonly id: string;
  readonly content: Blob;
  /** Undefined: everybody may have it. */
  readonly onlyFor: ParticipantId | undefined;
}

export interface FileUploadsContext {
  readonly clock: Clock;
  readonly upload: () => QualityLevel;
  readonly find: (id: string) => GivenFile | undefined;
  /** False: nobody there any more. */
  readonly say: (word: FileWord, to: ParticipantId) => boolean;
  /** The file cannot be read any more. */
  readonly onUnreadable: (id: string) => void;
}

/**
 * Between two parts, whoever gets them: 2 Mbit/s where the way up is good, and far less where sound and
 * pictures need what there is.
 */
const GAP_MS: Readonly<Record<QualityLevel, number>> = { good: 50, fair: 200, poor: 600 };
/** Who asks beyond that many is not answered, and asks again. */
const RECEIVERS_MAX = 50;

interface Wanted {
  readonly file: GivenFile;
  next: number;
  readonly end: number;
}

/** Answers those who ask for parts, in turn, at a pace that leaves room for sound and pictures. */
export class FileUploads {
  readonly #context: FileUploadsContext;
  /** By receiver, whose turn it is first: a new question replaces an older one. */
  readonly #wanted = new Map<ParticipantId, Wanted>();
  #cancelTimer: (() => void) | undefined;
  #busy = false;

  constructor(context: FileUploadsContext) {
    this.#context = context;
  }

  onAsk(by: ParticipantId, { id, from, count }: Extract<FileWord, { type: "ask" }>): void {
    const file = this.#context.find(id);
    if (file === undefined || (file.onlyFor !== undefined && file.onlyFor !== by)) {
      this.#context.say({ type: "withdraw", id }, by);
      return;
    }
    if (!this.#wanted.has(by) && this.#wanted.size >= RECEIVERS_MAX) return;
    const end = Math.min(from + count, filePartsOf(file.content.size));
    this.#wanted.set(by, { file, next: from, end });
    this.#schedule(0);
  }

  forget(receiver: ParticipantId): void {
    this.#wanted.delete(receiver);
  }

  stop(): void {
    this.#wanted.clear();
    this.#cancelTimer?.();
  }

  #schedule(delayMs: number): void {
    if (this.#busy || this.#cancelTimer !== undefined) return;
    this.#cancelTimer = this.#context.clock.after(delayMs, () => {
      this.#cancelTimer = undefined;
      void this.#sendNext();
    });
  }

  async #sendNext(): Promise<void> {
    const [entry] = this.#wanted;
    if (entry === undefined) return;
    const [to, wanted] = entry;
    const { file, next } = wanted;
    // Behind all others who wait.
    this.#wanted.delete(to);
    if (wanted.next >= wanted.end) return this.#schedule(0);
    wanted.next++;
    if (wanted.next < wanted.end) this.#wanted.set(to, wanted);
    this.#busy = true;
    const bytes = await partOf(file.content, next);
    this.#busy = false;
    if (bytes === undefined) this.#context.onUnreadable(file.id);
    else if (this.#context.find(file.id) === file) {
      const word = { type: "part", id: file.id, index: next, bytes } as const;
      if (!this.#context.say(word, to)) this.#wanted.delete(to);
    }
    // Also after the last: who asks for the next ones does not go faster than that.
    this.#schedule(GAP_MS[this.#context.upload()]);
  }
}

async function partOf(content: Blob, index: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const start = index * FILE_PART_BYTES;
  try {
    return new Uint8Array(await content.slice(start, start + FILE_PART_BYTES).arrayBuffer());
  } catch {
    return undefined;
  }
}
