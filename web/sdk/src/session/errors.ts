import { type Error as WireError, ErrorCode as WireErrorCode } from "../protocol/index.ts";
import { ConclaveError, type ErrorCode } from "../room/types.ts";

const CODES: ReadonlyMap<WireErrorCode, ErrorCode> = new Map<WireErrorCode, ErrorCode>([
  [WireErrorCode.TOO_LARGE, "too-large"],
  [WireErrorCode.ROOM_NAME_INVALID, "room-name-invalid"],
  [WireErrorCode.ROOM_FULL, "room-full"],
  [WireErrorCode.OFFER_INVALID, "offer-invalid"],
  [WireErrorCode.RATE_LIMITED, "rate-limited"],
  [WireErrorCode.SERVER_BUSY, "server-busy"],
  [WireErrorCode.TRANSPORT_FAILED, "transport-failed"],
  [WireErrorCode.MODE_UNSUPPORTED, "mode-unsupported"],
  [WireErrorCode.NOT_ALLOWED, "not-allowed"],
  [WireErrorCode.ROOM_LOCKED, "room-locked"],
  [WireErrorCode.BANNED, "banned"],
  [WireErrorCode.ROOM_CLOSED, "room-closed"],
  [WireErrorCode.PASSCODE_NEEDED, "passcode-needed"],
  [WireErrorCode.PASSCODE_WRONG, "passcode-wrong"],
  [WireErrorCode.DENIED, "denied"],
]);

/** Codes without a meaning for an application become `protocol`; the text says what happened. */
export function fromWireError(error: WireError): ConclaveError {
  return new ConclaveError(CODES.get(error.code) ?? "protocol", error.text, error.retry);
}
