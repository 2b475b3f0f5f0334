import { BOARD_IMAGE_BYTES_MAX, BOARD_IMAGE_SIDE_MAX } from "@conclave/sdk/messages";

/** A picture for the board: small, and nothing but a picture. */
export interface SmallPicture {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** In the board's units. */
  readonly width: number;
  readonly height: number;
}

const QUALITIES = [0.8, 0.6, 0.4];
const SIDES = [BOARD_IMAGE_SIDE_MAX, 560, 400, 280];
/** Of a file that somebody chooses: a photograph, not a film. */
const FILE_BYTES_MAX = 30_000_000;

/**
 * Draws the picture anew, as large as it may be: whatever else was in the file (where and with what it was
 * taken) stays here. Undefined where it is no picture that this browser can read.
 */
export async function shrinkPicture(file: Blob): Promise<SmallPicture | undefined> {
  if (file.size > FILE_BYTES_MAX) return undefined;
  const bitmap = await createImageBitmap(file).catch(() => undefined);
  if (bitmap === undefined) return undefined;
  try {
    return await drawnSmall(bitmap);
  } finally {
    bitmap.close();
  }
}

async function drawnSmall(bitmap: ImageBitmap): Promise<SmallPicture | undefined> {
  for (const side of SIDES) {
    const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
    const width = Math.max(1, Math.round(bitmap.width * scale));
    const height = Math.max(1, Math.round(bitmap.height * scale));
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width, height });
    const context = canvas.getContext("2d");
    if (context === null) return undefined;
    // JPEG, which all browsers write, has no transparency.
    context.fillStyle = "#ffffff";
    context.fillRect(0, 0, width, height);
    context.drawImage(bitmap, 0, 0, width, height);
    for (const quality of QUALITIES) {
      const blob = await new Promise<Blob | null>((resolve) =>
        canvas.toBlob(resolve, "image/jpeg", quality),
      );
      if (blob === null || blob.size > BOARD_IMAGE_BYTES_MAX) continue;
      return { bytes: new Uint8Array(await blob.arrayBuffer()), width, height };
    }
  }
  return undefined;
}

/**
 * Decodes what somebody else sent. Only a JPEG of a size that the board has: a few bytes can otherwise
 * say that they are a picture which fills all memory.
 */
export async function decodePicture(
  bytes: Uint8Array<ArrayBuffer>,
): Promise<ImageBitmap | undefined> {
  const size = jpegSize(bytes);
  if (size === undefined || Math.max(...size) > BOARD_IMAGE_SIDE_MAX) return undefined;
  const blob = new Blob([bytes], { type: "image/jpeg" });
  return createImageBitmap(blob).catch(() => undefined);
}

/**
 * Width and height that a JPEG's frame header gives (ITU-T T.81, B.2.2); undefined for what is none, or has
 * several.
 */
export function jpegSize(bytes: Uint8Array): readonly [number, number] | undefined {
  const at = (index: number) => bytes[index] ?? 0;
  if (at(0) !== 0xff || at(1) !== 0xd8) return undefined;
  let size: readonly [number, number] | undefined;
  for (let i = 2; i + 8 < bytes.length; ) {
    if (at(i) !== 0xff) return undefined;
    const marker = at(i + 1);
    // The picture's data: no header comes after it that a decoder would take for another size.
    if (marker === 0xda) return size;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame && size !== undefined) return undefined;
    if (isFrame) size = [at(i + 7) * 256 + at(i + 8), at(i + 5) * 256 + at(i + 6)];
    i += 2 + at(i + 2) * 256 + at(i + 3);
  }
  return undefined;
}
