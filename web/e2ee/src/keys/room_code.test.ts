import { expect, it } from "vitest";
import { roomCode } from "./room_code.ts";

it("is six groups of five digits, as another implementation computes them", async () => {
  const authenticator = Uint8Array.from({ length: 32 }, (_, i) => i);
  // Python: hashlib.pbkdf2_hmac("sha256", bytes(range(32)), b"e1-code", 200000, 30), as in roomCode.
  expect(await roomCode(authenticator)).toBe("07214 10551 29816 93318 38630 09649");
});

it("differs for every epoch", async () => {
  expect(await roomCode(new Uint8Array(32))).not.toBe(await roomCode(new Uint8Array(32).fill(1)));
});
