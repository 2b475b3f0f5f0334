import type { FromDelivery, ToDelivery } from "@conclave/e2ee/keys";
import type { ClientBody, DeepPartial, GroupNews, GroupRequest } from "../protocol/index.ts";

/** What a member says to its group's delivery service, as a message of the protocol. */
export function toGroupRequest(message: ToDelivery): ClientBody {
  return { $case: "group", value: { body: bodyOf(message) } };
}

type GroupBody = NonNullable<DeepPartial<GroupRequest>["body"]>;

function bodyOf(message: ToDelivery): GroupBody {
  switch (message.type) {
    case "join":
      return {
        $case: "join",
        value: { pid: message.pid, keyPackage: message.keyPackage, participant: 0 },
      };
    case "found":
      return { $case: "found", value: {} };
    case "volunteer":
      return { $case: "volunteer", value: { epoch: BigInt(message.epoch) } };
    case "commit":
      return {
        $case: "commit",
        value: {
          epoch: BigInt(message.epoch),
          commit: message.commit,
          welcome: message.welcome ?? new Uint8Array(),
          joined: [...message.joined],
          removed: [...message.removed],
          refused: [...message.refused],
        },
      };
    case "refuse":
      return { $case: "refuse", value: { pids: [...message.pids] } };
    case "reject":
      return { $case: "reject", value: { epoch: BigInt(message.epoch) } };
    case "fetch":
      return { $case: "fetch", value: { epoch: BigInt(message.epoch) } };
  }
}

/** Undefined for what only a newer server says. */
export function fromGroupNews({ body }: GroupNews): FromDelivery | undefined {
  switch (body?.$case) {
    case "invite":
      return { type: "invite" };
    case "work": {
      const { epoch, joins, gone } = body.value;
      return {
        type: "work",
        epoch: Number(epoch),
        joins,
        gone,
      };
    }
    case "result":
      return { type: "result", epoch: Number(body.value.epoch), accepted: body.value.accepted };
    case "epoch":
      return { type: "epoch", epoch: Number(body.value.epoch), commit: body.value.commit };
    case "welcome":
      return { type: "welcome", epoch: Number(body.value.epoch), welcome: body.value.welcome };
    case "reopened":
      return { type: "reopened", epoch: Number(body.value.epoch) };
    case "lost":
      return { type: "lost" };
    case "refused":
      return { type: "refused" };
    default:
      return undefined;
  }
}
