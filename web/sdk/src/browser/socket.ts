import type { Socket, SocketEvents } from "../room/platform.ts";

const SUBPROTOCOL = "conclave.v1";

/** A WebSocket that tells of its end once, and says nothing after it was closed from here. */
export function openSocket(url: string, events: SocketEvents): Socket {
  const socket = new WebSocket(url, SUBPROTOCOL);
  socket.binaryType = "arraybuffer";
  let done = false;
  socket.onopen = () => {
    if (!done) events.onOpen();
  };
  socket.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (!done && data instanceof ArrayBuffer) events.onMessage(new Uint8Array(data));
  };
  // An error is always followed by close.
  socket.onclose = () => {
    if (!done) events.onClosed();
    done = true;
  };
  return {
    send: (bytes) => {
      // While it closes, what is said is lost anyway: the resume repeats what matters.
      if (socket.readyState === WebSocket.OPEN) socket.send(bytes);
    },
    close: () => {
      done = true;
      socket.close();
    },
  };
}

/** `/signal` on the page's origin. */
export function defaultSignalUrl(): string {
  const url = new URL("/signal", location.href);
  url.protocol = url.protocol === "http:" ? "ws:" : "wss:";
  return url.href;
}
