import type { RemoteMedia } from "@conclave/sdk";
import { useEffect, useRef, useState } from "preact/hooks";
import { isRightToLeft, t } from "../../messages/messages.ts";
import type { Pictures } from "../../platform/pictures.ts";
import type { Sight } from "../../platform/sight.ts";
import type { Meeting } from "../../state/meeting.ts";
import type { PlacedTile } from "../../state/stage.ts";
import type { Tile } from "../../state/tiles.ts";
import { AvatarDisc } from "../common/AvatarDisc.tsx";
import { Icon } from "../common/Icon.tsx";
import { showLevel } from "../common/level.ts";
import { Picture } from "./Picture.tsx";
import { TileMenu } from "./TileMenu.tsx";

export interface TileProps {
  readonly meeting: Meeting;
  readonly pictures: Pictures;
  readonly sight: Sight;
  readonly placed: PlacedTile;
}

export function TileView({ meeting, pictures, sight, placed }: TileProps) {
  const { tile, box, role } = placed;
  const element = useRef<HTMLElement>(null);
  const media = mediaOf(meeting, tile);
  // What is on screen, as far as frames tell: until then the avatar covers an older picture.
  const [shownTrack, setShownTrack] = useState<number>();
  const carries = tile.trackId ?? 0;
  const carried = meeting.media.byTrack.value.get(carries);
  const reason = tile.isLocal ? undefined : leftOutFor(carried);
  const withheld = reason !== undefined || (meeting.audioOnly.on.value && !tile.isLocal);
  const pictureShown = media !== undefined && shownTrack === carries && !withheld;
  const isCamera = tile.source === "camera";
  const weak = isCamera && isWeak(meeting, tile);
  const frozen = pictureShown && !tile.isLocal && meeting.quality.frozen.value.has(carries);
  const speaking = isCamera && meeting.speaking.who.value.has(tile.participantId);

  // Of two people nobody has to be made large.
  const { mode } = meeting.stage.view.value;
  const canPin = mode !== "alone" && mode !== "pair";

  useLevel(meeting, tile, element, speaking ? ".tile-ring" : undefined);
  useLevel(meeting, tile, element, pictureShown ? undefined : ".tile-cover .avatar");
  useSeen(meeting, sight, tile.key, element);
  useEffect(() => {
    if (media === undefined || withheld) setShownTrack(undefined);
  }, [media, withheld]);

  return (
    <figure
      ref={element}
      class="tile"
      data-testid="tile"
      data-participant={tile.participantId}
      data-source={tile.source}
      data-role={role}
      data-local={tile.isLocal}
      data-own-mirrored={isCamera && tile.isLocal && meeting.choices.mirrored.value}
      data-picture={pictureShown}
      data-speaking={speaking}
      data-away={tile.away}
      data-paused={reason}
      data-withheld={withheld}
      data-weak={weak}
      data-pinned={meeting.choices.pinned.value === tile.key}
      data-muted={isCamera && !tile.microphoneOn}
      aria-label={label(tile)}
      onDblClick={(event) => {
        const onButton = event.target instanceof Element && event.target.closest("button, .menu");
        if (canPin && !onButton) meeting.choices.togglePin(tile.key);
      }}
      style={{
        translate: `${isRightToLeft() ? -box.x : box.x}px ${box.y}px`,
        width: `${box.width}px`,
        height: `${box.height}px`,
      }}
    >
      {media && (
        <Picture
          pictures={pictures}
          mediaTrack={media}
          carries={carries}
          firstRtpTimestamp={carried?.firstRtpTimestamp}
          waiting={withheld}
          onShown={() => setShownTrack(carries)}
        />
      )}
      <div class="tile-cover">
        <AvatarDisc id={tile.participantId} name={tile.name} />
        {reason && tile.hasPicture && (
          <p class="tile-note" data-testid="tile-paused">
            <Icon name="pause" />
            <span>{t(`tile.paused.${reason}`)}</span>
          </p>
        )}
      </div>
      <TileCaption tile={tile} />
      {(weak || frozen) && (
        <p class="tile-weak" data-testid="tile-weak" data-level="poor">
          <Icon name="signal" />
          <span>{t(frozen ? "tile.frozen" : tile.isLocal ? "tile.weakUpload" : "tile.weak")}</span>
        </p>
      )}
      <Sign meeting={meeting} tile={tile} />
      {(canPin || !tile.isLocal) && (
        <TileMenu {...{ meeting, tile, name: caption(tile), canPin }} />
      )}
      <span class="tile-ring" />
      {tile.away && <p class="tile-away">{t("tile.away")}</p>}
    </figure>
  );
}

