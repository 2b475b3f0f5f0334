import { type PathLook, PathPings } from "../session/path_pings.ts";

/** Signs of life over a direct connection. They say nothing of what is said or shown. */
export class PingChannel {
  readonly #channel: RTCDataChannel;
  readonly #pings = new PathPings();

  /** `onAlive`: one came. */
  constructor(connection: RTCPeerConnection, onAlive: () => void) {
    // Agreed on beforehand: both ends have number 0. What is late is worth nothing.
    const options = { negotiated: true, id: 0, ordered: false, maxRetransmits: 0 };
    this.#channel = connection.createDataChannel("path", options);
    this.#channel.binaryType = "arraybuffer";
    this.#channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (data instanceof ArrayBuffer && this.#pings.take(performance.now(), data)) onAlive();
    };
  }

  send(): void {
    if (this.#channel.readyState !== "open" || this.#channel.bufferedAmount > 0) return;
    this.#channel.send(this.#pings.next(performance.now()));
  }

  look(): PathLook {
    return this.#pings.look();
  }
}
