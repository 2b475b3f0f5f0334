import { t } from "../messages/messages.ts";
import type { Clock } from "./clock.ts";
import type { LocalMedia } from "./localMedia.ts";
import type { Notices } from "./notices.ts";
import { SHORTCUT_KEYS } from "./shortcuts.ts";

/** On the meter's scale: speech is above it, typing and a fan are below. */
const SPEECH_LEVEL = 0.55;
/** So much of speech within so long is somebody who talks, not a cough or a door. */
const SPEECH_MS = 600;
const WINDOW_MS = 1500;
/** Who goes on talking to somebody else in the room is not told all the time. */
const AGAIN_MS = 30_000;
/** A gap between two measurements that is longer than this says nothing of what was between. */
const STEP_MS_MAX = 200;

/** Tells a person who talks that the microphone is muted. Returns how to stop. */
export function hintAtMutedTalk(local: LocalMedia, clock: Clock, notices: Notices): () => void {
  let loud: { readonly at: number; readonly ms: number }[] = [];
  let lastAt = clock.now();
  let toldAt = Number.NEGATIVE_INFINITY;
  const stopLevels = local.onMutedLevel((level) => {
    const now = clock.now();
    const ms = Math.min(now - lastAt, STEP_MS_MAX);
    lastAt = now;
    loud = loud.filter(({ at }) => now - at < WINDOW_MS);
    if (level >= SPEECH_LEVEL) loud.push({ at: now, ms });
    if (loud.reduce((sum, one) => sum + one.ms, 0) < SPEECH_MS || now - toldAt < AGAIN_MS) return;
    toldAt = now;
    loud = [];
    notices.show(t("notice.mutedTalk", { key: SHORTCUT_KEYS.microphone }), { topic: "muted" });
  });
  const stopMuting = local.microphone.on.subscribe((on) => {
    loud = [];
    if (on) notices.dismissTopic("muted");
  });
  return () => {
    stopLevels();
    stopMuting();
  };
}