/** A reaction for its moment, else a hand that is up. */
function Sign({ meeting, tile }: { meeting: Meeting; tile: Tile }) {
  if (tile.source !== "camera") return null;
  const { reactions, hands } = meeting.gestures;
  const reaction = reactions.value.get(tile.participantId);
  const raised = hands.value.has(tile.participantId);
  if (reaction === undefined && !raised) return null;
  return (
    <p class="tile-sign" data-testid={reaction === undefined ? "tile-hand" : "tile-reaction"}>
      {reaction ?? <Icon name="hand" />}
      {reaction === undefined && <span class="visually-hidden">{t("person.hand")}</span>}
    </p>
  );
}

function TileCaption({ tile }: { tile: Tile }) {
  const showMicrophone = tile.source === "camera";
  return (
    <figcaption class="tile-caption" data-testid="tile-name">
      {showMicrophone && <Icon name={tile.microphoneOn ? "microphone" : "microphoneOff"} />}
      {!showMicrophone && <Icon name="share" />}
      <span>{caption(tile)}</span>
    </figcaption>
  );
}

/**
 * Loudness drives a part of the tile without drawing anything anew. None while that part is hidden: a
 * style that changes costs the page a frame even where nobody sees it. One's own loudness is measured
 * here, like what the microphone's button shows, so that both change in one frame.
 */
function useLevel(
  meeting: Meeting,
  tile: Tile,
  element: { current: HTMLElement | null },
  levelled: string | undefined,
): void {
  const { participantId, source, isLocal } = tile;
  useEffect(() => {
    if (source !== "camera" || levelled === undefined) return;
    const part = element.current?.querySelector<HTMLElement>(levelled);
    const show = (level: number) => showLevel(part, level);
    const stop = isLocal
      ? meeting.local.onLevel(show)
      : meeting.speaking.onLevels((levels) => show(levels.get(participantId) ?? 0));
    return () => {
      stop();
      show(0);
    };
  }, [meeting, participantId, source, isLocal, element, levelled]);
}

/** What cannot be seen is not asked for. */
function useSeen(
  meeting: Meeting,
  sight: Sight,
  key: string,
  element: { current: HTMLElement | null },
): void {
  useEffect(() => {
    if (element.current === null) return;
    const stop = sight.watch(element.current, (seen) => meeting.stage.setSeen(key, seen));
    return () => {
      stop();
      // Whoever comes back to this place is seen until the observer says otherwise.
      meeting.stage.setSeen(key, true);
    };
  }, [meeting, sight, key, element]);
}

/** Why a picture that could be seen is not sent; what is not wanted needs no word. */
function leftOutFor(media: RemoteMedia | undefined): "lack-of-rate" | "unplayable" | undefined {
  const reason = media?.pauseReason;
  return reason === "not-wanted" ? undefined : reason;
}

function isWeak(meeting: Meeting, { participantId }: Tile): boolean {
  return meeting.quality.people.value.get(participantId) === "poor";
}

function mediaOf(meeting: Meeting, tile: Tile): MediaStreamTrack | undefined {
  if (!tile.hasPicture) return undefined;
  if (tile.isLocal) return meeting.local.camera.track.value;
  if (tile.trackId === undefined) return undefined;
  return meeting.media.byTrack.value.get(tile.trackId)?.mediaTrack;
}

function caption(tile: Tile): string {
  const name = tile.name || t("person.guest");
  if (tile.source === "screen-video") return t("tile.screenOf", { name });
  return tile.isLocal ? t("tile.you") : name;
}

function label(tile: Tile): string {
  const muted = tile.source === "camera" && !tile.microphoneOn;
  return muted ? `${caption(tile)}, ${t("tile.muted")}` : caption(tile);
}
