import { secretOfFragment } from "@conclave/e2ee/keys";
import { BrowserGroup } from "../browser/browser_group.ts";
import { sealedBy } from "../browser/guard.ts";
import { lastingKey } from "../browser/lasting_key.ts";
import { LinkSeal } from "../browser/link_seal.ts";
import { MediaConnection } from "../browser/media_connection.ts";
import { PathLoader } from "../browser/path_loader.ts";
import { browserPlatform } from "../browser/platform.ts";
import { SealedFrames } from "../browser/sealed_frames.ts";
import { Conference } from "./conference.ts";
import type { GroupRoster } from "./group_side.ts";
import { PLAIN } from "./lobby_seal.ts";
import { sealingBy } from "./sealed_room.ts";
import { ConclaveError, type JoinOptions, type SourceKind } from "./types.ts";

export interface SealedOptions {
  readonly onRoster?: (roster: GroupRoster | undefined) => void;
  readonly onRefused?: (why: string) => void;
  /** Media went around the frame worker; it has been stopped. */
  readonly onLeak?: (source: SourceKind) => void;
}

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
): SealedMeeting {
  const isNamed = options.room.startsWith("n/");
  // Part of every proof: as the server has it, whoever wrote it.
  const address = isNamed ? options.room.toLowerCase() : options.room;
  const secret = isNamed ? undefined : secretOfFragment(options.fragment ?? "");
  if (secret === undefined && !isNamed)
    throw new ConclaveError("link-incomplete", "this link is incomplete");
  const frames = SealedFrames.create();
  if (frames === undefined) throw new ConclaveError("cannot-encrypt", "no encoded transforms");
  const lasting = options.recognisable === true ? lastingKey() : undefined;
  const group = new BrowserGroup({ ...sealed, room: address, secret, frames, lasting });
  const onLeak = (source: SourceKind) => {
    sealed.onLeak?.(source);
    room.report(new ConclaveError("media-leaked", `${source} went past the encryption`));
  };
  const seal = sealedBy(frames, onLeak);
  const lobby = secret === undefined ? PLAIN : new LinkSeal(address, secret);
  const path = new PathLoader(seal, options.keepAddressPrivate !== true);
  const platform = {
    ...browserPlatform(),
    createMedia: (media: ConstructorParameters<typeof MediaConnection>[0]) =>
      path.useServer(new MediaConnection(media, seal), media),
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
