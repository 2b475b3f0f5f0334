import { secretOfFragment } from "@conclave/e2ee/keys";
import type { BrowserGroup } from "../browser/browser_group.ts";
import { LinkSeal } from "../browser/link_seal.ts";
import { MediaConnection } from "../browser/media_connection.ts";
import { PathLoader } from "../browser/path_loader.ts";
import { browserPlatform } from "../browser/platform.ts";
import type { SealedFrames } from "../browser/sealed_frames.ts";
import { Conference } from "./conference.ts";
import { PLAIN } from "./lobby_seal.ts";
import type { MediaOptions } from "./platform.ts";
import { SealedKit, type SealedOptions, secretOf } from "./sealed_kit.ts";
import { sealingBy } from "./sealed_room.ts";
import { ConclaveError, type JoinOptions } from "./types.ts";

export { SealedKit, type SealedOptions } from "./sealed_kit.ts";

export interface SealedMeeting {
  readonly room: Conference;
  readonly group: BrowserGroup;
  readonly frames: SealedFrames;
}

/**
 * A meeting of an `/r/` or `/n/` link, not started yet. What it sends is sealed or not sent. Throws where
 * an `/r/` link has no secret, and where this browser cannot seal.
 */
export function sealedMeeting(
  options: JoinOptions,
  sealed: SealedOptions,
  signalUrl: string,
  kit = new SealedKit(options, sealed),
  makeMedia = (media: MediaOptions) => new MediaConnection(media, kit.seal),
): SealedMeeting {
  const { group, frames } = kit;
  kit.onLeak = (source) => {
    sealed.onLeak?.(source);
    room.report(new ConclaveError("media-leaked", `${source} went past the encryption`));
  };
  const secret = secretOf(options);
  const lobby = secret === undefined ? PLAIN : new LinkSeal(kit.address, secret);
  const path = new PathLoader(kit.seal, options.keepAddressPrivate !== true);
  const platform = {
    ...browserPlatform(),
    createMedia: (media: MediaOptions) => path.useServer(makeMedia(media), media),
  };
  const room = new Conference(
    platform,
    options,
    signalUrl,
    sealingBy(group, lobby, path, options.keepAddressPrivate === true),
  );
  room.on("link", ({ fragment }) => {
    const next = secretOfFragment(fragment);
    if (next !== undefined && lobby instanceof LinkSeal) lobby.setSecret(next);
  });
  return { room, group, frames };
}
