/** Session descriptions travel as raw deflate (RFC 1951): 47 KB become 2 to 4 (decisions 22). */

/** protocol/conclave.proto: what an offer or answer may inflate to. */
const INFLATED_BYTES_MAX = 512 * 1024;

export async function deflateText(text: string): Promise<Uint8Array> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Rejects what is malformed, or larger than the protocol allows. */
export async function inflateText(bytes: Uint8Array): Promise<string> {
  const source = new Blob([bytes.slice()]).stream();
  const reader = source.pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    size += read.value.length;
    if (size > INFLATED_BYTES_MAX) {
      await reader.cancel();
      throw new RangeError(`description: over ${INFLATED_BYTES_MAX} bytes`);
    }
    text += decoder.decode(read.value, { stream: true });
  }
  return text + decoder.decode();
}
