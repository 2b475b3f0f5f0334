import { browserPlatform, isSupported } from "../browser/platform.ts";
import { defaultSignalUrl } from "../browser/socket.ts";
import { Conference } from "./conference.ts";
import { ConclaveError, type JoinOptions, type Room } from "./types.ts";

/**
 * Joins a room. Resolves when the server has taken this client in; media follows within a round trip
 * or two (`state` becomes `connected`). Rejects with a ConclaveError, or with the signal's reason.
 */
export async function join(options: JoinOptions): Promise<Room> {
  options.signal?.throwIfAborted();
  if (!isSupported()) throw new ConclaveError("unsupported-browser", "no WebRTC that can be used");
  const room = new Conference(browserPlatform(), options, options.signalUrl ?? defaultSignalUrl());
  const abort = () => void room.leave();
  options.signal?.addEventListener("abort", abort);
  try {
    await room.start();
    return room;
  } catch (error) {
    options.signal?.throwIfAborted();
    throw error;
  } finally {
    options.signal?.removeEventListener("abort", abort);
  }
}
