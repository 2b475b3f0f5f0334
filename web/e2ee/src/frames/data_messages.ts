import { DATA_CONTEXT, type EpochKeys, type EpochNumber, isLater } from "../keys.ts";
import { metadataOf } from "./envelope.ts";
import { DATA_PATIENCE, type OpenFailure, OpeningKeys } from "./opening_keys.ts";
import { fromPlaintext, toPlaintext } from "./plaintext.ts";
import { type SealedAt, SealingEpoch } from "./sealing_epoch.ts";

/** The leaves' signature keys, which the group's side has. */
export interface LeafSignatures {
  /** Ed25519 with this member's own leaf key. */
  sign(message: Uint8Array<ArrayBuffer>): Promise<Uint8Array>;
  /** Whether the leaf's owner in that epoch signed it. */
  verify(
    who: { readonly leaf: number; readonly epoch: number },
    message: Uint8Array<ArrayBuffer>,
    signature: Uint8Array<ArrayBuffer>,
  ): Promise<boolean>;
}

/**
 * What the server sees of a message and acts on. Sealed along with it, so that it cannot make a
 * question a vote, or a word to one a word to all.
 */
export interface DataEnvelope {
  /** Of the protocol's message classes; one byte. */
  readonly messageClass: number;
  /** Whom it is for, as the sender and the receivers write it; empty: everybody. */
  readonly addressee: Uint8Array;
}

export interface DataMessage {
  /** Who wrote it: nobody else could have signed it. */
  readonly leaf: number;
  readonly epoch: number;
  readonly body: Uint8Array<ArrayBuffer>;
}

export type DataFailure = OpenFailure | "not-signed";

/** Sizes tell who wrote a yes and who an essay. */
export const DATA_BUCKET_BYTES = 256;
/** The length in a padded plaintext has 16 bits. */
export const DATA_BYTES_MAX = 60_000;
const SIGNATURE_BYTES = 64;
/** In place of a codec: no frame passes for a message. */
const DATA_ID = 255;
const SIGNATURE_LABEL = new TextEncoder().encode("Conclave data message 1");

/**
 * Everything in a room that is not media: chat, names, hands, polls, files, boards. SFrame like media,
 * and signed besides: members share the keys, so that opening alone tells only that a member wrote it.
 */
export class DataMessages {
  readonly #signatures: LeafSignatures;
  readonly #opening = new OpeningKeys(DATA_PATIENCE);
  #sealing: SealingEpoch | undefined;
  #newest: EpochNumber | undefined;

  constructor(signatures: LeafSignatures) {
    this.#signatures = signatures;
  }

  /** Must be later than all before; another is ignored. */
  add(keys: EpochKeys, nowMs: number): void {
    if (!isLater(keys, this.#newest)) return;
    this.#newest = { join: keys.join, epoch: keys.epoch };
    this.#sealing = new SealingEpoch(keys);
    this.#opening.add(keys, nowMs);
  }

  end(): void {
    this.#sealing = undefined;
    this.#opening.end();
  }

  /** Undefined without a key: the message is not sent. Throws a RangeError for one that is too long. */
  async seal(
    body: Uint8Array,
    envelope: DataEnvelope,
  ): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (body.length > DATA_BYTES_MAX) throw new RangeError(`a message of ${body.length} bytes`);
    const make = async (at: SealedAt) => {
      const signature = await this.#signatures.sign(signed(at, envelope, body));
      return toPlaintext(joined([signature, body]), DATA_BUCKET_BYTES);
    };
    return this.#sealing?.sealMade(DATA_CONTEXT, make, metadataFor(envelope));
  }

  /** `envelope` is what the server says, which may differ from what was sealed. */
  async open(
    sealed: Uint8Array<ArrayBuffer>,
    envelope: DataEnvelope,
    nowMs: number,
  ): Promise<DataMessage | DataFailure> {
    this.#opening.expire(nowMs);
    const opened = await this.#opening.open(sealed, metadataFor(envelope), nowMs);
    if (typeof opened === "string") return opened;
    const { keyId, epoch, counter } = opened;
    const content = fromPlaintext(opened.plaintext);
    if (keyId.context !== DATA_CONTEXT || content === undefined) return "malformed";
    if (content.length < SIGNATURE_BYTES) return "not-signed";
    const body = content.slice(SIGNATURE_BYTES);
    const at = { epoch, keyId: opened.keyNumber, counter: BigInt(counter) };
    const signature = content.slice(0, SIGNATURE_BYTES);
    const { leaf } = keyId;
    const isTheirs = await this.#signatures
      .verify({ leaf, epoch }, signed(at, envelope, body), signature)
      .catch(() => false);
    return isTheirs ? { leaf, epoch, body } : "not-signed";
  }
}

function metadataFor({ messageClass, addressee }: DataEnvelope): Uint8Array {
  return joined([metadataOf(DATA_ID), Uint8Array.of(messageClass), addressee]);
}

/** With its place, so that it cannot be sealed a second time as another message. */
function signed(at: SealedAt, { messageClass, addressee }: DataEnvelope, body: Uint8Array) {
  const place = new DataView(new ArrayBuffer(24));
  place.setBigUint64(0, BigInt(at.epoch));
  place.setBigUint64(8, at.keyId);
  place.setBigUint64(16, at.counter);
  const head = Uint8Array.of(messageClass, addressee.length >> 8, addressee.length & 255);
  return joined([SIGNATURE_LABEL, new Uint8Array(place.buffer), head, addressee, body]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
