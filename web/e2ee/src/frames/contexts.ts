import { CONTEXT_BITS, DATA_CONTEXT, type KeyContext } from "../keys.ts";

/**
 * What a track shows, in the low bits of the key context: so it is authenticated with each frame, and
 * the server cannot pass somebody's screen off as their camera.
 */
export type Source = "microphone" | "camera" | "screen-video" | "screen-audio";
const SOURCES: readonly Source[] = ["microphone", "camera", "screen-video", "screen-audio"];
const SOURCE_BITS = 2;
const CONTEXTS = 1 << CONTEXT_BITS;

/** Undefined for data, which is no track. */
export function sourceOf(context: KeyContext): Source | undefined {
  return context === DATA_CONTEXT ? undefined : SOURCES[context & (SOURCES.length - 1)];
}

/** Which contexts this member's outgoing streams have. One stream, one context, one count. */
export class Contexts {
  readonly #taken = new Set<KeyContext>();

  /** The lowest free one, so that the microphone's is 0; undefined: all are taken. */
  take(source: Source): KeyContext | undefined {
    const first = SOURCES.indexOf(source);
    for (let context = first; context < CONTEXTS; context += 1 << SOURCE_BITS) {
      if (context === DATA_CONTEXT || this.#taken.has(context)) continue;
      this.#taken.add(context);
      return context;
    }
    return undefined;
  }

  release(context: KeyContext): void {
    this.#taken.delete(context);
  }
}
