import { afterEach, expect, test, vi } from "vitest";
import { forgetRecordings, ownFileName } from "./recordingFiles.ts";

afterEach(() => vi.unstubAllGlobals());

test("old recordings are removed: not new ones, not those being written, and nothing else", async () => {
  const [old, locked, fresh] = [ownFileName(1000), ownFileName(1001), ownFileName(9000)];
  const files = new Set([old, locked, fresh, "other", "recording-", "recording-x"]);
  const root = {
    async *keys() {
      yield* files;
    },
    async removeEntry(name: string) {
      if (name === locked) throw new DOMException("", "NoModificationAllowedError");
      files.delete(name);
    },
  };
  vi.stubGlobal("navigator", { storage: { getDirectory: async () => root } });
  await forgetRecordings(5000);
  expect([...files]).toEqual([locked, fresh, "other", "recording-", "recording-x"]);
});
