import { SourceKind as WireSource } from "../protocol/index.ts";
import type { SourceKind } from "../room/types.ts";

/** In the order of the offer's sending sections. */
export const SOURCES: readonly SourceKind[] = [
  "microphone",
  "camera",
  "screen-video",
  "screen-audio",
];

const TO_WIRE: Readonly<Record<SourceKind, WireSource>> = {
  microphone: WireSource.MICROPHONE,
  camera: WireSource.CAMERA,
  "screen-video": WireSource.SCREEN_VIDEO,
  "screen-audio": WireSource.SCREEN_AUDIO,
};

export function toWireSource(source: SourceKind): WireSource {
  return TO_WIRE[source];
}

/** Undefined for kinds that a newer server may know. */
export function fromWireSource(wire: WireSource): SourceKind | undefined {
  return SOURCES.find((source) => TO_WIRE[source] === wire);
}

export function mediaKindOf(source: SourceKind): "audio" | "video" {
  return source === "microphone" || source === "screen-audio" ? "audio" : "video";
}

/** The source that belongs in time to this one: the voice to the face, the sound to the screen. */
export function companionOf(source: SourceKind): SourceKind {
  const companions: Readonly<Record<SourceKind, SourceKind>> = {
    microphone: "camera",
    camera: "microphone",
    "screen-video": "screen-audio",
    "screen-audio": "screen-video",
  };
  return companions[source];
}
