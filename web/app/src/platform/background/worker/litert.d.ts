/** The runtime's own script, as tools/background_worker.ts gives it to the worker. */
declare module "litert:module" {
  export default function createModule(options: {
    wasmBinary: ArrayBuffer | undefined;
    print: () => void;
    printErr: () => void;
  }): Promise<unknown>;
}
