import type { EndReason, ErrorCode } from "@conclave/sdk";
import { type MessageKey, t } from "../messages/messages.ts";
import type { Route } from "./route.ts";

/** What happened, and the one thing to do about it; in the language that is spoken when it is read. */
export interface Problem {
  readonly title: string;
  readonly text: string;
  readonly action: "rejoin" | "home" | "reload" | "open" | "none";
}

export type ProblemCode =
  | EndReason
  | ErrorCode
  | Exclude<Route["kind"], "landing" | "check" | "open" | "sealed">
  /** As many as the group protocol carries. */
  | "group-full"
  | "insecure-page"
  | "call-not-loaded"
  | "unexpected";

type Wording = readonly [title: MessageKey, text: MessageKey, action: Problem["action"]];

const WORDINGS: Partial<Record<ProblemCode, Wording>> = {
  left: ["end.left.title", "end.left.text", "rejoin"],
  "room-full": ["end.full.title", "end.full.text", "rejoin"],
  "group-full": ["end.full.title", "end.full.textSealed", "open"],
  "server-gone": ["end.serverGone.title", "end.serverGone.text", "rejoin"],
  "server-unreachable": ["end.serverGone.title", "end.serverGone.text", "rejoin"],
  "server-busy": ["end.busy.title", "end.busy.text", "rejoin"],
  "transport-failed": ["end.transport.title", "end.transport.text", "rejoin"],
  refused: ["end.refused.title", "end.refused.text", "home"],
  "mode-unsupported": ["link.encrypted.title", "link.encrypted.text", "home"],
  "room-name-invalid": ["link.invalidName.title", "link.invalidName.text", "home"],
  "unsupported-browser": ["end.unsupported.title", "end.unsupported.text", "none"],
  "insecure-page": ["end.insecure.title", "end.insecure.text", "none"],
  "call-not-loaded": ["end.notLoaded.title", "end.notLoaded.text", "reload"],
  "link-incomplete": ["link.incomplete.title", "link.incomplete.text", "home"],
  "cannot-encrypt": ["end.cannotEncrypt.title", "end.cannotEncrypt.text", "home"],
  "not-admitted": ["end.notAdmitted.title", "end.notAdmitted.text", "rejoin"],
  "room-locked": ["end.locked.title", "end.locked.text", "rejoin"],
  "room-closed": ["end.closed.title", "end.closed.text", "home"],
  banned: ["end.banned.title", "end.banned.text", "rejoin"],
  denied: ["end.denied.title", "end.denied.text", "rejoin"],
  ended: ["end.ended.title", "end.ended.text", "home"],
  removed: ["end.removed.title", "end.removed.text", "rejoin"],
  incomplete: ["link.incomplete.title", "link.incomplete.text", "home"],
  "invalid-name": ["link.invalidName.title", "link.invalidName.text", "home"],
  unknown: ["link.unknown.title", "link.unknown.text", "home"],
};

const UNEXPECTED: Wording = ["end.unexpected.title", "end.unexpected.text", "rejoin"];

export function problem(code: ProblemCode): Problem {
  const [title, text, action] = WORDINGS[code] ?? UNEXPECTED;
  return {
    get title() {
      return t(title);
    },
    get text() {
      return t(text);
    },
    action,
  };
}
