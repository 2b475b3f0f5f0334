import type { VideoCodecName } from "../room/types.ts";

/** What of a publisher decides how it encodes. */
export interface PublisherFacts {
  /**
   * It goes over to another codec while it sends (`encodings[].codec`, Chromium from 126 on), and its
   * encoders make spatial layers. Others stay with VP8, which everybody sends in three sizes.
   */
  readonly switchesCodec: boolean;
  /** A phone or a tablet: they get hot. */
  readonly mobile: boolean;
  /** Logical cores, as the browser tells. */
  readonly cores: number;
  /** False where the browser does not say. */
  readonly onBattery: boolean;
  /** What it encodes. */
  readonly encodes: readonly string[];
}

/** What is sent, and what was given up for it. */
export interface CodecNeeds {
  /** "text": a screen that is read; its few pictures are cheap in any codec. */
  readonly content: "camera" | "film" | "text";
  /** What everybody in the room decodes, as the server tells. */
  readonly common: readonly string[];
  /** The processor could not keep up with more. */
  readonly simple: boolean;
}

/** Measured with three sizes of 720 lines: VP9 takes as much as VP8, AV1 twice the time for a frame. */
const VP9_CORES_MIN = 4;
const AV1_CORES_MIN = 8;

/**
 * The best codec for this publisher that everybody decodes. Newer ones need a quarter to a third
 * less rate for the same picture.
 */
export function planCodec(facts: PublisherFacts, needs: CodecNeeds): VideoCodecName {
  if (!facts.switchesCodec || needs.simple) return "vp8";
  const can = (codec: VideoCodecName) =>
    facts.encodes.includes(codec) && needs.common.includes(codec) && affords(facts, needs, codec);
  return (["av1", "vp9"] as const).find(can) ?? "vp8";
}

function affords(facts: PublisherFacts, { content }: CodecNeeds, codec: VideoCodecName): boolean {
  if (content === "text") return true;
  if (facts.mobile) return false;
  if (codec === "av1") return facts.cores >= AV1_CORES_MIN && !facts.onBattery;
  return facts.cores >= VP9_CORES_MIN;
}
