/** RTP header extensions (RFC 8285) that the server reads or writes; the rest only costs bytes. */
const WANTED: readonly string[] = [
  "urn:ietf:params:rtp-hdrext:sdes:mid",
  "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
  "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
  // RFC 6464: who is loudest, without decoding.
  "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
  // Send times: what the receiving browser estimates the bandwidth from (goog-remb).
  "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
  "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
  // Chromium leaves it out of receive-only sections unless asked (decisions 24).
  "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension",
];

interface HeaderExtension {
  readonly uri: string;
  direction: string;
}
interface NegotiatingTransceiver {
  getHeaderExtensionsToNegotiate?(): HeaderExtension[];
  setHeaderExtensionsToNegotiate?(extensions: HeaderExtension[]): void;
}

/** Does nothing in browsers without this API: they offer what they always do. */
export function negotiateExtensions(transceiver: RTCRtpTransceiver): void {
  const negotiating = transceiver as NegotiatingTransceiver;
  const extensions = negotiating.getHeaderExtensionsToNegotiate?.();
  if (extensions === undefined) return;
  for (const extension of extensions) {
    extension.direction = WANTED.includes(extension.uri) ? "sendrecv" : "stopped";
  }
  negotiating.setHeaderExtensionsToNegotiate?.(extensions);
}
