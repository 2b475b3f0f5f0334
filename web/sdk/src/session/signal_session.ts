import {
  type ClientBody,
  type ClientMessageInit,
  ErrorCode,
  type ServerMessage,
} from "../protocol/index.ts";
import { retryDelayMs } from "./retry_schedule.ts";

/** Finds half-open sockets: a network that is gone says nothing. */
const PING_INTERVAL_MS = 10_000;
/** A socket that is silent for this long after a ping is taken for lost. */
const PONG_TIMEOUT_MS = 5_000;
/** A socket that neither opens nor answers the first message for this long is given up. */
const ATTEMPT_TIMEOUT_MS = 10_000;
/** Without any meeting yet, a person waits; three attempts are about two seconds. */
const FIRST_JOIN_ATTEMPTS_MAX = 3;
/** Long enough for a restart of the server or a train's tunnel. */
const GIVE_UP_AFTER_MS = 120_000;
/** What people say while the socket is away waits; beyond this the oldest is dropped. */
const QUEUE_MAX = 64;
/** Joining again over and over means that something is wrong that joining does not cure. */
const REJOINS_MAX = 5;
/** Standing this long ends a series of failed attempts: longer than the server waits for media. */
const STABLE_AFTER_MS = 60_000;

export type SessionEnd = "server-unreachable" | "server-gone" | "refused" | "left";

/** What the owner is to do, in order. */
export type SignalOutput =
  | { readonly type: "open" }
  | { readonly type: "close" }
  | { readonly type: "send"; readonly message: ClientMessageInit }
  /** A message of the server, each once and in order; Joined included. */
  | { readonly type: "message"; readonly message: ServerMessage }
  /** The session is back and untouched: tell the server all present state again. */
  | { readonly type: "resumed" }
  /** The socket is lost; retrying has begun. */
  | { readonly type: "lost" }
  /**
   * A new connection is to be offered: call `join` with it. `mediaFailed`: the server has ended the
   * old one because its media path was lost, or never stood.
   */
  | { readonly type: "offer-wanted"; readonly mediaFailed: boolean }
  | { readonly type: "ended"; readonly end: SessionEnd };

type State =
  | "idle"
  | "waiting"
  | "opening"
  | "open"
  | "joining"
  | "resuming"
  /** Its Join is in the lobby. */
  | "knocking"
  | "standing"
  | "ended";

/**
 * The life of the signaling session over its WebSockets: join, ping, loss, retry, resume. Without a
 * socket and a clock: the owner reports what happens, and does what `takeOutput` says.
 */
export class SignalSession {
  readonly #random: () => number;
  #state: State = "idle";
  #output: SignalOutput[] = [];
  #joinBody: ClientBody | undefined;
  #token: Uint8Array | undefined;
  #lastSequence = 0n;
  #attempt = 0;
  #rejoins = 0;
  #lostAtMs: number | undefined;
  #standingSinceMs = 0;
  #everStood = false;
  /** When the present state times out or its next ping is due. */
  #deadlineMs = Number.POSITIVE_INFINITY;
  #awaitingPong = false;
  #pingValue = 0n;
  /** The ping after a resume: when it returns, the server has repeated all it had to say. */
  #barrier: bigint | undefined;
  #request = 0;
  readonly #unanswered = new Map<number, ClientBody>();
  #queue: ClientBody[] = [];

  /** `random` gives 0 <= x < 1. */
  constructor(random: () => number) {
    this.#random = random;
  }

  get standing(): boolean {
    return this.#state === "standing";
  }
  get ended(): boolean {
    return this.#state === "ended";
  }

  takeOutput(): readonly SignalOutput[] {
    const output = this.#output;
    this.#output = [];
    return output;
  }

  nextDeadlineMs(): number {
    return this.#deadlineMs;
  }

  // ---- What the owner wants -------------------------------------------------------------------

