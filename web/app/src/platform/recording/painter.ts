import type { ParticipantId } from "@conclave/sdk";
import {
  coverCut,
  RECORDING_SIZE,
  type SceneItem,
  type StageItem,
  sceneOf,
  wholeBox,
} from "../../state/recording/scene.ts";

type Picture = HTMLVideoElement | HTMLCanvasElement;

const FONT = "500 20px system-ui, sans-serif";
const COLORS = { page: "#14191a", place: "#263032", name: "rgb(0 0 0 / 65%)", ink: "#ffffff" };
const RADIUS = 12;

/** Draws what is on the stage: what this person sees of it, without the page around it. */
export function paintStage(
  context: CanvasRenderingContext2D,
  includes: (person: ParticipantId) => boolean,
): void {
  const { width, height } = RECORDING_SIZE;
  context.fillStyle = COLORS.page;
  context.fillRect(0, 0, width, height);
  const stage = document.querySelector<HTMLElement>(".stage-tiles");
  if (stage === null) return;
  const size = { width: stage.clientWidth, height: stage.clientHeight };
  for (const item of sceneOf(itemsOf(stage), size, includes)) paintItem(context, item);
}

/** Only the own picture, as large as it fits. */
export function paintSelf(
  context: CanvasRenderingContext2D,
  picture: HTMLVideoElement | undefined,
): void {
  const { width, height } = RECORDING_SIZE;
  context.fillStyle = COLORS.page;
  context.fillRect(0, 0, width, height);
  const box = { x: 0, y: 0, width, height };
  paintItem(context, { box, name: "", picture, fit: "whole", leftOut: false });
}

function itemsOf(stage: HTMLElement): StageItem<Picture>[] {
  const origin = stage.getBoundingClientRect();
  return Array.from(stage.children)
    .filter((child) => child instanceof HTMLElement)
    .map((tile) => {
      const box = tile.getBoundingClientRect();
      const isBoard = tile.dataset["testid"] === "board";
      const isWhole = isBoard || tile.dataset["source"] === "screen-video";
      return {
        person: Number(tile.dataset["participant"] ?? 0),
        name: tile.querySelector("[data-testid=tile-name] span")?.textContent ?? "",
        box: {
          ...{ x: box.left - origin.left, y: box.top - origin.top },
          ...{ width: box.width, height: box.height },
        },
        picture: pictureOf(tile),
        fit: isWhole ? "whole" : "cover",
        isShared: isBoard,
      };
    });
}

/** The page shows a picture only once it is that person's: so does the recording. */
function pictureOf(tile: HTMLElement): Picture | undefined {
  const board = tile.querySelector<HTMLCanvasElement>("[data-testid=board-canvas]");
  if (board !== null) return board;
  if (tile.dataset["picture"] !== "true") return undefined;
  return tile.querySelector("video") ?? undefined;
}

function sizeOf(picture: Picture) {
  return picture instanceof HTMLVideoElement
    ? { width: picture.videoWidth, height: picture.videoHeight }
    : { width: picture.width, height: picture.height };
}

function paintItem(
  context: CanvasRenderingContext2D,
  { box, name, picture, fit, leftOut }: SceneItem<Picture>,
): void {
  context.save();
  context.beginPath();
  context.roundRect(box.x, box.y, box.width, box.height, RADIUS);
  context.clip();
  context.fillStyle = COLORS.place;
  context.fillRect(box.x, box.y, box.width, box.height);
  const size = picture === undefined ? undefined : sizeOf(picture);
  if (picture !== undefined && size !== undefined && size.width > 0 && size.height > 0) {
    if (fit === "cover") {
      const cut = coverCut(size, box);
      const from = [cut.x, cut.y, cut.width, cut.height] as const;
      context.drawImage(picture, ...from, box.x, box.y, box.width, box.height);
    } else {
      const whole = wholeBox(size, box);
      context.drawImage(picture, whole.x, whole.y, whole.width, whole.height);
    }
  }
  if (leftOut) paintLeftOut(context, box);
  else if (name !== "") paintName(context, name, box);
  context.restore();
}

/** A head and shoulders of nobody. */
function paintLeftOut(context: CanvasRenderingContext2D, box: SceneItem<Picture>["box"]): void {
  const unit = Math.min(box.width, box.height) / 6;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  context.fillStyle = "rgb(255 255 255 / 25%)";
  context.beginPath();
  context.arc(x, y - unit / 2, unit * 0.8, 0, 2 * Math.PI);
  context.fill();
  context.beginPath();
  context.ellipse(x, y + unit * 2, unit * 1.6, unit * 1.4, 0, Math.PI, 2 * Math.PI);
  context.fill();
}

function paintName(
  context: CanvasRenderingContext2D,
  name: string,
  box: SceneItem<Picture>["box"],
): void {
  context.font = FONT;
  context.textBaseline = "middle";
  const width = Math.min(context.measureText(name).width + 20, box.width - 16);
  context.fillStyle = COLORS.name;
  context.beginPath();
  context.roundRect(box.x + 8, box.y + box.height - 40, width, 32, 8);
  context.fill();
  context.fillStyle = COLORS.ink;
  context.fillText(name, box.x + 18, box.y + box.height - 23, Math.max(1, width - 20));
}
