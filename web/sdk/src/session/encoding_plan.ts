import type { SourceKind, VideoCodecName } from "../room/types.ts";

/** What decides how a picture is encoded. */
export interface EncodingFacts {
  readonly source: SourceKind;
  readonly codec: VideoCodecName;
  /** Platform.engine. */
  readonly engine: string;
  /** Of the track; 0 while unknown. */
  readonly width: number;
  readonly height: number;
  /** The content is a film rather than something to read (a screen only). */
  readonly motion: boolean;
  /** Three encodings were negotiated; a stream of layers then is the first of them. */
  readonly rids?: boolean;
  /** The processor cannot keep up with the largest of a camera's sizes. */
  readonly withoutTop?: boolean;
}

/** What anybody watches of a source, as the server tells it. */
export interface WantedEncodings {
  /** Bit i: the i-th encoding. */
  readonly encodings: number;
  /** Of the tallest picture that anybody has a use for, in device pixels. */
  readonly heightPx: number;
}

/** One of a sender's encodings, in the names of RTCRtpEncodingParameters. */
export interface Encoding {
  /** Absent where there is but one. */
  readonly rid?: string;
  readonly active: boolean;
  readonly scaleResolutionDownBy: number;
  readonly maxBitrate: number;
  readonly maxFramerate: number;
  readonly scalabilityMode?: string;
}

export type Degradation = "maintain-resolution" | "maintain-framerate";

/** Lowest first: the order of the offer's rids. */
const RIDS = ["q", "h", "f"] as const;
const FPS_MAX = 30;
/** What is read changes rarely; a page that scrolls looks well enough at this rate. */
const TEXT_FPS_MAX = 15;
/** A camera is taken for this until its size is known. */
const CAMERA_LINES = 720;

/** Below these short sides the upper layers would only repeat the lower ones at the same size. */
const THREE_LAYERS_FROM_PX = 540;
const TWO_LAYERS_FROM_PX = 270;

/**
 * What VP8 needs for talking heads by the short side, kbit/s; the bandwidth estimate takes it down
 * from there. Between two rows it is interpolated.
 */
const CAMERA_KBPS: readonly (readonly [lines: number, kbps: number])[] = [
  [90, 60],
  [180, 150],
  [360, 500],
  [720, 1700],
  [1080, 3000],
];
/** Text at up to 1440 lines changes rarely, but then in whole. */
const TEXT_KBPS = 2500;
const MOTION_KBPS = 3500;

/** A layer this much lower than the picture's place is scaled up without anybody seeing it. */
const CLOSE_ENOUGH = 0.85;

/** Of what VP8 needs for the same picture. */
const RATE_FACTORS: Readonly<Record<VideoCodecName, number>> = {
  vp8: 1,
  h264: 1,
  vp9: 0.75,
  av1: 0.65,
};

/**
 * Whether a camera is sent as one stream of spatial layers (SVC), rather than as one stream for each
 * size (simulcast). Only Chromium's VP9 and AV1 encoders make layers.
 */
export function usesSpatialLayers(facts: EncodingFacts): boolean {
  const { source, codec, engine } = facts;
  return source === "camera" && engine === "chromium" && (codec === "vp9" || codec === "av1");
}

/**
 * All encodings of a sender, whose number never changes; active are those that anybody wants
 * (undefined: all are).
 */
export function planEncodings(facts: EncodingFacts, wanted?: WantedEncodings): readonly Encoding[] {
  return whole(facts, wanted?.heightPx).map((encoding, index) => {
    const isWanted = wanted === undefined || ((wanted.encodings >>> index) & 1) === 1;
    return { ...encoding, active: encoding.active && isWanted };
  });
}

function whole(facts: EncodingFacts, heightPx: number | undefined): readonly Encoding[] {
  if (facts.source !== "camera") return [screenEncoding(facts)];
  if (!usesSpatialLayers(facts)) return simulcastEncodings(facts);
  const layered = layeredEncoding(facts, heightPx);
  return facts.rids ? RIDS.map((rid, at) => ({ ...layered, rid, active: at === 0 })) : [layered];
}

