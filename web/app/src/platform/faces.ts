import { jpegSize } from "./boardPictures.ts";

/** In each direction: what a tile without a camera shows, on a dense screen. */
const SIDE = 160;
const SIDE_MAX = 256;
/** One part of a file. */
export const FACE_BYTES_MAX = 8 * 1024;
const QUALITIES = [0.85, 0.7, 0.5, 0.3];
/** Of a file that somebody chooses: a photograph, not a film. */
const FILE_BYTES_MAX = 30_000_000;

/**
 * The middle of a picture, drawn anew and small: whatever else was in the file (where and with what it was
 * taken) stays here. Undefined where it is no picture that this browser can read.
 */
export async function faceOf(file: Blob): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (file.size > FILE_BYTES_MAX) return undefined;
  const bitmap = await createImageBitmap(file).catch(() => undefined);
  if (bitmap === undefined) return undefined;
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: SIDE, height: SIDE });
  const context = canvas.getContext("2d");
  const side = Math.min(bitmap.width, bitmap.height);
  const [x, y] = [(bitmap.width - side) / 2, (bitmap.height - side) / 2];
  // JPEG, which all browsers write, has no transparency.
  if (context) context.fillStyle = "#ffffff";
  context?.fillRect(0, 0, SIDE, SIDE);
  context?.drawImage(bitmap, x, y, side, side, 0, 0, SIDE, SIDE);
  bitmap.close();
  for (const quality of QUALITIES) {
    const blob = await new Promise<Blob | null>((resolve) =>
      canvas.toBlob(resolve, "image/jpeg", quality),
    );
    if (blob !== null && blob.size <= FACE_BYTES_MAX)
      return new Uint8Array(await blob.arrayBuffer());
  }
  return undefined;
}

/**
 * An address of what somebody sent; undefined for anything but a small JPEG: a few bytes can otherwise say
 * that they are a picture which fills all memory.
 */
export function faceUrl(bytes: Uint8Array<ArrayBuffer>): string | undefined {
  const size = jpegSize(bytes);
  if (size === undefined || Math.max(...size) > SIDE_MAX) return undefined;
  return URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" }));
}

/** As the preferences keep it. */
export function faceToText(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/** Undefined for what is none. */
export function faceFromText(text: string | undefined): Uint8Array<ArrayBuffer> | undefined {
  try {
    return text ? Uint8Array.from(atob(text), (one) => one.charCodeAt(0)) : undefined;
  } catch {
    return undefined;
  }
}
