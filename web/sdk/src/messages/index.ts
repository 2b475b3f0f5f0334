/**
 * What people's clients say to each other by `Room.send`: made and read here, so that all clients mean
 * the same. Apart from the SDK itself, which carries any bytes.
 */
export * from "./board.ts";
export * from "./chat.ts";
export * from "./file.ts";
export { makeMessageId } from "./ids.ts";
export * from "./poll.ts";
export * from "./recording.ts";
export { CHAT_TEXT_MAX, normalizeChatText } from "./text.ts";
