import { secretOfFragment } from "@conclave/e2ee/keys";
import { BrowserGroup, type GroupRoster } from "../browser/browser_group.ts";
import { MediaConnection } from "../browser/media_connection.ts";
import { browserPlatform } from "../browser/platform.ts";
import { SealedFrames } from "../browser/sealed_frames.ts";
import { Conference } from "./conference.ts";
import { ConclaveError, type JoinOptions, type SourceKind } from "./types.ts";

export interface SealedOptions {
  /** The link's fragment, with or without its `#`. */
  readonly fragment: string;
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
 * A meeting of an `/r/` link, not started yet. What it sends is sealed or not sent; names and chat are
 * not sent at all until they are sealed too. Throws where the link has no secret, and where this
 * browser cannot seal.
 */
export function sealedMeeting(
  options: JoinOptions,
  sealed: SealedOptions,
  signalUrl: string,
): SealedMeeting {
  const secret = secretOfFragment(sealed.fragment);
  if (secret === undefined) throw new ConclaveError("mode-unsupported", "this link is incomplete");
  const frames = SealedFrames.create();
  if (frames === undefined) throw new ConclaveError("unsupported-browser", "cannot encrypt media");
  const { room: address } = options;
  const group = new BrowserGroup({ ...sealed, room: address, secret, frames });
  const platform = {
    ...browserPlatform(),
    createMedia: (media: ConstructorParameters<typeof MediaConnection>[0]) =>
      new MediaConnection(media, { frames, onLeak: (source) => sealed.onLeak?.(source) }),
  };
  return { room: new Conference(platform, options, signalUrl, group), group, frames };
}
