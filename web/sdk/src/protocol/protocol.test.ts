import { describe, expect, it } from "vitest";
import {
  ClientMessage,
  decodeServerMessage,
  ErrorCode,
  encodeClientMessage,
  MESSAGE_BYTES_MAX,
  ServerMessage,
  SourceKind,
} from "./index.ts";

describe("the wire", () => {
  it("carries a join as the server will read it", () => {
    const bytes = encodeClientMessage({
      request: 7,
      body: {
        $case: "join",
        value: {
          room: "open/x",
          offerDeflated: Uint8Array.of(1, 2, 3),
          tracks: [{ mid: "0", source: SourceKind.MICROPHONE, muted: true }],
          capabilities: { engine: "firefox", decodes: ["vp8"] },
        },
      },
    });
    const message = ClientMessage.decode(bytes);
    expect(message.request).toBe(7);
    expect(message.body).toMatchObject({
      $case: "join",
      value: { room: "open/x", tracks: [{ mid: "0", muted: true }] },
    });
  });

  it("gives back what a server sends", () => {
    const sent = ServerMessage.fromPartial({
      sequence: 2n ** 60n,
      body: { $case: "error", value: { code: ErrorCode.ROOM_FULL, text: "300 of 300" } },
    });
    expect(decodeServerMessage(ServerMessage.encode(sent).finish())).toEqual(sent);
  });

  it("ignores fields of a newer server, and has no body for a message that it does not know", () => {
    // Field 200, length-delimited, beside reply_to = 3.
    const bytes = Uint8Array.of(0x08, 3, 0xc2, 0x0c, 2, 1, 1);
    const message = decodeServerMessage(bytes);
    expect(message?.replyTo).toBe(3);
    expect(message?.body?.$case).toBeUndefined();
  });

  it.each([
    ["cut short", Uint8Array.of(0x1a, 50, 1)],
    [
      "no protobuf",
      Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
    ],
    ["too large", new Uint8Array(MESSAGE_BYTES_MAX + 1)],
  ])("refuses what is %s", (_, bytes) => {
    expect(decodeServerMessage(bytes)).toBeUndefined();
  });
});
