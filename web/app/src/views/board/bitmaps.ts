import { decodePicture } from "../../platform/boardPictures.ts";
import type { BoardImages } from "../../state/board/boardImages.ts";
import { cell, type Readable } from "../../state/cells.ts";

/** The board's pictures as they are drawn, decoded when they are first looked for. */
export interface Bitmaps {
  /** Changes when there is one more. */
  readonly count: Readable<number>;
  get(image: string): ImageBitmap | undefined;
  /** Once all of them are there that can be. */
  ready(images: readonly string[]): Promise<void>;
}

export function createBitmaps(images: BoardImages): Bitmaps {
  const count = cell(0);
  const known = new Map<string, ImageBitmap>();
  const coming = new Map<string, Promise<void>>();

  const decode = (image: string): Promise<void> => {
    const bytes = images.get(image);
    if (bytes === undefined) return Promise.resolve();
    const decoded = decodePicture(bytes).then((bitmap) => {
      if (bitmap === undefined) return;
      known.set(image, bitmap);
      count.value++;
    });
    // Also of what is no picture: once is enough.
    coming.set(image, decoded);
    return decoded;
  };
  return {
    count,
    get(image) {
      if (!coming.has(image)) void decode(image);
      return known.get(image);
    },
    async ready(names) {
      await Promise.all(names.map((image) => coming.get(image) ?? decode(image)));
    },
  };
}
