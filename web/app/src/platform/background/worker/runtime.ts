/**
 * In place of @litertjs/wasm-utils, which fetches the runtime's script by importScripts: in our worker
 * the script is part of its text, and the page has fetched and checked the WebAssembly.
 */
import createModule from "litert:module";

let wasmBinary: ArrayBuffer | undefined;

/** To be called before loadLiteRt. */
export function useWasm(binary: ArrayBuffer): void {
  wasmBinary = binary;
}

/** As @litertjs/core calls it. */
export async function createWasmLib<T>(Library: new (module: unknown) => T): Promise<T> {
  // It would warm up a GPU that the model is not run on.
  Object.defineProperty(navigator, "gpu", { value: undefined });
  // What it says is for its authors.
  const quiet = () => {};
  const module = await createModule({ wasmBinary, print: quiet, printErr: quiet });
  wasmBinary = undefined;
  return new Library(module);
}
