import {
  type Encoding,
  type EncodingFacts,
  planEncodings,
  type WantedEncodings,
} from "./encoding_plan.ts";

/** A picture this much lower than its place is scaled up without anybody seeing it. */
const CLOSE_ENOUGH = 0.85;

/**
 * The one encoding of a track that one person gets directly: the smallest of the sizes that the server
 * would be sent which is large enough for where it is shown.
 */
export function directEncoding(facts: EncodingFacts, wanted?: WantedEncodings): Encoding {
  // One size each, as every browser makes them: layers within one stream are for servers to take off.
  const sizes = planEncodings({ ...facts, codec: "vp8", engine: "" }).filter(
    ({ active }) => active,
  );
  const heightPx = wanted?.heightPx ?? Number.POSITIVE_INFINITY;
  const isEnough = ({ scaleResolutionDownBy }: Encoding) =>
    facts.height / scaleResolutionDownBy >= heightPx * CLOSE_ENOUGH;
  const chosen = sizes.find(isEnough) ?? sizes.at(-1);
  if (chosen === undefined) throw new Error("a source without encodings");
  const { rid: _, scalabilityMode: __, ...encoding } = chosen;
  return { ...encoding, active: wanted === undefined || wanted.heightPx > 0 };
}
