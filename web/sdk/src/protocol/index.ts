/**
 * The contract as this client uses it: the generated types, and both directions of the wire.
 * `conclave_pb.ts` is generated from protocol/conclave.proto by `npm run generate`.
 */
import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { ClientMessageSchema, type ServerMessage, ServerMessageSchema } from "./conclave_pb.ts";

export * from "./conclave_pb.ts";

/** protocol/conclave.proto: longer messages close a joined session. */
export const MESSAGE_BYTES_MAX = 256 * 1024;

export type ClientMessageInit = MessageInitShape<typeof ClientMessageSchema>;
/** One of the bodies that a client can send, as a plain object with its case. */
export type ClientBody = Exclude<
  NonNullable<ClientMessageInit["body"]>,
  { case: undefined; value?: undefined } | { case?: undefined }
>;

export function encodeClientMessage(init: ClientMessageInit): Uint8Array<ArrayBuffer> {
  return toBinary(ClientMessageSchema, create(ClientMessageSchema, init));
}

/** Undefined for bytes that are not a message: the sender is not trusted to be our server. */
export function decodeServerMessage(bytes: Uint8Array): ServerMessage | undefined {
  if (bytes.length > MESSAGE_BYTES_MAX) return undefined;
  try {
    return fromBinary(ServerMessageSchema, bytes);
  } catch {
    return undefined;
  }
}
