import type { ParticipantId } from "../room/types.ts";
import { type BufferTargets, nextTargets, type Presented, skewMs } from "./lip_sync.ts";
import type { TrackOwner } from "./roster.ts";
import type { CaptureAnchor, SlotContent } from "./slot_map.ts";
import { companionOf } from "./sources.ts";

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

interface Entry {
  readonly pair: Pair;
  readonly targets: BufferTargets;
  /** Since the last evaluation: one alone swings by a frame, and more on a busy machine. */
  skews: number[];
}

/**
 * Keeps the sound and picture of each source together: finds the slots that carry both of somebody's
 * tracks, and says what each slot's buffer should hold. Sample a few times a second, evaluate once a second.
 */
export class LipSyncPairs {
  #pairs: Entry[] = [];

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
      skews: [],
    }));
    const paired = new Set(pairs.flatMap(({ audio, video }) => [audio.mid, video.mid]));
    return [...held.keys()].filter((mid) => !paired.has(mid)).map((mid) => ({ mid, targetMs: 0 }));
  }

  /** Measures each pair; `read` says what a slot presented last. */
  sample(read: (mid: string) => Presented | undefined): void {
    for (const { pair, skews } of this.#pairs) {
      const { audio, video } = pair;
      if (audio.anchor === undefined || video.anchor === undefined) continue;
      const heard = read(audio.mid);
      const seen = read(video.mid);
      if (heard === undefined || seen === undefined) continue;
      skews.push(skewMs(heard, audio.anchor, seen, video.anchor));
    }
  }

  /**
   * Decides from the samples since the last time. `bufferMsOf` says how long a slot's buffer holds
   * what goes through it. Returns the slots whose target changes.
   */
  evaluate(bufferMsOf: (mid: string) => number | undefined): readonly SlotTarget[] {
    const changes: SlotTarget[] = [];
    this.#pairs = this.#pairs.map((entry) => {
      const { pair, targets: before, skews } = entry;
      const audioMs = bufferMsOf(pair.audio.mid);
      const videoMs = bufferMsOf(pair.video.mid);
      const skew = median(skews);
      if (skew === undefined || audioMs === undefined || videoMs === undefined) return entry;
      const targets = nextTargets(before, skew, { audioMs, videoMs });
      changes.push(...changed(pair, before, targets));
      return { pair, targets, skews: [] };
    });
    return changes;
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

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
