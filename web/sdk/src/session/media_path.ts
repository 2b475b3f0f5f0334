/** RTCPeerConnectionState, as far as this client cares. */
export type MediaState = "connecting" | "connected" | "disconnected" | "failed";

export type MediaAction = "restart-ice" | "rejoin" | "give-up";

/** ICE often recovers by itself from a short gap; a restart in that time would only disturb it. */
const DISCONNECTED_PATIENCE_MS = 2_000;
/** From an answer to connectivity, DTLS included, on a slow mobile network. */
const CONNECT_TIMEOUT_MS = 10_000;
const RESTARTS_MAX = 3;

/**
 * Decides what to do about the media path: wait, restart ICE, join again with a new connection, or
 * (when it never stood) give up. One path lives for one RTCPeerConnection.
 */
export class MediaPath {
  /** Whether any path of this meeting stood: then it is worth another try. */
  readonly #everConnectedBefore: boolean;
  #state: MediaState = "connecting";
  #signalingUp = true;
  #everConnected = false;
  #restarts = 0;
  #deadlineMs = Number.POSITIVE_INFINITY;

  constructor(everConnectedBefore: boolean) {
    this.#everConnectedBefore = everConnectedBefore;
  }

  get connected(): boolean {
    return this.#state === "connected";
  }
  get everConnected(): boolean {
    return this.#everConnected || this.#everConnectedBefore;
  }

  /** The answer of the join, or of a restart, has been applied. */
  onAnswered(nowMs: number): void {
    if (!this.connected) this.#deadlineMs = nowMs + CONNECT_TIMEOUT_MS;
  }

  onState(nowMs: number, state: MediaState): void {
    if (state === this.#state) return;
    this.#state = state;
    if (state === "connected") {
      this.#everConnected = true;
      this.#restarts = 0;
      this.#deadlineMs = Number.POSITIVE_INFINITY;
    } else if (state === "disconnected") {
      this.#deadlineMs = nowMs + DISCONNECTED_PATIENCE_MS;
    } else if (state === "failed") {
      this.#deadlineMs = nowMs;
    }
  }

  /** Without signaling nothing can be restarted: deadlines wait until it is back. */
  onSignaling(nowMs: number, up: boolean): void {
    const returned = up && !this.#signalingUp;
    this.#signalingUp = up;
    if (returned && this.#deadlineMs !== Number.POSITIVE_INFINITY) {
      this.#deadlineMs = Math.max(this.#deadlineMs, nowMs);
    }
  }

  nextDeadlineMs(): number {
    return this.#signalingUp ? this.#deadlineMs : Number.POSITIVE_INFINITY;
  }

  onDeadline(nowMs: number): MediaAction | undefined {
    if (nowMs < this.nextDeadlineMs()) return undefined;
    this.#deadlineMs = nowMs + CONNECT_TIMEOUT_MS;
    if (this.#restarts < RESTARTS_MAX) {
      this.#restarts += 1;
      return "restart-ice";
    }
    this.#deadlineMs = Number.POSITIVE_INFINITY;
    return this.everConnected ? "rejoin" : "give-up";
  }
}
