import { MessageClass } from "../protocol/index.ts";
import type { MessageKind } from "../room/types.ts";

const CLASSES: Readonly<Record<MessageKind, MessageClass>> = {
  chat: MessageClass.CHAT,
  poll: MessageClass.POLL,
  board: MessageClass.BOARD,
  recording: MessageClass.RECORDING,
  broadcast: MessageClass.BROADCAST,
  file: MessageClass.FILE,
  vote: MessageClass.VOTE,
};

export function messageClassOf(kind: MessageKind): MessageClass {
  return CLASSES[kind];
}

/** Undefined for classes that are not for the application. */
export function messageKindOf(messageClass: MessageClass): MessageKind | undefined {
  return (Object.keys(CLASSES) as MessageKind[]).find((kind) => CLASSES[kind] === messageClass);
}
