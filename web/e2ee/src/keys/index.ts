export { type ComparisonStep, EMOJI_KINDS } from "./comparison.ts";
export type { CommitPost, FromDelivery, ToDelivery, Work } from "./delivery_messages.ts";
export type { GroupMember } from "./group_crypto.ts";
export { KEY_WORKER_TEXT } from "./key_worker_text.ts";
export { newFragment, secretOfFragment } from "./link_secrets.ts";
export type { OutReason } from "./membership.ts";
export type { RoomPolicy } from "./policy.ts";
export type { Audience } from "./room_messages.ts";
export type { FromKeyWorker, ToKeyWorker } from "./worker_protocol.ts";
