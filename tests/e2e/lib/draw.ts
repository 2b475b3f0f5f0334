// draw.ts IDENTITY FRAMES WIDTH HEIGHT: writes raw 8-bit gray frames with a mark to standard output.
import { once } from "node:events";
import { BLOCKS, bitsOf, ROW_HEIGHT } from "./barcode.ts";

const [identity = 0, frames = 0, width = 0, height = 0] = process.argv.slice(2).map(Number);

for (let frame = 0; frame < frames; frame++) {
  const picture = Buffer.alloc(width * height);
  // A slowly moving gradient, so that the encoder always has something to do.
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      picture[y * width + x] = 64 + ((x + y * 2 + frame * 4 + identity * 40) % 512) / 4;
    }
  }
  const bits = bitsOf({ identity, frame });
  const rowHeight = Math.round(height * ROW_HEIGHT);
  for (let y = 0; y < 2 * rowHeight; y++) {
    const row = Math.floor(y / rowHeight);
    for (let x = 0; x < width; x++) {
      const block = Math.floor((x * BLOCKS) / width);
      picture[y * width + x] = bits[row * BLOCKS + block] ? 235 : 16;
    }
  }
  if (!process.stdout.write(picture)) await once(process.stdout, "drain");
}
