/** The address alone decides it, never the server. */
export function isEncrypted(room: string): boolean {
  return room.startsWith("r/") || room.startsWith("n/");
}
