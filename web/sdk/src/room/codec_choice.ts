import { type PublisherFacts, planCodec } from "../session/codec_plan.ts";
import { CpuLadder } from "../session/cpu_ladder.ts";
import type { VideoPlan } from "./platform.ts";
import type { SourceKind, VideoCodecName } from "./types.ts";

const VIDEO = ["camera", "screen-video"] as const;

export interface CodecChoiceOptions {
  readonly facts: () => PublisherFacts;
  /** Always this one: nothing is chosen. */
  readonly forced: VideoCodecName | undefined;
  readonly tracks: () => ReadonlyMap<SourceKind, MediaStreamTrack>;
  readonly apply: (source: SourceKind, plan: VideoPlan) => void;
  /** Nothing is left that can be given up without asking. */
  readonly onOverloaded: () => void;
}

/** How this client's pictures are encoded, by what the others decode and the processor can do. */
export class CodecChoice {
  readonly #options: CodecChoiceOptions;
  readonly #ladder = new CpuLadder();
  #common: readonly string[] = [];

  constructor(options: CodecChoiceOptions) {
    this.#options = options;
  }

  /** What everybody in the room decodes. */
  setCommon(common: readonly string[]): void {
    this.#common = common;
    this.apply();
  }

  /** A look at the statistics: whether an encoder is limited by the processor. */
  look(nowMs: number, limited: boolean): void {
    if (!this.#ladder.update(nowMs, limited)) return;
    this.apply();
    if (this.#ladder.rung === 3) this.#options.onOverloaded();
  }

  /** To be called too where there is another connection, or another track. */
  apply(): void {
    for (const source of VIDEO) {
      const withoutTop = source === "camera" && this.#ladder.rung >= 1;
      this.#options.apply(source, { codec: this.#codecOf(source), withoutTop });
    }
  }

  #codecOf(source: (typeof VIDEO)[number]): VideoCodecName {
    const { facts, forced, tracks } = this.#options;
    if (forced !== undefined) return forced;
    const isFilm = tracks().get(source)?.contentHint === "motion";
    const content = source === "camera" ? source : isFilm ? "film" : "text";
    return planCodec(facts(), { content, common: this.#common, simple: this.#ladder.rung >= 2 });
  }
}
