import { type CompiledModel, loadAndCompile, loadLiteRt, Tensor } from "@litertjs/core";
import { MASK_HEIGHT, MASK_PIXELS, MASK_WIDTH } from "./mask.ts";
import { useWasm } from "./runtime.ts";

/** Finds people in a picture of the mask's size. */
export interface Segmenter {
  /** `input`: RGB of 0 .. 1. Writes a mask into `output`. One at a time. */
  run(input: Float32Array, output: Float32Array): Promise<void>;
}

export async function createSegmenter(wasm: ArrayBuffer, model: ArrayBuffer): Promise<Segmenter> {
  useWasm(wasm);
  // The path is of no meaning here: runtime.ts has the script already.
  await loadLiteRt("runtime.js");
  const compiled = await loadAndCompile(new Uint8Array(model), { accelerator: "wasm" });
  return { run: (input, output) => run(compiled, input, output) };
}

async function run(model: CompiledModel, input: Float32Array, output: Float32Array): Promise<void> {
  const picture = new Tensor(input, [1, MASK_HEIGHT, MASK_WIDTH, 3]);
  try {
    const [mask, ...more] = await model.run([picture]);
    for (const tensor of more) tensor.delete();
    if (mask === undefined) throw new Error("no mask");
    const found = (await mask.data()) as Float32Array;
    mask.delete();
    if (found.length !== MASK_PIXELS) throw new Error(`a mask of ${found.length}`);
    output.set(found);
  } finally {
    picture.delete();
  }
}
