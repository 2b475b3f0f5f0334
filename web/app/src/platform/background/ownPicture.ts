/** A background of the person's own. It stays in this browser: erased with all else that begins so. */
const KEY = "conclave.background";
/** As large as a camera's picture; what is larger is cut off or made smaller. */
const WIDTH = 1280;
const HEIGHT = 720;
const QUALITY = 0.85;
/** Browsers keep some 5 MB for a page. */
const CHARACTERS_MAX = 2_000_000;

/** Rejects for what is no picture, and where there is no room for it. */
export async function keep(file: Blob): Promise<void> {
  const bitmap = await createImageBitmap(file);
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const scale = Math.max(WIDTH / bitmap.width, HEIGHT / bitmap.height);
  const [width, height] = [bitmap.width * scale, bitmap.height * scale];
  canvas
    .getContext("2d")
    ?.drawImage(bitmap, (WIDTH - width) / 2, (HEIGHT - height) / 2, width, height);
  bitmap.close();
  // Drawn anew, so that nothing is kept of where and by what it was taken.
  const text = canvas.toDataURL("image/jpeg", QUALITY);
  if (text.length > CHARACTERS_MAX) throw new Error("too large");
  localStorage.setItem(KEY, text);
}

/** Rejects where none is kept. */
export async function readOwn(): Promise<ImageBitmap> {
  const image = new Image();
  image.src = localStorage.getItem(KEY) ?? "";
  await image.decode();
  return createImageBitmap(image);
}
