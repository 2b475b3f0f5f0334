import { SourceKind as WireSource } from "../protocol/index.ts";
import type { SourceKind } from "../room/types.ts";
import { SOURCES } from "./sources.ts";

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
