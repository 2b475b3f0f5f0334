import type { SourceKind, VideoCodecName } from "../room/types.ts";
import { mediaKindOf } from "../session/sources.ts";
import { audioCodecs, videoCodecs } from "./codecs.ts";
import type { FrameTransforms } from "./frame_transforms.ts";
import { negotiateExtensions } from "./header_extensions.ts";

export interface SendSection {
  readonly source: SourceKind;
  readonly track: MediaStreamTrack | undefined;
  readonly encodings?: readonly RTCRtpEncodingParameters[];
  /** Of video: offered first, and so the one that is sent. */
  readonly codec?: VideoCodecName;
}

/**
 * The only place that makes transceivers. Each has its frame transform from the moment that it
 * exists, also without a track: Chromium ignores one that is set later (decisions 16), and then
 * frames would leave in the clear.
 */
export class TransceiverFactory {
  readonly #connection: RTCPeerConnection;
  readonly #transforms: FrameTransforms | undefined;

  constructor(connection: RTCPeerConnection, transforms: FrameTransforms | undefined) {
    this.#connection = connection;
    this.#transforms = transforms;
  }

  makeSender({ source, track, encodings, codec }: SendSection): RTCRtpTransceiver {
    const kind = mediaKindOf(source);
    const transceiver = this.#connection.addTransceiver(track ?? kind, {
      direction: "sendonly",
      ...(encodings === undefined ? {} : { sendEncodings: [...encodings] }),
    });
    this.#transforms?.attachSender(transceiver.sender, source);
    return prepared(transceiver, kind, codec);
  }

  makeSlot(kind: "audio" | "video"): RTCRtpTransceiver {
    const transceiver = this.#connection.addTransceiver(kind, { direction: "recvonly" });
    this.#transforms?.attachReceiver(transceiver.receiver, kind);
    return prepared(transceiver, kind);
  }
}

function prepared(
  transceiver: RTCRtpTransceiver,
  kind: "audio" | "video",
  codec?: VideoCodecName,
): RTCRtpTransceiver {
  const codecs = kind === "audio" ? audioCodecs(transceiver.direction) : videoCodecs(codec);
  if (codecs.length > 0) transceiver.setCodecPreferences(codecs);
  negotiateExtensions(transceiver);
  return transceiver;
}
