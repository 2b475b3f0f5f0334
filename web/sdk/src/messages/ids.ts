const ID_BYTES = 12;
const ID = /^[\w-]{16}$/;

/** What names a message or a poll: 96 bits. `random` fills an array from the system's entropy. */
export function makeMessageId(random: (into: Uint8Array<ArrayBuffer>) => void): string {
  const bytes = new Uint8Array(ID_BYTES);
  random(bytes);
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_");
}

/** Undefined for what is no id. */
export function messageId(value: unknown): string | undefined {
  return typeof value === "string" && ID.test(value) ? value : undefined;
}
