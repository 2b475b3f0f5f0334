import { utf8 } from "./bytes.ts";

/**
 * The code behind the lock: 6 groups of 5 digits, equal for all who are in the same epoch of the same
 * group. Long and stretched, since a server that runs two groups could search for two epochs with
 * equal short codes (reference E §2.9). About a tenth of a second of a slow phone.
 */
export async function roomCode(epochAuthenticator: Uint8Array): Promise<string> {
  const secret = new Uint8Array(epochAuthenticator);
  const key = await crypto.subtle.importKey("raw", secret, "PBKDF2", false, ["deriveBits"]);
  const params = { name: "PBKDF2", hash: "SHA-256", salt: utf8("e1-code"), iterations: 200_000 };
  const bytes = new Uint8Array(await crypto.subtle.deriveBits(params, key, GROUPS * BYTES * 8));
  return Array.from({ length: GROUPS }, (_, i) => digits(bytes.subarray(i * BYTES))).join(" ");
}

const GROUPS = 6;
/** 40 bits per group: what 10^5 does not divide evenly is a bias of 10^-7. */
const BYTES = 5;

function digits(bytes: Uint8Array): string {
  let value = 0;
  for (let i = 0; i < BYTES; ++i) value = value * 256 + (bytes[i] ?? 0);
  return String(value % 100_000).padStart(5, "0");
}
