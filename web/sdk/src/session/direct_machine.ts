import type { SourceKind } from "../room/types.ts";
import type { DirectMessage, PathKind } from "./direct_wire.ts";
import { PathSwitch } from "./path_switch.ts";

/** The only other person in the room. */
export interface DirectPeer {
  /** Another one is another person, or the same after coming anew. */
  readonly pid: string;
  /** Whether this client is the one that makes offers; the other one is not. */
  readonly weOffer: boolean;
}

export type DirectAction =
  | { readonly type: "say"; readonly message: DirectMessage }
  /** Make a connection and its offer, then sayOffer(). */
  | { readonly type: "open" }
  /** Make a connection and the answer to this, then sayAnswer(). */
  | { readonly type: "accept"; readonly offer: Uint8Array }
  | { readonly type: "answered"; readonly answer: Uint8Array }
  | { readonly type: "candidates"; readonly lines: readonly string[] }
  | { readonly type: "close" }
  /** What is sent by which way, or what is presented, changed. */
  | { readonly type: "changed" };

/** What came by each way lately. */
export type Flows = Readonly<Record<PathKind, ReadonlySet<SourceKind>>>;

/** From the first offer to DTLS, on a slow way between two continents. */
const CONNECT_MS = 20_000;
/** Issue 5: a path without a packet for so long is dead. */
export const DEAD_MS = 400;
/**
 * Others may still have come, such as media: to be looked up. If none have, the server's way is sent on too:
 * encoders take a while to begin, and a camera's next picture may be far away.
 */
const DOUBT_MS = 250;
/** So long after the last doubt the direct way is trusted alone again. */
const DOUBT_ENDS_MS = 3000;
/** A switch that was planned is over by then, whatever has not come. */
const LEAVE_MS = 7000;
/** The first attempt, and the first after somebody left: others may be on their way in. */
const SETTLE_MS = 1500;
const RETRY_MS = 30_000;
const RETRY_MS_MAX = 10 * 60_000;
/** Two looks (of five seconds) in a row that are bad. */
const WORSE_LOOKS = 2;
const LOSS_MAX = 0.1;
/** A direct way that is so much longer than the one by the server is a detour. */
const DETOUR_MS = 150;

type Phase = "idle" | "connecting" | "open" | "leaving";

/**
 * Whether and how two people's media goes directly between them. Make before break: each sends by both
 * ways until the other says that it presents what came by the new one. No clock, no WebRTC: times are
 * arguments (ms), what is to be done is appended to `out`.
 */
export class DirectMachine {
  readonly #switch = new PathSwitch();
  #phase: Phase = "idle";
  #peer: DirectPeer | undefined;
  #allowed = true;
  #session = 0;
  /** What the other one presents. */
  #peerAt: PathKind = "server";
  #saidAt: PathKind = "server";
  #deadlineMs = Number.POSITIVE_INFINITY;
  #aliveAtMs = 0;
  #connected = false;
  #failures = 0;
  #badLooks = 0;
  #isDoubted = false;
  #doubtEndsMs = Number.POSITIVE_INFINITY;

