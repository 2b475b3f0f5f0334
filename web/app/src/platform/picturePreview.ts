/** Decoded, 160 MB: a photograph of any phone, and no picture of a few bytes that fills all memory. */
const PIXELS_MAX = 40_000_000;
/** How the pictures begin that every browser shows; SVG, which is a document, is none of them. */
const BEGINNINGS: readonly (readonly [type: string, bytes: readonly (number | undefined)[]])[] = [
  ["image/png", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ["image/jpeg", [0xff, 0xd8, 0xff]],
  ["image/gif", [0x47, 0x49, 0x46, 0x38]],
  // "RIFF", a length, "WEBP".
  ["image/webp", [0x52, 0x49, 0x46, 0x46, ...Array(4).fill(undefined), 0x57, 0x45, 0x42, 0x50]],
];

/** What picture a file is by how it begins; what it is called says nothing. */
export function pictureType(bytes: Uint8Array): string | undefined {
  const found = BEGINNINGS.find(([, beginning]) =>
    beginning.every((byte, at) => byte === undefined || byte === bytes[at]),
  );
  return found?.[0];
}

/**
 * The address of a picture in a file that somebody else gave, to be released by `revokeObjectURL`;
 * undefined where it is none, or too large to be shown. Its size is read before anything is decoded.
 */
export async function previewOf(content: Blob): Promise<string | undefined> {
  const head = await content.slice(0, 16).arrayBuffer();
  const type = pictureType(new Uint8Array(head));
  if (type === undefined) return undefined;
  const url = URL.createObjectURL(content.slice(0, content.size, type));
  const image = new Image();
  const isLoaded = await new Promise<boolean>((resolve) => {
    image.onload = () => resolve(true);
    image.onerror = () => resolve(false);
    image.src = url;
  });
  const pixels = image.naturalWidth * image.naturalHeight;
  if (isLoaded && pixels > 0 && pixels <= PIXELS_MAX) return url;
  URL.revokeObjectURL(url);
  return undefined;
}
