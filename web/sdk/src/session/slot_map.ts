import type { Slot, SlotAssignment, SlotMapDelta } from "../protocol/index.ts";
import { MediaKind } from "../protocol/index.ts";
import type { PauseReason, TrackId } from "../room/types.ts";
import { fromWirePauseReason } from "./pause_reason.ts";

export interface SlotInfo {
  readonly id: number;
  readonly mid: string;
  readonly kind: "audio" | "video";
}

/** A moment of the source: the slot's RTP timestamp and when it was captured (server's clock). */
export interface CaptureAnchor {
  readonly rtpTimestamp: number;
  readonly captureTimeUs: bigint;
}

export interface SlotContent {
  readonly slot: SlotInfo;
  readonly trackId: TrackId;
  readonly paused: boolean;
  readonly pauseReason: PauseReason | undefined;
  /** Of the first frame that the slot carries of this track; undefined until there is one. */
  readonly firstRtpTimestamp: number | undefined;
  /** Undefined while the server does not know the publisher's clock. */
  readonly anchor: CaptureAnchor | undefined;
}

/** What each of this client's receive slots carries. */
export class SlotMap {
  readonly #slots = new Map<number, SlotInfo>();
  readonly #contents = new Map<number, SlotContent>();
  #nextIsFull = false;

  /** Full slots, in slot order. */
  get contents(): readonly SlotContent[] {
    return [...this.#slots.keys()].flatMap((id) => this.#contents.get(id) ?? []);
  }
  get slots(): readonly SlotInfo[] {
    return [...this.#slots.values()];
  }

  /** All slots there are, after a join or an answer; slots that stay keep their content. */
  setSlots(slots: readonly Slot[]): void {
    this.#slots.clear();
    for (const { id, mid, kind } of slots) {
      this.#slots.set(id, { id, mid, kind: kind === MediaKind.AUDIO ? "audio" : "video" });
    }
    for (const id of this.#contents.keys()) if (!this.#slots.has(id)) this.#contents.delete(id);
  }

  /** A new life in the room: another connection's contents mean nothing. */
  clear(): void {
    this.#slots.clear();
    this.#contents.clear();
    this.#nextIsFull = false;
  }

  /**
   * The server starts anew after a resume (RosterDelta.reset): the next delta names every slot that
   * carries something. Until then the contents stay, so that no picture disappears for a moment.
   */
  expectFullMap(): void {
    this.#nextIsFull = true;
  }

  apply(delta: SlotMapDelta): void {
    if (this.#nextIsFull) this.#contents.clear();
    this.#nextIsFull = false;
    for (const assignment of delta.slots) this.#assign(assignment);
  }

  #assign(assignment: SlotAssignment): void {
    const slot = this.#slots.get(assignment.slot);
    if (slot === undefined) return;
    if (assignment.track === 0) {
      this.#contents.delete(slot.id);
      return;
    }
    const { track: trackId, paused, rtpTimestamp, captureTimeUs } = assignment;
    const anchor = captureTimeUs === 0n ? undefined : { rtpTimestamp, captureTimeUs };
    const before = this.#contents.get(slot.id);
    const known = before?.trackId === trackId ? before.firstRtpTimestamp : undefined;
    // 0: no frame yet.
    const firstRtpTimestamp = known ?? (rtpTimestamp || undefined);
    const pauseReason = fromWirePauseReason(assignment.pauseReason);
    this.#contents.set(slot.id, {
      ...{ slot, trackId, paused, pauseReason },
      ...{ firstRtpTimestamp, anchor },
    });
  }
}
