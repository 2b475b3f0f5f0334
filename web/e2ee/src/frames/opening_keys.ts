import { EPOCHS_APART, type EpochKeys, type KeyId, unpackKeyId } from "../keys.ts";
import { ReplayWindow } from "./replay_window.ts";
import { deriveSframeKey, openSframe, type SframeKey } from "./sframe_cipher.ts";
import { decodeHeader } from "./sframe_header.ts";

/** How long an epoch that is over is still opened. */
export interface Patience {
  /** After a sender's first frame of a later epoch. */
  readonly senderMs: number;
  /** After a later epoch began here, whatever its senders do. */
  readonly epochMsMax: number;
}

/** What was on its way still arrives; more would be more that a stolen key opens. */
export const MEDIA_PATIENCE: Patience = { senderMs: 5000, epochMsMax: 10_000 };
/** Who was away for half a minute comes back as the same member and gets the messages of that time. */
export const DATA_PATIENCE: Patience = { senderMs: 60_000, epochMsMax: 60_000 };
/** Key ids of one epoch that opened something: 1,000 people would need this many. */
export const KEYS_MAX = 4096;
/** Epochs are at least half a second apart, so this many live in ten seconds. */
export const EPOCHS_MAX = 24;

export interface Opened {
  readonly keyId: KeyId;
  /** The same as it stands in the header. */
  readonly keyNumber: bigint;
  readonly epoch: number;
  readonly counter: number;
  readonly plaintext: Uint8Array<ArrayBuffer>;
}

export type OpenFailure =
  /** Nothing of ours. */
  | "malformed"
  /** Of an epoch that this member does not know yet. */
  | "too-new"
  /** Of an epoch that is over, or from before this member came. */
  | "too-old"
  /** The leaf is nobody's, or this member's own. */
  | "no-sender"
  | "replayed"
  | "forged";

interface OpeningKey {
  readonly key: SframeKey;
  readonly window: ReplayWindow;
}

interface Epoch {
  readonly keys: EpochKeys;
  readonly senders: ReadonlySet<number>;
  readonly opening: Map<bigint, OpeningKey>;
  /** By leaf: when its frames of this epoch are no longer opened. */
  readonly senderEnds: Map<number, number>;
  endsAtMs: number;
}

/** Opens what any member of the group sealed, in the running epoch and for a while in those before. */
export class OpeningKeys {
  readonly #epochs = new Map<number, Epoch>();
  readonly #patience: Patience;
  #newest: Epoch | undefined;

  constructor(patience: Patience = MEDIA_PATIENCE) {
    this.#patience = patience;
  }

  /** Must be later than all before; another is ignored. */
  add(keys: EpochKeys, nowMs: number): void {
    const newest = this.#newest;
    if (newest !== undefined) {
      if (keys.epoch <= newest.keys.epoch) return;
      newest.endsAtMs = nowMs + this.#patience.epochMsMax;
    }
    const senders = new Set(keys.leaves.filter((leaf) => leaf !== keys.ownLeaf));
    this.#newest = {
      ...{ keys, senders, opening: new Map(), senderEnds: new Map() },
      endsAtMs: Number.POSITIVE_INFINITY,
    };
    // An older epoch with the same low bits goes.
    const low = keys.epoch % EPOCHS_APART;
    this.#epochs.delete(low);
    this.#epochs.set(low, this.#newest);
    this.expire(nowMs);
  }

  end(): void {
    this.#epochs.clear();
    this.#newest = undefined;
  }

  /** Forgets what is over. To be called now and then: keys that are kept can be stolen. */
  expire(nowMs: number): void {
    for (const [low, epoch] of this.#epochs) {
      if (nowMs >= epoch.endsAtMs) this.#epochs.delete(low);
    }
    for (const low of this.#epochs.keys()) {
      if (this.#epochs.size <= EPOCHS_MAX) break;
      this.#epochs.delete(low);
    }
  }

  async open(
    sealed: Uint8Array<ArrayBuffer>,
    metadata: Uint8Array,
    nowMs: number,
  ): Promise<Opened | OpenFailure> {
    const header = decodeHeader(sealed);
    if (header === undefined || header.counter > BigInt(Number.MAX_SAFE_INTEGER))
      return "malformed";
    const keyId = unpackKeyId(Number(header.keyId));
    if (keyId === undefined) return "malformed";
    const epoch = this.#epochOf(keyId.epochLow, nowMs);
    if (typeof epoch === "string") return epoch;
    if (!epoch.senders.has(keyId.leaf)) return "no-sender";
    if (nowMs >= (epoch.senderEnds.get(keyId.leaf) ?? epoch.endsAtMs)) return "too-old";
    const counter = Number(header.counter);
    const known = epoch.opening.get(header.keyId);
    // Forgetting a key id would open its frames a second time, so that a newcomer is refused.
    if (known === undefined && epoch.opening.size >= KEYS_MAX) return "no-sender";
    if (known !== undefined && !known.window.accepts(counter)) return "replayed";
    const key = known?.key ?? (await deriveSframeKey(epoch.keys.baseKey, header.keyId, "decrypt"));
    const plaintext = await openSframe(key, sealed, metadata);
    if (plaintext === undefined) return "forged";
    if (!this.#remember(epoch, header.keyId, key).take(counter)) return "replayed";
    this.#retireOlder(epoch, keyId.leaf, nowMs);
    return { keyId, keyNumber: header.keyId, epoch: epoch.keys.epoch, counter, plaintext };
  }

  #epochOf(low: number, nowMs: number): Epoch | "too-new" | "too-old" {
    const known = this.#epochs.get(low);
    if (known !== undefined && nowMs < known.endsAtMs) return known;
    if (this.#newest === undefined) return "too-new";
    const ahead = (low + EPOCHS_APART - (this.#newest.keys.epoch % EPOCHS_APART)) % EPOCHS_APART;
    return ahead > 0 && ahead < EPOCHS_APART / 2 ? "too-new" : "too-old";
  }

  /** Only what authenticated is remembered: a made-up key id costs no memory. */
  #remember(epoch: Epoch, keyId: bigint, key: SframeKey): ReplayWindow {
    const known = epoch.opening.get(keyId);
    if (known !== undefined) return known.window;
    const window = new ReplayWindow();
    epoch.opening.set(keyId, { key, window });
    return window;
  }

  /** The sender has gone over to a later epoch. */
  #retireOlder(current: Epoch, leaf: number, nowMs: number): void {
    for (const epoch of this.#epochs.values()) {
      if (epoch.keys.epoch >= current.keys.epoch || epoch.senderEnds.has(leaf)) continue;
      epoch.senderEnds.set(leaf, Math.min(epoch.endsAtMs, nowMs + this.#patience.senderMs));
    }
  }
}
