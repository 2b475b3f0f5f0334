import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { onNextFrame, type Pictures } from "../../platform/pictures.ts";

/** Where a tile's video goes. Tells when the first frame of this track is on screen. */
export function Picture(props: {
  readonly pictures: Pictures;
  readonly mediaTrack: MediaStreamTrack;
  /** Changes when the same slot carries somebody else. */
  readonly carries: number;
  readonly onShown: () => void;
}) {
  const { pictures, mediaTrack, carries, onShown } = props;
  const host = useRef<HTMLDivElement>(null);
  const shown = useRef(onShown);
  useEffect(() => {
    shown.current = onShown;
  });

  // A slot that changes hands (`carries`) starts over.
  useLayoutEffect(() => {
    if (host.current === null) return;
    const { video, detach } = pictures.attach(mediaTrack, host.current);
    const cancel = onNextFrame(video, () => shown.current());
    return () => {
      cancel();
      detach();
    };
  }, [pictures, mediaTrack, carries]);

  return <div class="picture" ref={host} />;
}
