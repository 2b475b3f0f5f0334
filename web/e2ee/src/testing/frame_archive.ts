import { expect } from "vitest";
import { SealingEpoch } from "../frames/sealing_epoch.ts";
import { deriveSframeKey, openSframe, type SframeKey } from "../frames/sframe_cipher.ts";
import { decodeHeader } from "../frames/sframe_header.ts";
import { hex, utf8 } from "../keys/bytes.ts";
import type { EpochKeys } from "../keys.ts";
import type { Client, World } from "./world.ts";

interface Recorded {
  readonly sealed: Uint8Array<ArrayBuffer>;
  readonly epoch: number;
  /** Whom its sender saw in the list when it was sealed: nobody else may read it. */
  readonly readers: ReadonlySet<string>;
  /** Sessions that were with the sender in its very epoch: they must be able to. */
  readonly together: ReadonlySet<number>;
}

const CONTEXT = 0;
const METADATA = Uint8Array.of(1);
const MEDIA = utf8("what was said");

/**
 * A server that keeps every frame, and shares it with everybody who was ever there: confidentiality is
 * what their keys, all of them, do not open.
 */
export class FrameArchive {
  readonly #sealing = new WeakMap<EpochKeys, SealingEpoch>();
  readonly #frames: Recorded[] = [];
  readonly #keys = new WeakMap<EpochKeys, Map<bigint, Promise<SframeKey>>>();

  get size(): number {
    return this.#frames.length;
  }

  /** What this client sends at this moment, if it can. */
  async record(world: World, client: Client): Promise<void> {
    const own = client.hoard.at(-1);
    const { group } = client.membership;
    if (own === undefined || group === undefined || !client.connected) return;
    const sealing = this.#sealing.get(own.keys) ?? new SealingEpoch(own.keys);
    this.#sealing.set(own.keys, sealing);
    const secret = hex(group.epochAuthenticator);
    const together = world.clients.filter(
      ({ membership }) => membership.group && hex(membership.group.epochAuthenticator) === secret,
    );
    this.#frames.push({
      sealed: await sealing.seal(CONTEXT, MEDIA, METADATA),
      epoch: own.keys.epoch,
      readers: new Set(client.roster.map(({ pid }) => hex(pid))),
      together: new Set(together.map(({ session }) => session)),
    });
  }

  /**
   * Tries every frame on every key that anybody was given: it opens for those who were in the list then,
   * under the name of then, and for nobody else; and for all who were in that epoch. How many opened.
   */
  async expectConfidential(clients: readonly Client[]): Promise<number> {
    let opened = 0;
    for (const frame of this.#frames) {
      for (const { session, hoard } of clients) {
        let could = false;
        // Keys of other epochs have other numbers in their labels; those nearby are tried all the same.
        for (const { pid, keys } of hoard) {
          if (Math.abs(keys.epoch - frame.epoch) > 1 || !(await this.#opens(keys, frame))) continue;
          expect(frame.readers, `session ${session} reads what was not for it`).toContain(pid);
          could = true;
        }
        if (frame.together.has(session)) expect(could, `session ${session} is deaf`).toBe(true);
        if (could) ++opened;
      }
    }
    return opened;
  }

  async #opens(keys: EpochKeys, { sealed }: Recorded): Promise<boolean> {
    const header = decodeHeader(sealed);
    if (header === undefined) throw new Error("no frame of ours");
    const known = this.#keys.get(keys) ?? new Map<bigint, Promise<SframeKey>>();
    this.#keys.set(keys, known);
    const key = known.get(header.keyId) ?? deriveSframeKey(keys.baseKey, header.keyId, "decrypt");
    known.set(header.keyId, key);
    return (await openSframe(await key, sealed, METADATA)) !== undefined;
  }
}
