/**
 * The seam between keys/ (who holds the group's secrets, in the key worker) and frames/ (which seals
 * and opens media and data with them, in the frame worker). Nothing else passes between the two.
 *
 * An epoch is one membership of the group. Each has one base key (RFC 9605 §5.2), from which
 * frames/ derives a key per key id: HKDF with the key id in its label (RFC 9605 §4.4.2), so that one
 * message per epoch is enough for any number of senders and layers.
 */

/** Bits of a key id (RFC 9605 §5.2 with fixed widths): context, leaf, epoch, from high to low. */
export const EPOCH_BITS = 6;
export const LEAF_BITS = 10;
export const CONTEXT_BITS = 8;

/** Leaves of the ratchet tree: what a key id can name. */
export const LEAVES_MAX = 1 << LEAF_BITS;
/** Epochs that a key id can tell apart: older keys are forgotten before they could collide. */
export const EPOCHS_APART = 1 << EPOCH_BITS;

/**
 * What a sender keeps apart: 0 is the microphone, so that its key id is short; 1 to 254 are one for
 * each other outgoing SSRC (layers and, on a direct path, the second sender of a track: each sealer
 * counts from 0 and needs a context of its own); 255 is data.
 */
export type KeyContext = number;
export const MICROPHONE_CONTEXT: KeyContext = 0;
export const DATA_CONTEXT: KeyContext = 255;

/** Who sealed a frame, as its authenticated header says. */
export interface KeyId {
  readonly context: KeyContext;
  /** The sender's leaf in the ratchet tree of that epoch. */
  readonly leaf: number;
  /** The low EPOCH_BITS of the epoch. */
  readonly epochLow: number;
}

/** The number that stands in the SFrame header. Throws a RangeError for what does not fit. */
export function packKeyId({ context, leaf, epochLow }: KeyId): number {
  const fits =
    within(context, 1 << CONTEXT_BITS) &&
    within(leaf, LEAVES_MAX) &&
    within(epochLow, EPOCHS_APART);
  if (!fits) throw new RangeError(`no key id: context ${context}, leaf ${leaf}, epoch ${epochLow}`);
  return (((context << LEAF_BITS) | leaf) << EPOCH_BITS) | epochLow;
}

/** Undefined for a number that is no key id of ours. */
export function unpackKeyId(value: number): KeyId | undefined {
  if (!within(value, 1 << (CONTEXT_BITS + LEAF_BITS + EPOCH_BITS))) return undefined;
  return {
    context: value >> (LEAF_BITS + EPOCH_BITS),
    leaf: (value >> EPOCH_BITS) & (LEAVES_MAX - 1),
    epochLow: value & (EPOCHS_APART - 1),
  };
}

/** Which of the keys that a member is given come later. */
export interface EpochNumber {
  /** Counts this member's joins: epochs can be compared within one only. No key is in two of them. */
  readonly join: number;
  /** Counts up; not always by one, where this member missed some. */
  readonly epoch: number;
}

/** One epoch's keys. */
export interface EpochKeys extends EpochNumber {
  /**
   * HKDF over SHA-256, not extractable, for deriveKey and deriveBits; can be posted to a worker. Its
   * input is the 16 bytes of the MLS exporter "SFrame 1.0 Base Key"; the extraction has an empty salt.
   */
  readonly baseKey: CryptoKey;
  /** This member's own: what its sealers put into their key ids. */
  readonly ownLeaf: number;
  /** All leaves that are somebody in this epoch, ascending. Frames of other leaves are not opened. */
  readonly leaves: readonly number[];
}

/** Whether these keys come after those. Others would make counters begin again. */
export function isLater(keys: EpochNumber, known: EpochNumber | undefined): boolean {
  if (known === undefined || keys.join > known.join) return true;
  return keys.join === known.join && keys.epoch > known.epoch;
}

/** Over a MessagePort from the key worker to the frame worker, in this order of events. */
export type FrameKeyMessage =
  /** Seal with this from now on; open older epochs for their time. */
  | { readonly type: "epoch"; readonly keys: EpochKeys }
  /**
   * Removed from the group, or it ended: forget every key, seal and open nothing. Later epochs are of
   * a group that was joined anew.
   */
  | { readonly type: "end" };

/**
 * Where frames/ takes its keys from. An epoch's keys are told once to one frame worker: one that has
 * died took its counters along, so its successor gets the next epoch first (the group is asked for
 * one), never the running epoch again. No nonce is used twice.
 */
export interface FrameKeySource {
  /** The newest epoch at once, if there is one, then every later message. One listener. */
  listen(listener: (message: FrameKeyMessage) => void): void;
}

function within(value: number, end: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < end;
}
