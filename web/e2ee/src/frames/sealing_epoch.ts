import { EPOCHS_APART, type EpochKeys, type KeyContext, packKeyId } from "../keys.ts";
import { deriveSframeKey, type SframeKey, sealSframe } from "./sframe_cipher.ts";

interface Context {
  readonly keyId: bigint;
  readonly key: Promise<SframeKey>;
  /** Never set back while these keys are in use: a number twice would give the key away. */
  counter: number;
}

/** Where a ciphertext stands: no two have the same. */
export interface SealedAt {
  readonly epoch: number;
  readonly keyId: bigint;
  readonly counter: bigint;
}

/** Seals with one epoch's keys. There is one of it per epoch, so that no counter begins again. */
export class SealingEpoch {
  readonly #keys: EpochKeys;
  readonly #contexts = new Map<KeyContext, Context>();

  constructor(keys: EpochKeys) {
    this.#keys = keys;
  }

  get epoch(): number {
    return this.#keys.epoch;
  }

  async seal(
    context: KeyContext,
    plaintext: Uint8Array<ArrayBuffer>,
    metadata: Uint8Array,
  ): Promise<Uint8Array<ArrayBuffer>> {
    return this.sealMade(context, async () => plaintext, metadata);
  }

  /** For what is inside to say where it stands. */
  async sealMade(
    context: KeyContext,
    make: (at: SealedAt) => Promise<Uint8Array<ArrayBuffer>>,
    metadata: Uint8Array,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const state = this.#context(context);
    const counter = BigInt(state.counter++);
    const { keyId } = state;
    const plaintext = await make({ epoch: this.epoch, keyId, counter });
    return sealSframe(await state.key, { keyId, counter }, plaintext, metadata);
  }

  #context(context: KeyContext): Context {
    const known = this.#contexts.get(context);
    if (known !== undefined) return known;
    const { ownLeaf: leaf, epoch, baseKey } = this.#keys;
    const keyId = BigInt(packKeyId({ context, leaf, epochLow: epoch % EPOCHS_APART }));
    const made = { keyId, key: deriveSframeKey(baseKey, keyId, "encrypt"), counter: 0 };
    this.#contexts.set(context, made);
    return made;
  }
}
