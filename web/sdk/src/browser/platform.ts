import type { Platform } from "../room/platform.ts";
import { AudioElements } from "./audio_output.ts";
import { decodedVideoCodecs } from "./codecs.ts";
import { MediaConnection } from "./media_connection.ts";
import { keepPass, passOf } from "./pass_store.ts";
import { publisherFacts } from "./publisher_facts.ts";
import { openSocket } from "./socket.ts";
import { createTimer } from "./timer.ts";

export function browserPlatform(): Platform {
  const nowMs = () => performance.now();
  return {
    engine: engineName(),
    decodes: decodedVideoCodecs(),
    publisherFacts: publisherFacts(),
    nowMs,
    epochMs: () => Date.now(),
    random: () => Math.random(),
    timer: (onDeadline) => createTimer(nowMs, onDeadline),
    onOnline: (listener) => {
      addEventListener("online", listener);
      return () => removeEventListener("online", listener);
    },
    onPageGone: (listener) => {
      addEventListener("pagehide", listener);
      return () => removeEventListener("pagehide", listener);
    },
    passOf,
    keepPass,
    openSocket,
    createMedia: (options) => new MediaConnection(options),
    createAudioOutput: () => new AudioElements(),
  };
}

/** Whether this browser can be in a call at all; without encryption, which asks for more. */
export function isSupported(): boolean {
  return (
    typeof RTCPeerConnection === "function" &&
    typeof WebSocket === "function" &&
    typeof CompressionStream === "function" &&
    "setCodecPreferences" in RTCRtpTransceiver.prototype
  );
}

function engineName(): string {
  const agent = navigator.userAgent;
  if (/Firefox\//.test(agent)) return "firefox";
  if (/Chrome\//.test(agent)) return "chromium";
  return /AppleWebKit\//.test(agent) ? "webkit" : "other";
}
