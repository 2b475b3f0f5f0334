import { type BoardDigest, type BoardElement, writtenThing } from "@conclave/sdk/messages";

/**
 * The board's elements without a server that could read or order them. Each element is a register of
 * its own, and of two versions of it the same one wins everywhere: the higher revision, of equal ones
 * the removal, else the one whose written look sorts higher. That is a total order, so whatever
 * arrives twice, late or in another order, and even what somebody tells each member differently, ends
 * in the same board once all have heard the same. Who changed it takes no part: nobody can claim to
 * be another by telling a newcomer so.
 */
export class BoardState {
  readonly #elements = new Map<string, Held>();
  #live = 0;
  #hash = 0;

  /** False: nothing changed, as it is known, older, or more than a board holds. */
  apply(element: BoardElement): boolean {
    const held = this.#elements.get(element.id);
    const written = writtenThing(element.thing);
    if (held !== undefined && !isNewer(element, written, held)) return false;
    if (held?.element.thing === undefined && element.thing !== undefined) {
      if (this.#live >= BOARD_ELEMENTS_MAX) return false;
    }
    if (held === undefined && this.#elements.size >= REMEMBERED_MAX) this.#forgetOne();
    this.#drop(element.id);
    const hash = hashOf(`${element.id} ${element.revision} ${written}`);
    this.#elements.set(element.id, { element, written, hash });
    this.#hash = (this.#hash ^ hash) >>> 0;
    if (element.thing !== undefined) this.#live++;
    return true;
  }

  get(id: string): BoardElement | undefined {
    return this.#elements.get(id)?.element;
  }

  /** With what was taken away: whoever has missed that has to hear of it. */
  get all(): readonly BoardElement[] {
    return Array.from(this.#elements.values(), ({ element }) => element);
  }

  /** What there is to see, lowest first. */
  get live(): readonly LiveElement[] {
    return this.all.filter(isLive).sort((a, b) => a.thing.z - b.thing.z || (a.id < b.id ? -1 : 1));
  }

  get isFull(): boolean {
    return this.#live >= BOARD_ELEMENTS_MAX;
  }

  digest(): BoardDigest {
    return { elements: this.#elements.size, hash: this.#hash };
  }

  #drop(id: string): void {
    const held = this.#elements.get(id);
    if (held === undefined) return;
    this.#elements.delete(id);
    this.#hash = (this.#hash ^ held.hash) >>> 0;
    if (held.element.thing !== undefined) this.#live--;
  }

  /** The longest known removal: nobody speaks of that element any more. */
  #forgetOne(): void {
    for (const [id, { element }] of this.#elements) {
      if (element.thing !== undefined) continue;
      this.#drop(id);
      return;
    }
  }
}

export type LiveElement = BoardElement & { readonly thing: NonNullable<BoardElement["thing"]> };

/** Of a hostile peer's making it would fill memory and the time that it takes to draw. */
export const BOARD_ELEMENTS_MAX = 1000;
const REMEMBERED_MAX = 4000;

interface Held {
  readonly element: BoardElement;
  readonly written: string;
  readonly hash: number;
}

function isLive(element: BoardElement): element is LiveElement {
  return element.thing !== undefined;
}

function isNewer({ revision, thing }: BoardElement, written: string, held: Held): boolean {
  const known = held.element;
  if (revision !== known.revision) return revision > known.revision;
  const [isRemoval, wasRemoval] = [thing === undefined, known.thing === undefined];
  if (isRemoval !== wasRemoval) return isRemoval;
  return written > held.written;
}

/** FNV-1a, 32 bits: it finds what was missed, not who lies. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0;
}
