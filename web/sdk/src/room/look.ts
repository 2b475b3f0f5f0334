import { decodeServerMessage, encodeClientMessage } from "../protocol/index.ts";
import type { Platform, Socket } from "./platform.ts";
import type { Sight } from "./types.ts";

/** Whoever gets ready to join does not need to know it at any price. */
const TIMEOUT_MS = 5_000;

/** What awaits whoever joins; undefined where the server does not say. */
export function lookBy(
  platform: Platform,
  url: string,
  room: string,
  signal?: AbortSignal,
): Promise<Sight | undefined> {
  return new Promise((resolve) => {
    const end = (sight: Sight | undefined) => {
      timer.schedule(Number.POSITIVE_INFINITY);
      socket.close();
      resolve(sight);
    };
    const timer = platform.timer(() => end(undefined));
    const value = { room, pass: platform.passOf(room) };
    const socket: Socket = platform.openSocket(url, {
      onOpen: () =>
        socket.send(encodeClientMessage({ request: 1, body: { $case: "look", value } })),
      onMessage: (bytes) => {
        const body = decodeServerMessage(bytes)?.body;
        end(body?.$case === "sight" ? body.value : undefined);
      },
      onClosed: () => end(undefined),
    });
    timer.schedule(platform.nowMs() + TIMEOUT_MS);
    signal?.addEventListener("abort", () => end(undefined), { once: true });
  });
}
