import { useEffect, useRef, useState } from "preact/hooks";
import "../../messages/later/english.ts";
import { t } from "../../messages/messages.ts";
import { readOwn } from "../../platform/background/ownPicture.ts";
import { PICTURE_HEIGHT, PICTURE_WIDTH, paintPicture } from "../../platform/background/pictures.ts";
import { type Background, backgroundsOf, type Effects } from "../../state/effects.ts";
import { Icon } from "../common/Icon.tsx";

/** Of a screen's pixels: sharp on most, and ten of them are drawn in no time. */
const THUMBNAIL_WIDTH = 192;
const THUMBNAIL_HEIGHT = 108;

/** What is behind this person, by small pictures of it. */
export function BackgroundSettings({ effects }: { effects: Effects }) {
  const [refused, setRefused] = useState(false);
  const file = useRef<HTMLInputElement>(null);
  if (!effects.canChangeBackground) {
    return (
      <fieldset class="backgrounds" disabled data-testid="backgrounds">
        <p class="settings-text">{t("effects.unsupported")}</p>
      </fieldset>
    );
  }
  const use = async (picture: File | undefined) => {
    setRefused(picture !== undefined && !(await effects.useOwnPicture(picture)));
  };
  return (
    <>
      <fieldset class="backgrounds" data-testid="backgrounds">
        <legend class="visually-hidden">{t("effects.background")}</legend>
        {backgroundsOf(effects).map((background) => (
          <Tile key={background} background={background} effects={effects} />
        ))}
      </fieldset>
      <button type="button" class="button small" onClick={() => file.current?.click()}>
        {t("effects.ownAdd")}
      </button>
      <input
        ref={file}
        type="file"
        accept="image/*"
        hidden
        data-testid="background-file"
        onChange={({ currentTarget }) => {
          void use(currentTarget.files?.[0]);
          currentTarget.value = "";
        }}
      />
      <p class="settings-text" role="status" data-testid="background-status">
        {effects.starting.value && t("effects.starting")}
        {effects.problem.value && t(`effects.problem.${effects.problem.value}`)}
        {refused && t("effects.ownFailed")}
      </p>
    </>
  );
}

function Tile({ background, effects }: { background: Background; effects: Effects }) {
  const name = t(`effects.background.${background}`);
  return (
    <label class="background">
      <input
        type="radio"
        name="background"
        data-testid={`background-${background}`}
        checked={effects.background.value === background}
        onChange={() => void effects.setBackground(background)}
      />
      <Thumbnail background={background} />
      <span>{name}</span>
    </label>
  );
}

function Thumbnail({ background }: { background: Background }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (context) void draw(context, background);
  }, [background]);
  if (background === "none" || background === "light" || background === "strong") {
    return (
      <span class="background-look" data-look={background}>
        <Icon name={background === "none" ? "camera" : "people"} />
      </span>
    );
  }
  return (
    <canvas
      class="background-look"
      ref={canvas}
      width={THUMBNAIL_WIDTH}
      height={THUMBNAIL_HEIGHT}
    />
  );
}

async function draw(context: CanvasRenderingContext2D, background: Background): Promise<void> {
  if (background === "none" || background === "light" || background === "strong") return;
  if (background === "own") {
    const picture = await readOwn().catch(() => undefined);
    if (picture) context.drawImage(picture, 0, 0, THUMBNAIL_WIDTH, THUMBNAIL_HEIGHT);
    return;
  }
  context.setTransform(
    THUMBNAIL_WIDTH / PICTURE_WIDTH,
    0,
    0,
    THUMBNAIL_HEIGHT / PICTURE_HEIGHT,
    0,
    0,
  );
  paintPicture(context, background);
}
