import "../../messages/later/english.ts";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "../../messages/messages.ts";
import { onFrameFrom } from "../../platform/pictures.ts";
import type { Meeting } from "../../state/meeting.ts";
import { AvatarDisc } from "../common/AvatarDisc.tsx";
import { Icon } from "../common/Icon.tsx";

/** One picture, as large as its window. */
export function SmallPicture({ meeting }: { meeting: Meeting }) {
  const root = useRef<HTMLElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const tile = meeting.smallWindow.tile.value;
  const [shownTrack, setShownTrack] = useState<number>();
  const carries = tile?.trackId ?? 0;
  const wanted = tile?.hasPicture && !meeting.audioOnly.on.value;
  const carried = wanted ? meeting.media.byTrack.value.get(carries) : undefined;
  const { mediaTrack, firstRtpTimestamp } = carried ?? {};

  useLayoutEffect(() => {
    const element = root.current;
    const view = element?.ownerDocument.defaultView;
    if (!element || !view) return;
    const measure = () =>
      meeting.smallWindow.resize(
        { width: element.clientWidth, height: element.clientHeight },
        view.devicePixelRatio,
      );
    view.addEventListener("resize", measure);
    measure();
    return () => view.removeEventListener("resize", measure);
  }, [meeting]);
  useLayoutEffect(() => {
    if (video.current === null) return;
    video.current.srcObject = mediaTrack ? new MediaStream([mediaTrack]) : null;
  }, [mediaTrack]);
  useEffect(() => {
    if (mediaTrack === undefined) setShownTrack(undefined);
    if (video.current === null || mediaTrack === undefined) return;
    return onFrameFrom(video.current, firstRtpTimestamp, () => setShownTrack(carries));
  }, [mediaTrack, carries, firstRtpTimestamp]);

  return (
    <figure
      ref={root}
      class="tile"
      data-source={tile?.source}
      data-picture={mediaTrack !== undefined && shownTrack === carries}
    >
      <div class="picture">
        <video ref={video} muted autoplay playsInline />
      </div>
      <div class="tile-cover">
        {tile && <AvatarDisc id={tile.participantId} name={tile.name} />}
      </div>
      <figcaption class="tile-caption">
        <Icon name={tile?.source === "screen-video" ? "share" : "people"} />
        <span>{tile ? tile.name || t("person.guest") : t("smallWindow.nobody")}</span>
      </figcaption>
    </figure>
  );
}
