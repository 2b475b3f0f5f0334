import type { RemoteMedia } from "../room/types.ts";
import type { TrackOwner } from "./roster.ts";
import type { SlotContent } from "./slot_map.ts";

/**
 * What the slots carry, with whose it is. A slot whose track the roster does not know yet is left
 * out until it does; two slots never show the same track (the later assignment is on its way out).
 */
export function remoteMediaOf(
  contents: readonly SlotContent[],
  ownerOf: (trackId: number) => TrackOwner | undefined,
  mediaTrackOf: (mid: string) => MediaStreamTrack | undefined,
): readonly RemoteMedia[] {
  const media = new Map<number, RemoteMedia>();
  for (const { slot, trackId, paused, pauseReason, firstRtpTimestamp } of contents) {
    const owner = ownerOf(trackId);
    const mediaTrack = mediaTrackOf(slot.mid);
    if (owner === undefined || mediaTrack === undefined || media.has(trackId)) continue;
    const participantId = owner.participant.id;
    const { source } = owner.track;
    media.set(trackId, {
      ...{ trackId, participantId, source, mediaTrack },
      ...{ firstRtpTimestamp, paused, pauseReason },
    });
  }
  return [...media.values()];
}

export function isSameMedia(a: readonly RemoteMedia[], b: readonly RemoteMedia[]): boolean {
  return (
    a.length === b.length &&
    a.every((one, index) => {
      const other = b[index];
      return (
        other !== undefined &&
        one.trackId === other.trackId &&
        one.participantId === other.participantId &&
        one.mediaTrack === other.mediaTrack &&
        one.firstRtpTimestamp === other.firstRtpTimestamp &&
        one.paused === other.paused &&
        one.pauseReason === other.pauseReason
      );
    })
  );
}
