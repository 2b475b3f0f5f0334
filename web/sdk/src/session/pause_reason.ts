import { PauseReason as WireReason } from "../protocol/index.ts";
import type { PauseReason } from "../room/types.ts";

const FROM_WIRE: ReadonlyMap<WireReason, PauseReason> = new Map([
  [WireReason.NOT_WANTED, "not-wanted"],
  [WireReason.LACK_OF_RATE, "lack-of-rate"],
  [WireReason.UNPLAYABLE, "unplayable"],
]);

/** Undefined where there is none, and for reasons that a newer server may have. */
export function fromWirePauseReason(wire: WireReason): PauseReason | undefined {
  return FROM_WIRE.get(wire);
}
