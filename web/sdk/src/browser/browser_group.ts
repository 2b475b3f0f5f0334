import {
  type FromKeyWorker,
  KEY_WORKER_TEXT,
  type RoomPolicy,
  type ToKeyWorker,
} from "@conclave/e2ee/keys";
import type { ClientBody, GroupNews, MessageClass, Relay } from "../protocol/index.ts";
import type { GroupEvents, GroupRoster, GroupSide, LabelStep } from "../room/group_side.ts";
import { fromGroupNews, toGroupRequest } from "../session/group_wire.ts";
import { workerFromText } from "./frame_worker.ts";
import type { SealedFrames } from "./sealed_frames.ts";

export interface GroupOptions {
  /** The room's address without its fragment: part of every proof. */
  readonly room: string;
  /** The link's, 32 bytes; handed to the key worker and overwritten here. */
  readonly secret: Uint8Array | undefined;
  readonly frames: SealedFrames;
  /** By which others recognise this client in other meetings; undefined: by nothing. */
  readonly lasting?: Promise<CryptoKeyPair | undefined> | undefined;
  /** Undefined: this client is in no group at the moment; nothing is sealed or opened. */
  readonly onRoster?: (roster: GroupRoster | undefined) => void;
  /** For logs: something that the service or a member sent was not accepted. */
  readonly onRefused?: (why: string) => void;
}

/** The key worker of a meeting, as the page sees it. Keys go from it straight to the frame worker. */
export class BrowserGroup implements GroupSide {
  readonly #options: GroupOptions;
  readonly #worker = workerFromText(KEY_WORKER_TEXT, "conclave-keys");
  readonly #codes = new Map<number, (code: string) => void>();
  #events: GroupEvents | undefined;
  #send: ((body: ClientBody) => void) | undefined;
  /** The wish to be let in, while there is nobody to hear it; a later one replaces it. */
  #firstWord: ClientBody | undefined;
  #requests = 0;

  constructor(options: GroupOptions) {
    this.#options = options;
    this.#worker.onmessage = ({ data }: MessageEvent<FromKeyWorker>) => this.#onMessage(data);
    this.#joinWorkers();
    options.frames.onReplaced(() => this.#joinWorkers());
    options.frames.onLabels(() => this.#events?.onLabels());
    // Keys take a moment to make: meanwhile the connection is being offered.
    void this.#start();
  }

  async #start(): Promise<void> {
    const { room, secret } = this.#options;
    const lasting = await this.#options.lasting;
    this.#post({ type: "start", roomId: room, secret, lasting });
    secret?.fill(0);
  }

  listen(events: GroupEvents): void {
    this.#events = events;
  }

  onJoined(send: (body: ClientBody) => void): void {
    const isFirst = this.#send === undefined;
    this.#send = send;
    if (!isFirst) this.#post({ type: "rejoin" });
    else if (this.#firstWord !== undefined) send(this.#firstWord);
    this.#firstWord = undefined;
  }

  onNews(news: GroupNews): void {
    const message = fromGroupNews(news);
    if (message !== undefined) this.#post({ type: "delivery", message });
  }

  onRelay({ class: messageClass, to, payload }: Relay): void {
    this.#post({ type: "relayed", messageClass, to, payload: new Uint8Array(payload) });
  }

  onResumed(): void {
    this.#post({ type: "reconnected" });
  }

  setPresence(participant: number, body: Uint8Array): void {
    this.#post({ type: "presence", participant, body });
  }

  say(
    messageClass: MessageClass,
    body: Uint8Array,
    to: readonly number[] = [],
    onlyFor?: Uint8Array,
  ): void {
    this.#post({ type: "say", messageClass, to, body, onlyFor });
  }

  trailOf(track: MediaStreamTrack): readonly LabelStep[] {
    return this.#options.frames.trailOf(track);
  }

  roomCode(): Promise<string> {
    const request = ++this.#requests;
    this.#post({ type: "get-code", request });
    return new Promise((resolve) => this.#codes.set(request, resolve));
  }

  setPolicy(policy: RoomPolicy): void {
    this.#post({ type: "set-policy", policy });
  }

  compare(pid: Uint8Array, participant: number, act: "begin" | "accept" | "stop"): void {
    this.#post({ type: "compare", act, pid, to: participant });
  }

  /** Makes the others' clients put them out; where a moderator does it, the link is replaced then. */
  remove(pids: readonly Uint8Array[]): void {
    this.#post({ type: "remove", pids });
  }

  close(): void {
    this.#worker.terminate();
    this.#options.frames.close();
  }

  /** The frame worker that there is now hears of the next epoch from the key worker. */
  #joinWorkers(): void {
    const { port1, port2 } = new MessageChannel();
    this.#options.frames.useKeys(port2);
    this.#post({ type: "frames", port: port1 }, [port1]);
  }

  #onMessage(message: FromKeyWorker): void {
    const { onRoster, onRefused } = this.#options;
    switch (message.type) {
      case "send":
        this.#tell(toGroupRequest(message.message));
        break;
      case "relay":
        this.#send?.({
          $case: "relay",
          value: {
            class: message.messageClass as MessageClass,
            to: [...message.to],
            payload: message.payload,
          },
        });
        break;
      case "roster":
        onRoster?.(message);
        this.#events?.onRoster(message);
        break;
      case "link":
        this.#events?.onLink(message.fragment);
        break;
      case "out":
        onRoster?.(undefined);
        this.#events?.onOut(message.why);
        break;
      case "presences":
        this.#events?.onPresences(message.presences);
        break;
      case "said": {
        const { pid, messageClass, body, audience } = message;
        this.#events?.onSaid(pid, messageClass as MessageClass, body, audience);
        break;
      }
      case "comparison":
        this.#events?.onComparison(message.pid, message.step);
        break;
      case "refused":
        onRefused?.(message.why);
        break;
      case "code":
        this.#codes.get(message.request)?.(message.code);
        this.#codes.delete(message.request);
    }
  }

  #tell(body: ClientBody): void {
    if (this.#send === undefined) this.#firstWord = body;
    else this.#send(body);
  }

  #post(message: ToKeyWorker, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }
}
