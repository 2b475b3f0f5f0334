import type { ParticipantId } from "@conclave/sdk";
import type { Box, Size } from "../packer.ts";

/** A picture of the recording. */
export const RECORDING_SIZE: Size = { width: 1280, height: 720 };

/** Something on the stage, as it lies there. */
export interface StageItem<Picture> {
  readonly person: ParticipantId;
  readonly name: string;
  readonly box: Box;
  /** What is shown of it now. */
  readonly picture: Picture | undefined;
  /** "whole": all of it is seen; "cover": it fills its place. */
  readonly fit: "whole" | "cover";
  /** Of nobody in particular. */
  readonly isShared: boolean;
}

export interface SceneItem<Picture> {
  readonly box: Box;
  /** Empty where there is none to write. */
  readonly name: string;
  readonly picture: Picture | undefined;
  readonly fit: "whole" | "cover";
  /** Not asked, or not agreed: neither their picture nor their name. */
  readonly leftOut: boolean;
}

/** What a recording shows of a stage: everything in its place, without those who may not be in it. */
export function sceneOf<Picture>(
  items: readonly StageItem<Picture>[],
  stage: Size,
  includes: (person: ParticipantId) => boolean,
): SceneItem<Picture>[] {
  const { width, height } = RECORDING_SIZE;
  const scale = Math.min(width / Math.max(1, stage.width), height / Math.max(1, stage.height));
  const [left, top] = [(width - stage.width * scale) / 2, (height - stage.height * scale) / 2];
  return items.map(({ person, name, box, picture, fit, isShared }) => {
    const leftOut = !isShared && !includes(person);
    return {
      box: {
        x: left + box.x * scale,
        y: top + box.y * scale,
        width: box.width * scale,
        height: box.height * scale,
      },
      name: leftOut ? "" : name,
      picture: leftOut ? undefined : picture,
      ...{ fit, leftOut },
    };
  });
}

/** The part of a picture that fills a place of another shape. */
export function coverCut(picture: Size, box: Size): Box {
  const scale = Math.max(box.width / picture.width, box.height / picture.height);
  const [width, height] = [box.width / scale, box.height / scale];
  return { x: (picture.width - width) / 2, y: (picture.height - height) / 2, width, height };
}

/** Where in a place all of a picture is seen. */
export function wholeBox(picture: Size, box: Box): Box {
  const scale = Math.min(box.width / picture.width, box.height / picture.height);
  const [width, height] = [picture.width * scale, picture.height * scale];
  return {
    x: box.x + (box.width - width) / 2,
    y: box.y + (box.height - height) / 2,
    width,
    height,
  };
}
