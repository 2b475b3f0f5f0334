import { MediaConnection } from "../browser/media_connection.ts";
import { browserPlatform, isSupported } from "../browser/platform.ts";
import { defaultSignalUrl } from "../browser/socket.ts";
import { Conference } from "./conference.ts";
import { isEncrypted } from "./encrypted.ts";
import { lookBy } from "./look.ts";
import type { MediaOptions } from "./platform.ts";
import { Preparation } from "./prepare.ts";
import { ConclaveError, type JoinOptions, type Room, type Sight } from "./types.ts";

/**
 * Joins a room. Resolves when the server has taken this client in; media follows within a round trip
 * or two (`state` becomes `connected`). Rejects with a ConclaveError, or with the signal's reason.
 */
export async function join(options: JoinOptions): Promise<Room> {
  options.signal?.throwIfAborted();
  if (!isSupported()) throw new ConclaveError("unsupported-browser", "no WebRTC that can be used");
  const signalUrl = options.signalUrl ?? defaultSignalUrl();
  const room = isEncrypted(options.room)
    ? await sealed(options, signalUrl)
    : open(options, signalUrl);
  options.signal?.throwIfAborted();
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

/** Looks at a room without joining it: nobody in it notices. Undefined where the server does not say. */
export function look(
  room: string,
  { signalUrl = defaultSignalUrl(), signal }: Pick<JoinOptions, "signalUrl" | "signal"> = {},
): Promise<Sight | undefined> {
  return lookBy(browserPlatform(), signalUrl, room, signal);
}

function open(options: JoinOptions, signalUrl: string): Conference {
  const prepared = preparationOf(options);
  prepared?.takeKit(options);
  const createMedia = (media: MediaOptions) =>
    prepared?.takeMedia(media) ?? new MediaConnection(media);
  return new Conference({ ...browserPlatform(), createMedia }, options, signalUrl);
}

/** Loaded only for rooms that need it: it is as large as all the rest. */
async function sealed(options: JoinOptions, signalUrl: string): Promise<Conference> {
  const { SealedKit, sealedMeeting } = await import("./sealed_join.ts");
  const prepared = preparationOf(options);
  const kit = prepared?.takeKit(options) ?? new SealedKit(options);
  const makeMedia = (media: MediaOptions) =>
    prepared?.takeMedia(media) ?? new MediaConnection(media, kit.seal);
  return sealedMeeting(options, {}, signalUrl, kit, makeMedia).room;
}

function preparationOf({ prepared }: JoinOptions): Preparation | undefined {
  return prepared instanceof Preparation ? prepared : undefined;
}
