import {
  type ClientBody,
  decodeServerMessage,
  encodeClientMessage,
  type ServerMessage,
} from "../protocol/index.ts";
import type { SessionEnd, SignalOutput } from "../session/signal_session.ts";
import { SignalSession } from "../session/signal_session.ts";
import type { Platform, Socket, Timer } from "./platform.ts";

export interface SignalEvents {
  readonly onMessage: (message: ServerMessage) => void;
  readonly onResumed: () => void;
  readonly onLost: () => void;
  /** The server does not know this client any more: `join` with a new connection's offer. */
  readonly onOfferWanted: (mediaFailed: boolean) => void;
  readonly onEnded: (end: SessionEnd) => void;
}

/** Runs a SignalSession on real sockets and a real clock. */
export class SignalLink {
  readonly #platform: Platform;
  readonly #url: string;
  readonly #events: SignalEvents;
  readonly #session: SignalSession;
  readonly #timer: Timer;
  readonly #stopListening: () => void;
  #socket: Socket | undefined;
  #pumping = false;

  constructor(platform: Platform, url: string, events: SignalEvents) {
    this.#platform = platform;
    this.#url = url;
    this.#events = events;
    this.#session = new SignalSession(() => platform.random());
    this.#timer = platform.timer(() => this.#run((now) => this.#session.onDeadline(now)));
    this.#stopListening = platform.onOnline(() => this.#run((now) => this.#session.onOnline(now)));
  }

  get standing(): boolean {
    return this.#session.standing;
  }

  start(): void {
    this.#run((now) => this.#session.start(now));
  }
  join(body: ClientBody): void {
    this.#run((now) => this.#session.join(now, body));
  }
  send(body: ClientBody): void {
    this.#run(() => this.#session.send(body));
  }
  tell(body: ClientBody): void {
    this.#run(() => this.#session.tell(body));
  }
  request(body: ClientBody): number {
    let number = 0;
    this.#run(() => {
      number = this.#session.request(body);
    });
    return number;
  }
  rejoin(): void {
    this.#run((now) => this.#session.rejoin(now));
  }
  refuse(): void {
    this.#run(() => this.#session.refuse());
  }
  leave(): void {
    this.#run(() => this.#session.leave());
  }

  #run(input: (nowMs: number) => void): void {
    input(this.#platform.nowMs());
    this.#pump();
  }

  /** Not reentrant: what an event's listener asks for is done after the events before it. */
  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    let outputs = this.#session.takeOutput();
    while (outputs.length > 0) {
      for (const output of outputs) this.#do(output);
      outputs = this.#session.takeOutput();
    }
    this.#pumping = false;
    this.#timer.schedule(this.#session.nextDeadlineMs());
  }

  #do(output: SignalOutput): void {
    switch (output.type) {
      case "open":
        this.#open();
        break;
      case "close":
        this.#socket?.close();
        this.#socket = undefined;
        break;
      case "send":
        this.#socket?.send(encodeClientMessage(output.message));
        break;
      case "message":
        this.#events.onMessage(output.message);
        break;
      case "resumed":
        this.#events.onResumed();
        break;
      case "lost":
        this.#events.onLost();
        break;
      case "offer-wanted":
        this.#events.onOfferWanted(output.mediaFailed);
        break;
      case "ended":
        this.#stopListening();
        this.#events.onEnded(output.end);
        break;
    }
  }

  #open(): void {
    const isCurrent = () => this.#socket === socket;
    const socket: Socket = this.#platform.openSocket(this.#url, {
      onOpen: () => isCurrent() && this.#run((now) => this.#session.onOpen(now)),
      onMessage: (bytes) => isCurrent() && this.#onBytes(bytes),
      onClosed: () => isCurrent() && this.#run((now) => this.#session.onClosed(now)),
    });
    this.#socket = socket;
  }

  #onBytes(bytes: Uint8Array): void {
    const message = decodeServerMessage(bytes);
    // What cannot be read is skipped: a newer server may say more than this client knows.
    if (message !== undefined) this.#run((now) => this.#session.onMessage(now, message));
  }
}
