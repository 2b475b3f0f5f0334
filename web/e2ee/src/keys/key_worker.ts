import type { EpochKeys, FrameKeyMessage } from "../keys.ts";
import { longTermKeyOf } from "./admission.ts";
import { hex } from "./bytes.ts";
import { COMPARISON_CLASS, type ComparisonOutput, Comparisons } from "./comparison.ts";
import { linkRoom, namedRoom } from "./key_room.ts";
import { Membership, type MembershipOutput, type Welcomed } from "./membership.ts";
import { roomCode } from "./room_code.ts";
import { type RoomMessageOutput, RoomMessages } from "./room_messages.ts";
import { browserRandom } from "./suite.ts";
import type { FromKeyWorker, ToKeyWorker } from "./worker_protocol.ts";

export interface KeyWorkerOptions {
  readonly post: (message: FromKeyWorker) => void;
  readonly nowMs: () => number;
  /** In seconds since 1970. */
  readonly timeOfDay: () => number;
  /** Calls onDeadline() then; replaces what was asked for before, undefined cancels it. */
  readonly schedule: (atMs: number | undefined) => void;
}

/** All of a meeting's keys: runs one membership, and hands each epoch's base key to the frame worker. */
export class KeyWorker {
  readonly #options: KeyWorkerOptions;
  readonly #messages: RoomMessages;
  readonly #comparisons = new Comparisons(browserRandom);
  /** Where the server has those with whom this member compares, by pid. */
  readonly #numbers = new Map<string, number>();
  #membership: Membership | undefined;
  #frames: MessagePort | undefined;
  #keys: EpochKeys | undefined;
  /** The present keys have been told: no other frame worker may get them. */
  #areTold = false;
  /** Calls to the membership must not overlap, and its work waits for WebCrypto. */
  #last: Promise<void> = Promise.resolve();

  constructor(options: KeyWorkerOptions) {
    this.#options = options;
    this.#messages = new RoomMessages(options.nowMs);
  }

  onMessage(message: ToKeyWorker): Promise<void> {
    return this.#queue(() => this.#handle(message));
  }