/** What stays when the encoder or the network cannot keep up: faces and films move, text is read. */
export function degradationOf({ source, motion }: EncodingFacts): Degradation {
  return source === "camera" || motion ? "maintain-framerate" : "maintain-resolution";
}

/** Spatial layers that make sense for a camera of this size. */
export function layersFor({ width, height }: EncodingFacts): number {
  const lines = Math.min(width, height);
  if (lines === 0 || lines >= THREE_LAYERS_FROM_PX) return RIDS.length;
  return lines >= TWO_LAYERS_FROM_PX ? 2 : 1;
}

/**
 * A small camera drops upper layers and divides less, so that the lowest stays near 180 lines; the
 * rids stay, since they are negotiated once. No scalabilityMode: Chromium makes three temporal layers
 * of VP8 by itself, and two of the others once one is named (measured).
 */
function simulcastEncodings(facts: EncodingFacts): readonly Encoding[] {
  const layers = layersFor(facts);
  return RIDS.map((rid, index) => {
    const scaleResolutionDownBy = 2 ** Math.max(0, layers - 1 - index);
    const maxBitrate = cameraBitrate(facts, scaleResolutionDownBy);
    const active = index < sentOf(layers, facts);
    return { rid, active, scaleResolutionDownBy, maxBitrate, maxFramerate: FPS_MAX };
  });
}

/** All but the top one where that is too much. */
function sentOf(layers: number, { withoutTop }: EncodingFacts): number {
  return withoutTop ? Math.max(1, layers - 1) : layers;
}

/**
 * Layers above what anybody wants get no rate, and Chromium leaves them out: without a key frame on
 * the way down and with one on the way up (measured), while another scalabilityMode costs one each way.
 */
function layeredEncoding(facts: EncodingFacts, heightPx: number | undefined): Encoding {
  const layers = layersFor(facts);
  let maxBitrate = 0;
  for (let below = layers - 1; below >= layers - sentOf(layers, facts); below--) {
    maxBitrate += cameraBitrate(facts, 2 ** below);
    const lines = (facts.height || CAMERA_LINES) / 2 ** below;
    if (heightPx !== undefined && lines >= heightPx * CLOSE_ENOUGH) break;
  }
  return {
    active: true,
    scaleResolutionDownBy: 1,
    maxBitrate,
    maxFramerate: FPS_MAX,
    // Upper layers lean on lower ones in key frames only, so that a receiver gets just one of them.
    scalabilityMode: layers > 1 ? `L${layers}T3_KEY` : "L1T3",
  };
}

/**
 * One size only: a screen that is scaled down cannot be read. The server saves on its rate of
 * pictures instead, by the temporal layers; they are Chromium's, others ignore them.
 */
function screenEncoding({ codec, engine, motion }: EncodingFacts): Encoding {
  const kbps = (motion ? MOTION_KBPS : TEXT_KBPS) * RATE_FACTORS[codec];
  const layered = engine === "chromium" && codec !== "h264";
  return {
    active: true,
    scaleResolutionDownBy: 1,
    maxBitrate: Math.round(kbps * 1000),
    maxFramerate: motion ? FPS_MAX : TEXT_FPS_MAX,
    ...(layered ? { scalabilityMode: "L1T3" } : {}),
  };
}

function cameraBitrate({ codec, width, height }: EncodingFacts, scaleDownBy: number): number {
  const lines = (Math.min(width, height) || CAMERA_LINES) / scaleDownBy;
  return Math.round(interpolated(lines) * RATE_FACTORS[codec]) * 1000;
}

function interpolated(lines: number): number {
  let [lowLines, lowKbps] = CAMERA_KBPS[0] ?? [0, 0];
  for (const [highLines, highKbps] of CAMERA_KBPS) {
    if (lines <= highLines) {
      const share =
        highLines > lowLines ? Math.max(0, lines - lowLines) / (highLines - lowLines) : 1;
      return lowKbps + share * (highKbps - lowKbps);
    }
    [lowLines, lowKbps] = [highLines, highKbps];
  }
  return lowKbps;
}
