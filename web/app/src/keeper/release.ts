/**
 * A release: the hashes of all files of one build, as the build lists them in `/release.sha384`. The
 * list has the format of coreutils' `sha384sum`, so that anybody can check files against it by hand.
 */
export const RELEASE_PATH = "/release.sha384";

/** A build is some seventy files; these limits only keep a hostile list from filling memory. */
const FILES_MAX = 4096;
const CHARACTERS_MAX = 1 << 20;
const LINE = /^([0-9a-f]{96}) {2}([\w-][\w.-]*(?:\/[\w-][\w.-]*)*)$/;

export interface Release {
  /** SHA-256 of the list, 64 hex digits: it stands for every byte of the build. */
  readonly id: string;
  readonly text: string;
  /** SHA-384 in hex by path, such as "/assets/call-Ab12Cd34.js". */
  readonly files: ReadonlyMap<string, string>;
}

/** Undefined where it is not a list of a build with a page. */
export async function readRelease(text: string): Promise<Release | undefined> {
  if (text.length > CHARACTERS_MAX) return undefined;
  const files = new Map<string, string>();
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const [, hash, path] = LINE.exec(line) ?? [];
    if (hash === undefined || path === undefined || files.has(`/${path}`)) return undefined;
    files.set(`/${path}`, hash);
  }
  if (files.size > FILES_MAX || !files.has("/index.html")) return undefined;
  return { id: await hexDigest("SHA-256", new TextEncoder().encode(text)), text, files };
}

export async function hexDigest(
  algorithm: "SHA-256" | "SHA-384",
  bytes: BufferSource,
): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest(algorithm, bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