  onDeadline(): Promise<void> {
    return this.#act(async (membership, nowMs, out) => {
      await membership.onDeadline(nowMs, out);
      await this.#converse((messages, said) =>
        isDue(messages.nextDeadlineMs(), nowMs) ? messages.onDeadline(said) : undefined,
      );
    });
  }

  async #handle(message: ToKeyWorker): Promise<void> {
    if (message.type === "start") await this.#start(message);
    else if (message.type === "frames") await this.#attachFrames(message.port);
    else if (message.type === "get-code") this.#tellCode(message.request);
    else if (message.type === "compare") await this.#onCompare(message);
    else if (isConversation(message)) await this.#onConversation(message);
    else await this.#run((...run) => serve(message, ...run));
  }

  async #start({ roomId, secret, lasting }: ToldBy<"start">): Promise<void> {
    if (this.#membership !== undefined) return;
    const longTerm = lasting && (await longTermKeyOf(lasting));
    const { timeOfDay } = this.#options;
    const { maker, seal } =
      secret === undefined
        ? await namedRoom(roomId, timeOfDay, longTerm)
        : await linkRoom(roomId, secret, timeOfDay, longTerm);
    // The copy that came over; the page drops its own.
    secret?.fill(0);
    this.#membership = new Membership(maker, seal);
    await this.#run((membership, nowMs, out) => membership.join(nowMs, out));
  }

  async #attachFrames(port: MessagePort): Promise<void> {
    this.#frames = port;
    if (this.#keys === undefined) return;
    if (!this.#areTold) this.#tellFrames({ type: "epoch", keys: this.#keys });
    // Its predecessor's counters are lost: with the same keys, nonces would come again.
    else await this.#run((membership, nowMs) => membership.refresh(nowMs));
  }

  #tellCode(request: number): void {
    const group = this.#membership?.group;
    if (group === undefined) return;
    // Beside the queue: stretching takes longer than a commit.
    const authenticator = new Uint8Array(group.epochAuthenticator);
    void roomCode(authenticator).then((code) =>
      this.#options.post({ type: "code", request, code }),
    );
  }

  #act(work: MembershipWork): Promise<void> {
    return this.#queue(() => this.#run(work));
  }

  async #run(work: MembershipWork): Promise<void> {
    const membership = this.#membership;
    if (membership === undefined) return;
    const out: MembershipOutput[] = [];
    await work(membership, this.#options.nowMs(), out);
    for (const output of out) await this.#tell(output);
    this.#schedule();
  }

  #schedule(): void {
    const times = [this.#membership?.nextDeadlineMs(), this.#messages.nextDeadlineMs()];
    const set = times.filter((time) => time !== undefined);
    this.#options.schedule(set.length === 0 ? undefined : Math.min(...set));
  }

  async #onConversation(message: Conversation): Promise<void> {
    await this.#converse((messages, out) => {
      switch (message.type) {
        case "presence":
          return messages.setPresence(message.participant, message.body, out);
        case "say":
          return messages.say(message, out);
        case "relayed":
          return messages.onRelayed(message, out);
      }
    });
    this.#schedule();
  }

  async #converse(
    talk: (messages: RoomMessages, out: RoomMessageOutput[]) => Promise<void> | undefined,
  ): Promise<void> {
    const out: RoomMessageOutput[] = [];
    await talk(this.#messages, out);
    for (const output of out) {
      if (output.type !== "said" || output.messageClass !== COMPARISON_CLASS) {
        this.#options.post(output);
      } else if (output.audience === "one") {
        const { pid, body } = output;
        await this.#compare((comparisons, next) => comparisons.onMessage(pid, body, next));
      }
    }
  }

  #onCompare({ act, pid, to }: ToldBy<"compare">): Promise<void> {
    this.#numbers.set(hex(pid), to);
    return this.#compare((comparisons, out) => comparisons[act](pid, out));
  }

  async #compare(act: (comparisons: Comparisons, out: ComparisonOutput[]) => void): Promise<void> {
    const out: ComparisonOutput[] = [];
    act(this.#comparisons, out);
    for (const output of out) {
      if (output.type === "comparison") {
        this.#options.post(output);
        continue;
      }
      const { pid, body } = output;
      const to = this.#numbers.get(hex(pid));
      if (to === undefined) continue;
      const said = { messageClass: COMPARISON_CLASS, to: [to], body, onlyFor: pid };
      await this.#converse((messages, next) => messages.say(said, next));
    }
  }

  async #tell(output: MembershipOutput): Promise<void> {
    const { post } = this.#options;
    switch (output.type) {
      case "epoch": {
        const { keys, members, policy, change, welcomed } = output;
        this.#keys = keys;
        this.#areTold = false;
        const { epoch, ownLeaf } = keys;
        const told = change && {
          by: change.committer,
          added: change.added,
          removed: change.removed,
        };
        post({ type: "roster", epoch, ownLeaf, members, policy, change: told });
        // After the page, which then knows whose the first frames of this epoch are.
        this.#tellFrames({ type: "epoch", keys });
        await this.#tellMessages(keys, welcomed);
        break;
      }
      case "out":
        this.#keys = undefined;
        this.#messages.end();
        await this.#compare((comparisons, end) => comparisons.end(end));
        this.#numbers.clear();
        this.#tellFrames({ type: "end" });
        post(output);
        break;
      default:
        post(output);
    }
  }

  async #tellMessages(keys: EpochKeys, welcomed: readonly Welcomed[]): Promise<void> {
    const { group, pid } = this.#membership ?? {};
    // It may be out again by now; that follows in its turn.
    if (group === undefined || pid === undefined || group.epoch !== keys.epoch) return;
    const { epoch, epochAuthenticator: authenticator } = group;
    await this.#compare((comparisons, out) =>
      comparisons.onEpoch(epoch, authenticator, group.members(), pid, out),
    );
    await this.#converse((messages, out) => messages.onEpoch(keys, group, pid, welcomed, out));
  }

  #tellFrames(message: FrameKeyMessage): void {
    if (this.#frames === undefined) return;
    this.#areTold = message.type === "epoch";
    this.#frames.postMessage(message);
  }

  #queue(work: () => Promise<void> | void): Promise<void> {
    const next = this.#last.then(work);
    // One that failed is our own bug; those behind it are served all the same.
    this.#last = next.catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      this.#options.post({ type: "refused", why: `key worker: ${why}` });
    });
    return this.#last;
  }
}

type ToldBy<T extends ToKeyWorker["type"]> = Extract<ToKeyWorker, { type: T }>;
type Conversation = ToldBy<"presence" | "say" | "relayed">;
type MemberRequest = Exclude<
  ToKeyWorker,
  ToldBy<"start" | "frames" | "get-code" | "compare"> | Conversation
>;

function isConversation(message: ToKeyWorker): message is Conversation {
  return message.type === "presence" || message.type === "say" || message.type === "relayed";
}

function isDue(atMs: number | undefined, nowMs: number): boolean {
  return atMs !== undefined && atMs <= nowMs;
}

async function serve(
  message: MemberRequest,
  membership: Membership,
  nowMs: number,
  out: MembershipOutput[],
): Promise<void> {
  switch (message.type) {
    case "delivery":
      await membership.onMessage(nowMs, message.message, out);
      break;
    case "rejoin":
      // Until there is another group, nothing may go on with the keys of this one.
      if (membership.group !== undefined) out.push({ type: "out", why: "stuck" });
      await membership.join(nowMs, out);
      break;
    case "reconnected":
      membership.onReconnected(out);
      break;
    case "remove":
      membership.wish(nowMs, { removes: [...message.pids] });
      break;
    case "set-policy":
      membership.wish(nowMs, { policy: message.policy });
  }
}

type MembershipWork = (
  membership: Membership,
  nowMs: number,
  out: MembershipOutput[],
) => Promise<void> | void;
