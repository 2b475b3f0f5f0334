import type { FromDelivery } from "../keys/delivery_messages.ts";
import { type Delivered, DeliveryService } from "./delivery_service.ts";
import { Seeded } from "./seeded.ts";

/**
 * Steps of a delivery service's life as lines, and what it said to them: the table that this double and
 * the server must agree on (server/conference/testdata/group_scenarios.txt says how to read it).
 */
export function played(steps: readonly string[]): string[] {
  const service = new DeliveryService();
  return steps.flatMap((line) => {
    const out: Delivered[] = [];
    act(service, line, out);
    const next = service.nextDeadlineMs();
    return [line, ...merged(out), `  @${next ?? "-"}`];
  });
}

const PID_BYTES = 16;

function pidOf(name: string): Uint8Array {
  const pid = new Uint8Array(PID_BYTES);
  new TextEncoder().encodeInto(name, pid);
  return pid;
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).replace(/[\0.]+$/, "");
}

function act(service: DeliveryService, line: string, out: Delivered[]): void {
  const [at = "", verb = "", who = "", ...rest] = line.split(" ");
  const [nowMs, session, [first = ""]] = [Number(at), Number(who), rest];
  const epoch = Number(first);
  const send = (message: Parameters<DeliveryService["onMessage"]>[2]) =>
    service.onMessage(nowMs, session, message, out);
  switch (verb) {
    case "deadline":
      service.onDeadline(nowMs, out);
      break;
    case "gone":
      service.onGone(nowMs, session, out);
      break;
    case "join":
      send({ type: "join", pid: pidOf(first), keyPackage: new Uint8Array(1) });
      break;
    case "found":
      send({ type: "found", groupId: new Uint8Array(PID_BYTES) });
      break;
    case "volunteer":
    case "reject":
    case "fetch":
      send({ type: verb, epoch });
      break;
    case "refuse":
      send({ type: "refuse", pids: listOf(rest, "!") });
      break;
    case "commit":
      send({ type: "commit", epoch, ...commitOf(at, who, rest.slice(1)) });
      break;
    default:
      throw new Error(`no such step: ${line}`);
  }
}

function listOf(words: readonly string[], mark: string): Uint8Array[] {
  const own = words.filter((word) => word.startsWith(mark));
  return own.map((word) => pidOf(word.slice(mark.length)));
}

function commitOf(at: string, who: string, words: readonly string[]) {
  const size = words.find((word) => word.startsWith("bytes="))?.slice("bytes=".length);
  const name = `${who}at${at}`;
  const commit = new TextEncoder().encode(name.padEnd(Number(size ?? 0), "."));
  return {
    commit,
    welcome: words.includes("welcome") ? new TextEncoder().encode(name) : undefined,
    joined: listOf(words, "+"),
    removed: listOf(words, "-"),
    refused: listOf(words, "!"),
  };
}

/** One line for each message and all who get it. */
function merged(out: readonly Delivered[]): string[] {
  const lines: { to: number[]; news: string }[] = [];
  for (const { session, message } of out) {
    const news = newsOf(message);
    const last = lines.at(-1);
    if (last?.news === news) last.to.push(session);
    else lines.push({ to: [session], news });
  }
  return lines.map(({ to, news }) => `  ${to.sort((a, b) => a - b).join(",")} ${news}`);
}

function newsOf(message: FromDelivery): string {
  switch (message.type) {
    case "work": {
      const joins = message.joins.map(({ pid }) => textOf(pid));
      const gone = message.gone.map(textOf).sort();
      return `work ${message.epoch} joins=${joins.join(",")} gone=${gone.join(",")}`;
    }
    case "result":
      return `result ${message.epoch} ${message.accepted ? "first" : "late"}`;
    case "epoch":
      return `epoch ${message.epoch} ${textOf(message.commit)}`;
    case "welcome":
      return `welcome ${message.epoch} ${textOf(message.welcome)}`;
    case "reopened":
      return `reopened ${message.epoch}`;
    default:
      return message.type;
  }
}

const PEOPLE = 6;
const STEPS = 70;

/** Sensible and senseless steps: people do what they may, and what they may not. */
export function randomSteps(seed: string): string[] {
  const random = new Seeded(seed);
  const service = new DeliveryService();
  const names = new Map<number, string>();
  const steps: string[] = [];
  let nowMs = 0;
  let made = 0;
  const some = (mark: string) => {
    const known = [...names.values()];
    const count = random.below(3);
    return Array.from({ length: count }, () => `${mark}${random.pick(known) ?? "nobody"}`);
  };
  const epochNear = () => Math.max(0, (service.epoch ?? 0) - (random.chance(0.2) ? 1 : 0));
  for (let i = 0; i < STEPS; ++i) {
    const who = 1 + random.below(PEOPLE);
    const dice = random.unit();
    const step = () => {
      if (dice < 0.2) {
        // Now and then a name that somebody has.
        const fresh = `p${++made}`;
        const name = random.chance(0.1) ? (random.pick([...names.values()]) ?? fresh) : fresh;
        names.set(who, name);
        return `join ${who} ${name}`;
      }
      if (dice < 0.3) return `found ${who}`;
      if (dice < 0.38) return `volunteer ${who} ${epochNear()}`;
      if (dice < 0.66) {
        const words = [...some("+"), ...some("+"), ...some("-"), ...some("!")];
        const welcome = random.chance(0.8) ? ["welcome"] : [];
        return ["commit", who, epochNear(), ...words, ...welcome].join(" ");
      }
      if (dice < 0.72) return ["refuse", who, ...some("!")].join(" ");
      if (dice < 0.8) return `reject ${who} ${epochNear()}`;
      if (dice < 0.86) return `fetch ${who} ${Math.max(0, epochNear() - random.below(3))}`;
      if (dice < 0.9) return `gone ${who}`;
      return "deadline";
    };
    const wait = service.nextDeadlineMs() ?? nowMs;
    nowMs = random.chance(0.4) ? Math.max(nowMs, wait) : nowMs + random.below(400);
    const line = `${nowMs} ${step()}`;
    act(service, line, []);
    steps.push(line);
  }
  return steps;
}
