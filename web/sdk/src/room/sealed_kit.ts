import { secretOfFragment } from "@conclave/e2ee/keys";
import { BrowserGroup } from "../browser/browser_group.ts";
import { sealedBy } from "../browser/guard.ts";
import { lastingKey } from "../browser/lasting_key.ts";
import type { Sealed } from "../browser/media_connection.ts";
import { SealedFrames } from "../browser/sealed_frames.ts";
import type { GroupRoster } from "./group_side.ts";
import { ConclaveError, type PrepareOptions, type SourceKind } from "./types.ts";

export interface SealedOptions {
  readonly onRoster?: (roster: GroupRoster | undefined) => void;
  readonly onRefused?: (why: string) => void;
  /** Media went around the frame worker; it has been stopped. */
  readonly onLeak?: (source: SourceKind) => void;
}

/**
 * What an encrypted meeting has besides what every meeting has, and which can be there before anybody
 * joins: both workers, and keys that wait to be added to the group.
 */
export class SealedKit {
  /** Part of every proof: as the server has it, whoever wrote it. */
  readonly address: string;
  readonly group: BrowserGroup;
  readonly frames: SealedFrames;
  readonly seal: Sealed;
  onLeak: (source: SourceKind) => void = () => undefined;

  /** Throws where an `/r/` link has no secret, and where this browser cannot seal. */
  constructor(options: PrepareOptions, sealed: SealedOptions = {}) {
    const isNamed = options.room.startsWith("n/");
    this.address = isNamed ? options.room.toLowerCase() : options.room;
    const secret = secretOf(options);
    const frames = SealedFrames.create();
    if (frames === undefined) throw new ConclaveError("cannot-encrypt", "no encoded transforms");
    this.frames = frames;
    const lasting = options.recognisable === true ? lastingKey() : undefined;
    this.group = new BrowserGroup({ ...sealed, room: this.address, secret, frames, lasting });
    this.seal = sealedBy(frames, (source) => this.onLeak(source));
  }

  /** Where nobody joined with it; the meeting does this itself. */
  close(): void {
    this.group.close();
  }
}

/** The link's; undefined where the room has none. Throws where it should have one. */
export function secretOf({ room, fragment }: PrepareOptions): Uint8Array | undefined {
  if (room.startsWith("n/")) return undefined;
  const secret = secretOfFragment(fragment ?? "");
  if (secret === undefined) throw new ConclaveError("link-incomplete", "this link is incomplete");
  return secret;
}
