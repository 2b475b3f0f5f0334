/**
 * Bundled into the bare page of tests/e2e/keys.test.ts: several members of a room, each with a real key
 * worker, and a delivery service between them, all in one page.
 */
import type { FrameKeyMessage } from "@conclave/e2ee";
import { type FromKeyWorker, KEY_WORKER_TEXT, type ToKeyWorker } from "@conclave/e2ee/keys";
import { type Delivered, DeliveryService } from "@conclave/e2ee/testing";
import { workerFromText } from "../browser/frame_worker.ts";

/** Often enough for the service's deadlines. */
const TICK_MS = 20;

const service = new DeliveryService();
const members: Member[] = [];

class Member {
  readonly #worker = workerFromText(KEY_WORKER_TEXT, "conclave-keys");
  readonly #askedAt = performance.now();
  roster: Extract<FromKeyWorker, { type: "roster" }> | undefined;
  joinMs: number | undefined;
  code: string | undefined;
  /** 16 bytes derived from each epoch's base key, by epoch. */
  readonly keys = new Map<number, string>();
  readonly refusals: string[] = [];

  constructor(session: number, secret: Uint8Array) {
    this.#worker.onmessage = ({ data }: MessageEvent<FromKeyWorker>) => this.#hear(session, data);
    const { port1, port2 } = new MessageChannel();
    port2.onmessage = ({ data }: MessageEvent<FrameKeyMessage>) => void this.#onKeys(data);
    this.post({ type: "frames", port: port1 }, [port1]);
    this.post({ type: "start", roomId: "r/page", secret });
  }

  post(message: ToKeyWorker, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #hear(session: number, message: FromKeyWorker): void {
    if (message.type === "send") {
      serve((out) => service.onMessage(performance.now(), session, message.message, out));
    } else if (message.type === "roster") {
      this.roster = message;
      this.joinMs ??= performance.now() - this.#askedAt;
    } else if (message.type === "code") this.code = message.code;
    else if (message.type === "out") this.roster = undefined;
    else if (message.type === "refused") this.refusals.push(message.why);
  }

  async #onKeys(message: FrameKeyMessage): Promise<void> {
    if (message.type === "end") return;
    const { baseKey, epoch } = message.keys;
    const info = new TextEncoder().encode("test");
    const params = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
    const bits = new Uint8Array(await crypto.subtle.deriveBits(params, baseKey, 128));
    this.keys.set(epoch, bits.join(","));
  }
}

function serve(work: (out: Delivered[]) => void): void {
  const out: Delivered[] = [];
  work(out);
  for (const { session, message } of out) members[session]?.post({ type: "delivery", message });
}

setInterval(() => {
  const nowMs = performance.now();
  if ((service.nextDeadlineMs() ?? Number.POSITIVE_INFINITY) <= nowMs) {
    serve((out) => service.onDeadline(nowMs, out));
  }
}, TICK_MS);

const keysPage = {
  arrive: (count: number, secretByte: number): void => {
    for (let i = 0; i < count; i++) {
      members.push(new Member(members.length, new Uint8Array(32).fill(secretByte)));
    }
  },
  askCodes: (): void => {
    for (const member of members) member.post({ type: "get-code", request: 1 });
  },
  remove: (by: number, who: number): void => {
    const { roster } = members[who] ?? {};
    const own = roster?.members.find(({ leaf }) => leaf === roster.ownLeaf);
    if (own !== undefined) members[by]?.post({ type: "remove", pids: [own.pid] });
  },
  look: () =>
    members.map(({ roster, joinMs, code, keys, refusals }) => ({
      ...{ people: roster?.members.length ?? 0, epoch: roster?.epoch, joinMs, code, refusals },
      key: keys.get(roster?.epoch ?? -1),
    })),
};

export type KeysPage = typeof keysPage;
Object.assign(window, { keysPage });
