import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { onFrameFrom, type Pictures } from "../../platform/pictures.ts";

interface Held {
  readonly mediaTrack: MediaStreamTrack;
  readonly carries: number;
  readonly detach: () => void;
}

/** A picture that comes another way and has not come by then will not cover the old one. */
const HAND_OVER_MS = 2000;

/** The same picture by another way: the last one of the old way stays until there is a new one. */
function handOver(video: HTMLVideoElement, detach: () => void): () => void {
  const stop = onFrameFrom(video, undefined, detach);
  const timer = setTimeout(detach, HAND_OVER_MS);
  return () => {
    stop();
    clearTimeout(timer);
    detach();
  };
}

/** Where a tile's video goes. Tells when the first frame of this track is on screen. */
export function Picture(props: {
  readonly pictures: Pictures;
  readonly mediaTrack: MediaStreamTrack;
  /** Changes when the same slot carries somebody else. */
  readonly carries: number;
  readonly firstRtpTimestamp: number | undefined;
  /** Nothing comes at the moment: only what comes afterwards is news. */
  readonly waiting: boolean;
  readonly onShown: () => void;
}) {
  const { pictures, mediaTrack, carries, firstRtpTimestamp, waiting, onShown } = props;
  const host = useRef<HTMLDivElement>(null);
  const element = useRef<HTMLVideoElement | null>(null);
  const shown = useRef(onShown);
  useEffect(() => {
    shown.current = onShown;
  });

  const held = useRef<Held | null>(null);
  useLayoutEffect(() => {
    if (host.current === null) return;
    const { video, detach } = pictures.attach(mediaTrack, host.current);
    element.current = video;
    const before = held.current;
    held.current = { mediaTrack, carries, detach };
    if (before === null || before.mediaTrack === mediaTrack) return undefined;
    if (before.carries === carries) return handOver(video, before.detach);
    before.detach();
    return undefined;
  }, [pictures, mediaTrack, carries]);
  useLayoutEffect(() => () => held.current?.detach(), []);
  // A slot that changes hands (`carries`) starts over.
  useLayoutEffect(() => {
    const video = element.current;
    return video === null || waiting
      ? undefined
      : onFrameFrom(video, firstRtpTimestamp, () => shown.current());
  }, [mediaTrack, carries, firstRtpTimestamp, waiting]);

  return <div class="picture" ref={host} />;
}