  /** Opens the first socket; the Join may come later, so that both are made at the same time. */
  start(nowMs: number): void {
    if (this.#state === "idle") this.#open(nowMs);
  }

  /** `body` is a Join, which is sent as soon as a socket is open. */
  join(nowMs: number, body: ClientBody): void {
    this.#joinBody = body;
    if (this.#state === "open") this.#sendFirst(nowMs);
  }

  /** Sends now or never: what is said in the lobby is of no use later. */
  tell(body: ClientBody): void {
    if (this.#state === "standing" || this.#state === "knocking") {
      this.#output.push({ type: "send", message: { body } });
    }
  }

  /** Sends now, or after the session is back. */
  send(body: ClientBody): void {
    if (this.#state === "standing") this.#output.push({ type: "send", message: { body } });
    else if (this.#state !== "ended") this.#queue = [...this.#queue, body].slice(-QUEUE_MAX);
  }

  /** Like `send`, and repeated after a resume until it is answered. Returns its number. */
  request(body: ClientBody): number {
    const request = this.#nextRequest();
    this.#unanswered.set(request, body);
    if (this.#state === "standing") this.#output.push({ type: "send", message: { request, body } });
    return request;
  }

  /** The connection is of no more use: leave, and join again with a new offer. */
  rejoin(nowMs: number): void {
    if (this.#state === "ended") return;
    if (this.standing) {
      this.#output.push({ type: "send", message: { body: leaveBody() } }, { type: "lost" });
    }
    this.#output.push({ type: "close" });
    this.#forgetSession();
    this.#lostAtMs ??= nowMs;
    if (this.#countRejoin(nowMs, false)) this.#retry(nowMs);
  }

  leave(): void {
    if (this.#state === "ended") return;
    if (this.standing) this.#output.push({ type: "send", message: { body: leaveBody() } });
    this.#end("left");
  }

  // ---- What happens ---------------------------------------------------------------------------

  onOpen(nowMs: number): void {
    if (this.#state !== "opening") return;
    this.#enter("open", nowMs + ATTEMPT_TIMEOUT_MS);
    this.#sendFirst(nowMs);
  }

  onClosed(nowMs: number): void {
    if (this.#state === "ended" || this.#state === "waiting" || this.#state === "idle") return;
    if (this.standing) this.#output.push({ type: "lost" });
    this.#lostAtMs ??= nowMs;
    this.#retry(nowMs);
  }

  onMessage(nowMs: number, message: ServerMessage): void {
    if (this.#state === "ended" || this.#state === "idle" || this.#state === "waiting") return;
    // Anything proves that the socket lives.
    if (this.#awaitingPong) this.#deadlineMs = nowMs + PING_INTERVAL_MS;
    this.#awaitingPong = false;
    if (this.#isRepeated(message)) return;
    this.#unanswered.delete(message.replyTo);
    this.#onBody(nowMs, message);
  }

  /** The browser says that there is a network again. */
  onOnline(nowMs: number): void {
    if (this.#state === "waiting") this.#open(nowMs);
    else if (this.standing || this.#state === "knocking") this.#ping(nowMs);
  }

  onDeadline(nowMs: number): void {
    if (nowMs < this.#deadlineMs) return;
    switch (this.#state) {
      case "waiting":
        this.#open(nowMs);
        break;
      case "standing":
      case "knocking":
        if (this.#awaitingPong) this.#drop(nowMs);
        else this.#ping(nowMs);
        break;
      case "opening":
      case "open":
      case "joining":
      case "resuming":
        this.#drop(nowMs);
        break;
      case "idle":
      case "ended":
        this.#deadlineMs = Number.POSITIVE_INFINITY;
        break;
    }
  }

  // ---- Inside ---------------------------------------------------------------------------------

  /** A resume repeats what the server does not know to have arrived. Joined begins a new count. */
  #isRepeated({ sequence, body }: ServerMessage): boolean {
    // Resumed overtakes the messages that it announces, so its number says nothing about them.
    if (sequence === 0n || body?.$case === "joined" || body?.$case === "resumed") return false;
    if (sequence <= this.#lastSequence) return true;
    this.#lastSequence = sequence;
    return false;
  }

  #onBody(nowMs: number, message: ServerMessage): void {
    const { body } = message;
    switch (body?.$case) {
      case "joined":
        if (this.#state !== "joining" && this.#state !== "knocking") break;
        this.#lastSequence = message.sequence;
        this.#token = body.value.resumeToken;
        this.#stand(nowMs);
        this.#output.push({ type: "message", message });
        this.#flushQueue();
        break;
      case "waiting":
        if (this.#state !== "joining") break;
        this.#attempt = 0;
        this.#enter("knocking", nowMs + PING_INTERVAL_MS);
        this.#output.push({ type: "message", message });
        break;
      case "resumed":
        if (this.#state !== "resuming") break;
        this.#stand(nowMs);
        this.#output.push({ type: "resumed" });
        this.#flushQueue();
        this.#ping(nowMs);
        this.#barrier = this.#pingValue;
        break;
      case "pong":
        if (body.value.value === this.#barrier) this.#repeatUnanswered();
        break;
      case "error":
        if (this.#onError(nowMs, body.value.code, body.value.retry, body.value.retryAfterMs)) break;
        this.#output.push({ type: "message", message });
        break;
      default:
        this.#output.push({ type: "message", message });
    }
  }

  /** Whether the error was the session's own business. */
  #onError(nowMs: number, code: ErrorCode, retry: boolean, retryAfterMs: number): boolean {
    const failed = this.standing && code === ErrorCode.TRANSPORT_FAILED;
    if (this.#state === "resuming" || failed) {
      this.#onForgotten(nowMs, failed);
      return true;
    }
    const joins = this.#state === "joining" || this.#state === "knocking";
    if (joins && this.#everStood && retry) {
      // A meeting that stood before: a busy server is waited for.
      this.#output.push({ type: "close" });
      this.#retry(nowMs);
      this.#deadlineMs = Math.max(this.#deadlineMs, nowMs + retryAfterMs);
      return true;
    }
    return false;
  }

  /** The server does not know this client any more, but the socket is as good as new. */
  #onForgotten(nowMs: number, mediaFailed: boolean): void {
    if (this.standing) this.#output.push({ type: "lost" });
    this.#lostAtMs ??= nowMs;
    this.#forgetSession();
    if (this.#countRejoin(nowMs, mediaFailed)) this.#enter("open", nowMs + ATTEMPT_TIMEOUT_MS);
  }

  /** The owner could not use what the server said, or refuses it. */
  refuse(): void {
    if (this.#state !== "ended") this.#end("refused");
  }

  #sendFirst(nowMs: number): void {
    const resume = this.#token;
    if (resume !== undefined) {
      this.#enter("resuming", nowMs + ATTEMPT_TIMEOUT_MS);
      this.#sendNumbered({
        $case: "resume",
        value: { token: resume, lastSequence: this.#lastSequence },
      });
    } else if (this.#joinBody !== undefined) {
      this.#enter("joining", nowMs + ATTEMPT_TIMEOUT_MS);
      this.#sendNumbered(this.#joinBody);
    }
  }

  #sendNumbered(body: ClientBody): void {
    this.#output.push({ type: "send", message: { request: this.#nextRequest(), body } });
  }

  #stand(nowMs: number): void {
    this.#awaitingPong = false;
    this.#attempt = 0;
    this.#lostAtMs = undefined;
    this.#standingSinceMs = nowMs;
    this.#everStood = true;
    this.#enter("standing", nowMs + PING_INTERVAL_MS);
  }

  #ping(nowMs: number): void {
    this.#pingValue += 1n;
    this.#awaitingPong = true;
    this.#deadlineMs = nowMs + PONG_TIMEOUT_MS;
    const body: ClientBody = { $case: "ping", value: { value: this.#pingValue } };
    this.#output.push({ type: "send", message: { body } });
  }

  #flushQueue(): void {
    const queue = this.#queue;
    this.#queue = [];
    for (const body of queue) this.send(body);
  }

  #repeatUnanswered(): void {
    this.#barrier = undefined;
    for (const [request, body] of this.#unanswered) {
      this.#output.push({ type: "send", message: { request, body } });
    }
  }

  #open(nowMs: number): void {
    this.#attempt += 1;
    this.#enter("opening", nowMs + ATTEMPT_TIMEOUT_MS);
    this.#output.push({ type: "open" });
  }

  /** Gives up the present socket as if it had closed. */
  #drop(nowMs: number): void {
    this.#output.push({ type: "close" });
    this.onClosed(nowMs);
  }

  #retry(nowMs: number): void {
    if (!this.#everStood && this.#attempt >= FIRST_JOIN_ATTEMPTS_MAX)
      this.#end("server-unreachable");
    else if (nowMs - (this.#lostAtMs ?? nowMs) > GIVE_UP_AFTER_MS) this.#end("server-gone");
    else this.#enter("waiting", nowMs + retryDelayMs(this.#attempt, this.#random));
  }

  /** False (and ended) when joining again has become a loop. */
  #countRejoin(nowMs: number, mediaFailed: boolean): boolean {
    if (nowMs - this.#standingSinceMs > STABLE_AFTER_MS) this.#rejoins = 0;
    this.#rejoins += 1;
    if (this.#rejoins > REJOINS_MAX) {
      this.#end("server-gone");
      return false;
    }
    this.#output.push({ type: "offer-wanted", mediaFailed });
    return true;
  }

  #forgetSession(): void {
    this.#token = undefined;
    this.#joinBody = undefined;
    this.#lastSequence = 0n;
    this.#barrier = undefined;
    this.#unanswered.clear();
  }

  #end(end: SessionEnd): void {
    this.#enter("ended", Number.POSITIVE_INFINITY);
    this.#queue = [];
    this.#unanswered.clear();
    this.#output.push({ type: "close" }, { type: "ended", end });
  }

  #enter(state: State, deadlineMs: number): void {
    this.#state = state;
    this.#deadlineMs = deadlineMs;
  }

  #nextRequest(): number {
    this.#request += 1;
    return this.#request;
  }
}

function leaveBody(): ClientBody {
  return { $case: "leave", value: {} };
}
