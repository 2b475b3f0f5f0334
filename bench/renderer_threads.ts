/** CPU time of the threads of browsers' pages, from /proc. */
import { readdirSync, readFileSync } from "node:fs";

export interface ThreadTime {
  readonly name: string;
  /** Nanoseconds of CPU so far. */
  readonly ns: number;
}

/** By process, and thread in it; of Chromium's renderers and Firefox's content processes. */
export type PageThreads = Map<number, Map<number, ThreadTime>>;

export function pageThreads(): PageThreads {
  const pages: PageThreads = new Map();
  for (const entry of readdirSync("/proc")) {
    const pid = Number(entry);
    if (!Number.isInteger(pid)) continue;
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "latin1");
      if (!command.includes("--type=renderer") && !command.includes("-contentproc")) continue;
      const threads = new Map<number, ThreadTime>();
      for (const task of readdirSync(`/proc/${pid}/task`)) {
        const at = `/proc/${pid}/task/${task}`;
        const name = readFileSync(`${at}/comm`, "latin1").trim();
        const [ns = "0"] = readFileSync(`${at}/schedstat`, "latin1").split(" ");
        threads.set(Number(task), { name, ns: Number(ns) });
      }
      pages.set(pid, threads);
    } catch {
      // It ended meanwhile.
    }
  }
  return pages;
}

/** As Chromium and Firefox name the threads of a page's workers. */
export function isWorker(name: string): boolean {
  return name.startsWith("DedicatedWorker") || name.startsWith("DOM Worker");
}
