import type { VideoCodecName } from "../room/types.ts";

/**
 * What the offer names. Every codec costs lines in each of a dozen sections, so each appears once,
 * in the profile that all browsers share. VP8 first: everybody encodes and decodes it.
 */
const VIDEO_ORDER: readonly ((codec: RTCRtpCodec) => boolean)[] = [
  is("video/VP8"),
  // RTX (RFC 4588) is one capability for all of them.
  is("video/rtx"),
  // The 8-bit profiles, which are also what no parameter means.
  (codec) => is("video/VP9")(codec) && (parameter(codec, "profile-id") ?? "0") === "0",
  isConstrainedBaseline,
  (codec) => is("video/AV1")(codec) && (parameter(codec, "profile") ?? "0") === "0",
];

/**
 * Opus only: without telephone-event (decisions 15), comfort noise and the narrow old codecs. What
 * is received may have lost frames in later packets (RFC 2198); what is sent has not: the server
 * adds them where a receiver needs them.
 */
export function audioCodecs(direction: RTCRtpTransceiverDirection): RTCRtpCodec[] {
  const codecs = shared("audio");
  const opus = codecs.filter(is("audio/opus"));
  return direction === "sendonly" ? opus : [...opus, ...codecs.filter(is("audio/red"))];
}

/** `first` comes before the others where this browser has it. */
export function videoCodecs(first?: VideoCodecName): RTCRtpCodec[] {
  const codecs = shared("video");
  const ordered = VIDEO_ORDER.flatMap((matches) => codecs.find(matches) ?? []);
  return ordered.sort((a, b) => Number(isNamed(b, first)) - Number(isNamed(a, first)));
}

/** "vp8", "vp9", "h264", "av1", as far as this browser decodes them. */
export function decodedVideoCodecs(): readonly string[] {
  const names = videoCodecs().map((codec) => codec.mimeType.replace("video/", "").toLowerCase());
  return names.filter((name) => name !== "rtx");
}

/** What this browser can both send and receive; preferences may not name other codecs. */
function shared(kind: "audio" | "video"): RTCRtpCodec[] {
  const sends = RTCRtpSender.getCapabilities(kind)?.codecs ?? [];
  const receives = RTCRtpReceiver.getCapabilities(kind)?.codecs ?? [];
  const key = (codec: RTCRtpCodec) => `${codec.mimeType} ${codec.sdpFmtpLine ?? ""}`.toLowerCase();
  const sent = new Set(sends.map(key));
  return receives.filter((codec) => sent.has(key(codec)));
}

function isNamed(codec: RTCRtpCodec, name: VideoCodecName | undefined): boolean {
  return name !== undefined && is(`video/${name}`)(codec);
}

function is(mimeType: string): (codec: RTCRtpCodec) => boolean {
  return (codec) => codec.mimeType.toLowerCase() === mimeType.toLowerCase();
}

/** H.264 without parameters would mean packets of one NAL unit only, which nobody sends. */
function isConstrainedBaseline(codec: RTCRtpCodec): boolean {
  return (
    is("video/H264")(codec) &&
    parameter(codec, "packetization-mode") === "1" &&
    parameter(codec, "profile-level-id")?.toLowerCase().startsWith("42e0") === true
  );
}

function parameter(codec: RTCRtpCodec, name: string): string | undefined {
  const parameters = (codec.sdpFmtpLine ?? "").split(";").map((part) => part.trim().split("="));
  return parameters.find(([key]) => key === name)?.[1];
}
