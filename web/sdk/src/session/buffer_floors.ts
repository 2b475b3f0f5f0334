import type { SlotTarget } from "./lip_sync_pairs.ts";
import type { TrackOwner } from "./roster.ts";
import type { SlotContent } from "./slot_map.ts";
import { companionOf } from "./sources.ts";

/**
 * A shared film with sound is watched, not talked to: a steady picture is worth this delay, of which
 * a conversation would suffer.
 */
const FILM_MS = 150;

/**
 * What each slot's buffer holds at least: the larger of what lip sync wants of it and of what its
 * content is worth. Each call returns the slots whose target changes.
 */
export class BufferFloors {
  readonly #wanted = new Map<string, number>();
  #floors = new Map<string, number>();
  readonly #told = new Map<string, number>();

  /** The slots carry other tracks. */
  update(
    contents: readonly SlotContent[],
    ownerOf: (trackId: number) => TrackOwner | undefined,
  ): readonly SlotTarget[] {
    this.#floors = filmFloors(contents, ownerOf);
    return this.#changes();
  }

  /** Lip sync wants this; 0: nothing. */
  want(targets: readonly SlotTarget[]): readonly SlotTarget[] {
    for (const { mid, targetMs } of targets) this.#wanted.set(mid, targetMs);
    return this.#changes();
  }

  #changes(): SlotTarget[] {
    const mids = new Set([...this.#wanted.keys(), ...this.#floors.keys(), ...this.#told.keys()]);
    return [...mids].flatMap((mid) => {
      const targetMs = Math.max(this.#wanted.get(mid) ?? 0, this.#floors.get(mid) ?? 0);
      if (targetMs === (this.#told.get(mid) ?? 0)) return [];
      this.#told.set(mid, targetMs);
      return { mid, targetMs };
    });
  }
}

/** Of a screen whose sound is there too; one without is read, or is a conversation's. */
function filmFloors(
  contents: readonly SlotContent[],
  ownerOf: (trackId: number) => TrackOwner | undefined,
): Map<string, number> {
  const owned = contents.flatMap(({ trackId, slot }) => {
    const owner = ownerOf(trackId);
    return owner === undefined
      ? []
      : { mid: slot.mid, person: owner.participant.id, source: owner.track.source };
  });
  const screens = owned.filter(({ source }) => source.startsWith("screen-"));
  const whole = screens.filter(({ person, source }) =>
    screens.some((other) => other.person === person && other.source === companionOf(source)),
  );
  return new Map(whole.map(({ mid }) => [mid, FILM_MS]));
}
