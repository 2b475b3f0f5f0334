import type { SourceKind } from "../room/types.ts";

/** In the order of the offer's sending sections. */
export const SOURCES: readonly SourceKind[] = [
  "microphone",
  "camera",
  "screen-video",
  "screen-audio",
];

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
