import type { VideoCodecName } from "../room/types.ts";
import { audioCodecs, videoCodecs } from "./codecs.ts";
import type { FrameWorker } from "./frame_worker.ts";
import { negotiateExtensions } from "./header_extensions.ts";

export interface SendSection {
  readonly kind: "audio" | "video";
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
  readonly #worker: FrameWorker | undefined;

  constructor(connection: RTCPeerConnection, worker: FrameWorker | undefined) {
    this.#connection = connection;
    this.#worker = worker;
  }

  makeSender({ kind, track, encodings, codec }: SendSection): RTCRtpTransceiver {
    const transceiver = this.#connection.addTransceiver(track ?? kind, {
      direction: "sendonly",
      ...(encodings === undefined ? {} : { sendEncodings: [...encodings] }),
    });
    if (this.#worker !== undefined) {
      transceiver.sender.transform = this.#worker.transform({ side: "send", kind });
    }
    return prepared(transceiver, kind, codec);
  }

  makeSlot(kind: "audio" | "video"): RTCRtpTransceiver {
    const transceiver = this.#connection.addTransceiver(kind, { direction: "recvonly" });
    if (this.#worker !== undefined) {
      transceiver.receiver.transform = this.#worker.transform({ side: "receive", kind });
    }
    return prepared(transceiver, kind);
  }
}

function prepared(
  transceiver: RTCRtpTransceiver,
  kind: "audio" | "video",
  codec?: VideoCodecName,
): RTCRtpTransceiver {
  const codecs = kind === "audio" ? audioCodecs() : videoCodecs(codec);
  if (codecs.length > 0) transceiver.setCodecPreferences(codecs);
  negotiateExtensions(transceiver);
  return transceiver;
}