  /** What is to be sent: on the server's connection, and on the direct one. */
  get sends(): Readonly<Record<PathKind, boolean>> {
    const isOpen = this.#phase === "open";
    return {
      server: !(isOpen && this.#peerAt === "direct") || this.#isDoubted,
      direct: isOpen || (this.#phase === "leaving" && this.#peerAt === "direct"),
    };
  }
  /** By which way what is presented of a source comes. */
  presented(source: SourceKind): PathKind {
    return this.#switch.presented(source);
  }
  /** Both directions are direct. */
  get isDirect(): boolean {
    return this.#phase === "open" && this.#peerAt === "direct" && this.#saidAt === "direct";
  }
  /** Whether flows are to be told. */
  get isSwitching(): boolean {
    return this.#connected && (this.#switch.isUnderWay || this.#isDoubted);
  }
  get session(): number {
    return this.#session;
  }

  /** Undefined: alone, or more than two. */
  setPeer(nowMs: number, peer: DirectPeer | undefined, out: DirectAction[]): void {
    const isSame = peer?.pid === this.#peer?.pid && peer?.weOffer === this.#peer?.weOffer;
    if (isSame) return;
    const hadPeer = this.#peer;
    this.#peer = peer;
    this.#failures = 0;
    if (this.#phase === "idle") this.#wait(nowMs, SETTLE_MS);
    // With somebody else there is nobody left at the other end.
    else if (peer !== undefined && peer.pid !== hadPeer?.pid) this.#close(nowMs, SETTLE_MS, out);
    else this.#leave(nowMs, out);
  }

  setAllowed(nowMs: number, allowed: boolean, out: DirectAction[]): void {
    if (allowed === this.#allowed) return;
    this.#allowed = allowed;
    this.#failures = 0;
    if (!allowed) this.#leave(nowMs, out);
    else this.#invite(nowMs, out);
  }

  #invite(nowMs: number, out: DirectAction[]): void {
    if (this.#peer === undefined || this.#phase !== "idle") return;
    if (this.#peer.weOffer) this.#wait(nowMs, 0);
    else out.push({ type: "say", message: { type: "ask", session: 0 } });
  }

  sayOffer(sdp: Uint8Array, out: DirectAction[]): void {
    out.push({ type: "say", message: { type: "offer", session: this.#session, sdp } });
  }
  sayAnswer(sdp: Uint8Array, out: DirectAction[]): void {
    out.push({ type: "say", message: { type: "answer", session: this.#session, sdp } });
  }

  onMessage(nowMs: number, message: DirectMessage, out: DirectAction[]): void {
    const isOfSession = message.session === this.#session && this.#phase !== "idle";
    if (message.type === "offer") this.#onOffer(nowMs, message, out);
    else if (message.type !== "ask") {
      if (isOfSession) this.#onWord(nowMs, message, out);
    } else if (this.#phase === "idle" && this.#peer?.weOffer === true) this.#wait(nowMs, 0);
  }

  #onWord(nowMs: number, message: DirectMessage, out: DirectAction[]): void {
    switch (message.type) {
      case "answer":
        out.push({ type: "answered", answer: message.sdp });
        break;
      case "candidates":
        out.push({ type: "candidates", lines: message.lines });
        break;
      case "at":
        this.#peerAt = message.path;
        // It has lost the direct path, or is leaving it: this side does not know yet.
        if (message.path === "server" && this.#phase === "open") this.#leave(nowMs, out);
        out.push({ type: "changed" });
        this.#closeIfLeft(nowMs, out);
        break;
      case "end":
        if (this.#phase === "connecting") this.#fail(nowMs, out);
        // Where this was planned, it will be known here in a moment too, and forgiven.
        if (this.#phase === "open") this.#failures++;
        this.#leave(nowMs, out, false);
    }
  }

  onConnected(nowMs: number, out: DirectAction[]): void {
    if (this.#phase !== "connecting") return;
    this.#phase = "open";
    this.#connected = true;
    this.#aliveAtMs = nowMs;
    this.#badLooks = 0;
    this.#deadlineMs = Number.POSITIVE_INFINITY;
    this.#switch.begin(nowMs, "direct");
    out.push({ type: "changed" });
  }

  /** The browser has given the connection up, or cannot make it. */
  onFailed(nowMs: number, out: DirectAction[]): void {
    if (this.#phase === "connecting") this.#fail(nowMs, out);
    else if (this.#phase === "open") this.#onDead(nowMs, out);
  }

  /** A sign of life came at `atMs`. */
  onAlive(atMs: number): void {
    this.#aliveAtMs = Math.max(this.#aliveAtMs, atMs);
  }

  /** Nothing has been heard for a while: see what has come, and tell it by onAlive, then onSilence. */
  isDoubtful(nowMs: number): boolean {
    return this.#phase === "open" && nowMs - this.#aliveAtMs >= DOUBT_MS;
  }

  onSilence(nowMs: number, out: DirectAction[]): void {
    if (!this.isDoubtful(nowMs)) return;
    if (nowMs - this.#aliveAtMs >= DEAD_MS) this.#onDead(nowMs, out);
    else this.#doubt(nowMs, out);
  }

  #doubt(nowMs: number, out: DirectAction[]): void {
    this.#doubtEndsMs = nowMs + DOUBT_ENDS_MS;
    if (this.#isDoubted) return;
    this.#isDoubted = true;
    out.push({ type: "changed" });
  }

  #trust(): void {
    this.#isDoubted = false;
    this.#doubtEndsMs = Number.POSITIVE_INFINITY;
  }

  /** Every five seconds. Round trips in ms, undefined where unknown. */
  onLook(
    nowMs: number,
    look: { lossRatio: number; directMs: number | undefined; serverMs: number | undefined },
    out: DirectAction[],
  ): void {
    if (this.#phase !== "open") return;
    const { lossRatio, directMs, serverMs } = look;
    const isDetour =
      directMs !== undefined && serverMs !== undefined && directMs > serverMs + DETOUR_MS;
    this.#badLooks = lossRatio >= LOSS_MAX || isDetour ? this.#badLooks + 1 : 0;
    if (this.#badLooks < WORSE_LOOKS) return;
    this.#failures++;
    this.#leave(nowMs, out);
  }

  /** What has come by each way since a moment ago. */
  onFlows(nowMs: number, flows: Flows, out: DirectAction[]): void {
    if (this.#switch.onFlows(nowMs, flows)) out.push({ type: "changed" });
    this.#tellAt(nowMs, out);
  }

  nextDeadlineMs(): number {
    return Math.min(this.#deadlineMs, this.#switch.nextDeadlineMs(), this.#doubtEndsMs);
  }

  onDeadline(nowMs: number, out: DirectAction[]): void {
    if (nowMs >= this.#doubtEndsMs) {
      this.#trust();
      out.push({ type: "changed" });
    }
    // Connected, but what the server carries does not come by it.
    if (this.#phase === "open" && this.#switch.isMissingSome(nowMs)) this.#onDead(nowMs, out);
    else if (this.#switch.onDeadline(nowMs)) out.push({ type: "changed" });
    this.#tellAt(nowMs, out);
    if (nowMs < this.#deadlineMs) return;
    this.#deadlineMs = Number.POSITIVE_INFINITY;
    if (this.#phase === "connecting") this.#fail(nowMs, out);
    else if (this.#phase === "leaving") this.#close(nowMs, this.#retryMs(), out);
    else if (this.#phase === "idle") this.#begin(nowMs, out);
  }

  #begin(nowMs: number, out: DirectAction[]): void {
    if (this.#peer === undefined || !this.#allowed || !this.#peer.weOffer) return;
    this.#start(nowMs, this.#session + 1);
    out.push({ type: "open" });
  }

  #onOffer(
    nowMs: number,
    { session, sdp }: { session: number; sdp: Uint8Array },
    out: DirectAction[],
  ): void {
    if (this.#peer === undefined || this.#peer.weOffer) return;
    if (!this.#allowed) {
      out.push({ type: "say", message: { type: "end", session } });
      return;
    }
    // The other one has begun anew; it knows why.
    if (this.#phase !== "idle") this.#close(nowMs, SETTLE_MS, out);
    this.#start(nowMs, session);
    out.push({ type: "accept", offer: sdp });
  }

  #start(nowMs: number, session: number): void {
    this.#session = session;
    this.#phase = "connecting";
    this.#peerAt = "server";
    this.#saidAt = "server";
    this.#deadlineMs = nowMs + CONNECT_MS;
  }

  #onDead(nowMs: number, out: DirectAction[]): void {
    this.#failures++;
    this.#leave(nowMs, out);
    // Its sound is nowhere; its last picture is better than none.
    this.#switch.abandonSound();
    this.#tellAt(nowMs, out);
  }

  /** Back to the server, without a gap as long as the direct path stands. */
  #leave(nowMs: number, out: DirectAction[], tell = true): void {
    if (this.#phase === "connecting") this.#fail(nowMs, out);
    if (this.#phase !== "open") return;
    this.#phase = "leaving";
    this.#trust();
    this.#deadlineMs = nowMs + LEAVE_MS;
    this.#switch.begin(nowMs, "server");
    if (tell) out.push({ type: "say", message: { type: "end", session: this.#session } });
    out.push({ type: "changed" });
  }

  #tellAt(nowMs: number, out: DirectAction[]): void {
    const at = this.#switch.settled;
    if (at === undefined || this.#phase === "idle") return;
    if (at !== this.#saidAt) {
      this.#saidAt = at;
      out.push({ type: "say", message: { type: "at", session: this.#session, path: at } });
      out.push({ type: "changed" });
    }
    this.#closeIfLeft(nowMs, out);
  }

  #closeIfLeft(nowMs: number, out: DirectAction[]): void {
    const isLeft = this.#peerAt === "server" && this.#switch.settled === "server";
    if (this.#phase === "leaving" && isLeft) this.#close(nowMs, this.#retryMs(), out);
  }

  #fail(nowMs: number, out: DirectAction[]): void {
    this.#failures++;
    out.push({ type: "say", message: { type: "end", session: this.#session } });
    this.#close(nowMs, this.#retryMs(), out);
  }

  #close(nowMs: number, waitMs: number, out: DirectAction[]): void {
    this.#phase = "idle";
    this.#trust();
    this.#connected = false;
    this.#peerAt = "server";
    this.#saidAt = "server";
    this.#switch.reset();
    out.push({ type: "close" }, { type: "changed" });
    this.#wait(nowMs, waitMs);
  }

  #retryMs(): number {
    if (this.#failures === 0) return SETTLE_MS;
    return Math.min(RETRY_MS * 2 ** (this.#failures - 1), RETRY_MS_MAX);
  }

  #wait(nowMs: number, ms: number): void {
    this.#deadlineMs = this.#peer?.weOffer === true ? nowMs + ms : Number.POSITIVE_INFINITY;
  }
}
