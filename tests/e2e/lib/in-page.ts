/** What runs inside the pages under test. Self-contained: Playwright sends the source text. */

/** Keeps every RTCPeerConnection and WebSocket of the page reachable for the tests. */
export function keepConnections(): void {
  const kept = window as unknown as { peerConnections: RTCPeerConnection[]; sockets: WebSocket[] };
  kept.peerConnections = [];
  kept.sockets = [];
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      kept.peerConnections.push(this);
    }
  };
  window.WebSocket = class extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      kept.sockets.push(this);
    }
  };
}
