/** What the senders encode: layers, sizes and rates. */

/**
 * Simulcast of a 720p camera, lowest first (the order of the offer's rids). Rates are what VP8 needs
 * for talking heads; the bandwidth estimate takes them down from there.
 */
export const CAMERA_ENCODINGS: readonly RTCRtpEncodingParameters[] = [
  { rid: "q", scaleResolutionDownBy: 4, maxBitrate: 150_000, maxFramerate: 30 },
  { rid: "h", scaleResolutionDownBy: 2, maxBitrate: 500_000, maxFramerate: 30 },
  { rid: "f", scaleResolutionDownBy: 1, maxBitrate: 1_700_000, maxFramerate: 30 },
];

/** Text at up to 1440 lines changes rarely, but then in whole. */
export const SCREEN_ENCODINGS: readonly RTCRtpEncodingParameters[] = [
  { maxBitrate: 2_500_000, maxFramerate: 30 },
];

/** Below these short sides the upper layers would only repeat the lower ones at the same size. */
const THREE_LAYERS_FROM_PX = 540;
const TWO_LAYERS_FROM_PX = 270;

/**
 * The layers for a camera of this size. A small camera drops upper layers and divides less, so that
 * the lowest stays near 180 lines; the rids stay, since they are negotiated once.
 */
export function cameraEncodings(
  present: readonly RTCRtpEncodingParameters[],
  width: number,
  height: number,
): RTCRtpEncodingParameters[] {
  const layers = layersFor(Math.min(width, height));
  return present.map((encoding, index) => ({
    ...encoding,
    active: index < layers,
    scaleResolutionDownBy: 2 ** Math.max(0, layers - 1 - index),
  }));
}

function layersFor(shortSidePx: number): number {
  if (shortSidePx === 0 || shortSidePx >= THREE_LAYERS_FROM_PX) return CAMERA_ENCODINGS.length;
  return shortSidePx >= TWO_LAYERS_FROM_PX ? 2 : 1;
}
