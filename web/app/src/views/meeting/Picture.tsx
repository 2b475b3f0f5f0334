import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { onFrameFrom, type Pictures } from "../../platform/pictures.ts";

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

  useLayoutEffect(() => {
    if (host.current === null) return;
    const { video, detach } = pictures.attach(mediaTrack, host.current);
    element.current = video;
    return detach;
  }, [pictures, mediaTrack, carries]);
  // A slot that changes hands (`carries`) starts over.
  useLayoutEffect(() => {
    const video = element.current;
    return video === null || waiting
      ? undefined
      : onFrameFrom(video, firstRtpTimestamp, () => shown.current());
  }, [mediaTrack, carries, firstRtpTimestamp, waiting]);

  return <div class="picture" ref={host} />;
}
