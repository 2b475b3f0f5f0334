import type { RecordingFile } from "./file.ts";
import { durationBytes, withDuration } from "./webm.ts";

/**
 * The place for the duration is within the first hundred bytes where there is one. A slow machine's
 * first part may be less than that.
 */
const START_BYTES_MAX = 4096;

/** Writes part after part; the start with a place for how long all of it is. */
export class RecordingParts {
  readonly #file: RecordingFile;
  /** What came before it was known where the place is; undefined: it is written. */
  #start: Blob | undefined = new Blob();
  #durationAt: number | undefined;

  constructor(file: RecordingFile) {
    this.#file = file;
  }

  /** One at a time: call again when it has resolved. */
  async add(part: Blob): Promise<void> {
    if (this.#start === undefined) return this.#file.write(part);
    this.#start = new Blob([this.#start, part]);
    const made = withDuration(new Uint8Array(await this.#start.arrayBuffer()));
    if (made === undefined) {
      if (this.#start.size >= START_BYTES_MAX) await this.#writeStart();
      return;
    }
    this.#start = undefined;
    this.#durationAt = made.durationAt;
    await this.#file.write(new Blob([made.bytes]));
  }

  /** After the last one. */
  async finish(durationMs: number): Promise<void> {
    await this.#writeStart();
    const at = this.#durationAt;
    // Without one the file plays as well.
    if (at !== undefined) await this.#file.patch(at, durationBytes(durationMs)).catch(() => {});
  }

  async #writeStart(): Promise<void> {
    const start = this.#start;
    this.#start = undefined;
    if (start !== undefined && start.size > 0) await this.#file.write(start);
  }
}
