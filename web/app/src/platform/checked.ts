/** A file of the build that is no script, as tools/checked_files.ts names it. */
export interface CheckedFile {
  readonly url: string;
  /** As for the attribute of that name. */
  readonly integrity: string;
}

/** Its bytes. Rejects where they cannot be had, or are not those of the build. */
export async function fetchChecked({ url, integrity }: CheckedFile): Promise<ArrayBuffer> {
  const answer = await fetch(url, { integrity, credentials: "omit" });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.arrayBuffer();
}
