import type { ParticipantId } from "../room/types.ts";
import { type BufferTargets, nextTargets, type Presented, skewMs } from "./lip_sync.ts";
import type { TrackOwner } from "./roster.ts";
import type { CaptureAnchor, SlotContent } from "./slot_map.ts";
import { companionOf } from "./sources.ts";

/** What the browser says about a slot now. */
export interface SlotReading {
  readonly presented: Presented;
  readonly bufferMs: number;
}

export interface SlotTarget {
  readonly mid: string;
  readonly targetMs: number;
}

interface Side {
  readonly mid: string;
  readonly trackId: number;
  /** Undefined until the server knows the publisher's clock, and again after a pause. */
  readonly anchor: CaptureAnchor | undefined;
}
interface Pair {
  readonly audio: Side;
  readonly video: Side;
}

/**
 * Keeps the sound and picture of each source together: finds the slots that carry both of somebody's
 * tracks, and says what each slot's buffer should hold. Evaluate once a second.
 */
export class LipSyncPairs {
  #pairs: { readonly pair: Pair; targets: BufferTargets }[] = [];

  /** Whether there is anything to read and evaluate. */
  get isEmpty(): boolean {
    return this.#pairs.length === 0;
  }

  /** The slots carry other tracks. Returns the slots to give back to the browser. */
  update(
    contents: readonly SlotContent[],
    ownerOf: (trackId: number) => TrackOwner | undefined,
  ): readonly SlotTarget[] {
    const held = this.#held();
    const pairs = findPairs(contents, ownerOf);
    this.#pairs = pairs.map((pair) => ({
      pair,
      // A slot that goes on to somebody else keeps its buffer: most of it is this receiver's own (the
      // way to its ears), and a picture whose buffer empties and fills again stands still meanwhile.
      targets: {
        audioMs: held.get(pair.audio.mid) ?? 0,
        videoMs: held.get(pair.video.mid) ?? 0,
      },
    }));
    const paired = new Set(pairs.flatMap(({ audio, video }) => [audio.mid, video.mid]));
    return [...held.keys()].filter((mid) => !paired.has(mid)).map((mid) => ({ mid, targetMs: 0 }));
  }

  /** Returns the slots whose target changes. */
  evaluate(read: (mid: string) => SlotReading | undefined): readonly SlotTarget[] {
    return this.#pairs.flatMap((entry) => {
      const { audio, video } = entry.pair;
      if (audio.anchor === undefined || video.anchor === undefined) return [];
      const heard = read(audio.mid);
      const seen = read(video.mid);
      if (heard === undefined || seen === undefined) return [];
      const skew = skewMs(heard.presented, audio.anchor, seen.presented, video.anchor);
      const buffers = { audioMs: heard.bufferMs, videoMs: seen.bufferMs };
      const before = entry.targets;
      entry.targets = nextTargets(before, skew, buffers);
      return changed(entry.pair, before, entry.targets);
    });
  }

  /** The targets that are not the browser's own choice, by slot. */
  #held(): Map<string, number> {
    const all = this.#pairs.flatMap(({ pair, targets }): [string, number][] => [
      [pair.audio.mid, targets.audioMs],
      [pair.video.mid, targets.videoMs],
    ]);
    return new Map(all.filter(([, targetMs]) => targetMs > 0));
  }
}

function findPairs(
  contents: readonly SlotContent[],
  ownerOf: (trackId: number) => TrackOwner | undefined,
): Pair[] {
  const sides = new Map<string, Side>();
  const name = (participant: ParticipantId, source: string) => `${participant} ${source}`;
  const owned = contents.flatMap((content) => {
    const owner = ownerOf(content.trackId);
    return owner === undefined ? [] : { content, owner };
  });
  for (const { content, owner } of owned) {
    // A paused picture keeps its place: it comes back over the same way.
    const { anchor, trackId, slot } = content;
    sides.set(name(owner.participant.id, owner.track.source), { mid: slot.mid, trackId, anchor });
  }
  return owned.flatMap(({ content, owner }) => {
    const { source } = owner.track;
    const audio = sides.get(name(owner.participant.id, source));
    const video = sides.get(name(owner.participant.id, companionOf(source)));
    const isWhole = content.slot.kind === "audio" && audio !== undefined && video !== undefined;
    return isWhole ? { audio, video } : [];
  });
}

function changed({ audio, video }: Pair, before: BufferTargets, now: BufferTargets): SlotTarget[] {
  return [
    ...(before.audioMs === now.audioMs ? [] : [{ mid: audio.mid, targetMs: now.audioMs }]),
    ...(before.videoMs === now.videoMs ? [] : [{ mid: video.mid, targetMs: now.videoMs }]),
  ];
}
