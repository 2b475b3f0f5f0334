import type { Room } from "@conclave/sdk";
import { t } from "../messages/messages.ts";
import { cell, type Readable } from "./cells.ts";
import type { Notices } from "./notices.ts";
import type { Devices } from "./ports.ts";

/** This person's screen share. */
export interface Share {
  readonly on: Readable<boolean>;
  readonly supported: boolean;
  /** It is a film rather than something to read: many pictures before sharp ones. */
  readonly motion: Readable<boolean>;
  setMotion(motion: boolean): Promise<void>;
  /** Call in a click: the browser asks which screen. */
  toggle(): Promise<void>;
  stop(): void;
}

/** Pictures a second that are captured. */
const FPS = { detail: 15, motion: 30 } as const;

/** `mayShare` is asked before anything is captured. */
export function createShare(
  room: Room,
  devices: Devices,
  notices: Notices,
  mayShare: () => boolean,
): Share {
  const on = cell(false);
  const motion = cell(false);
  let tracks: MediaStreamTrack[] = [];
  let asking = false;

  const stop = () => {
    if (!on.peek()) return;
    for (const track of tracks) track.stop();
    tracks = [];
    on.value = false;
    motion.value = false;
    void room.publish("screen-video", undefined);
    void room.publish("screen-audio", undefined);
    notices.say(t("notice.shareStopped"));
  };

  const start = async () => {
    asking = true;
    const screen = await devices.openScreen();
    asking = false;
    if (screen === undefined) return;
    if (typeof screen === "string") {
      notices.show(t("notice.shareFailed"), { tone: "problem" });
      return;
    }
    tracks = screen.audio ? [screen.video, screen.audio] : [screen.video];
    // The browser's own "Stop sharing" ends the track.
    screen.video.addEventListener("ended", stop);
    on.value = true;
    await room.publish("screen-video", screen.video);
    if (screen.audio) await room.publish("screen-audio", screen.audio);
    notices.say(t("notice.shareStarted"));
  };

  const setMotion = async (next: boolean) => {
    const [video] = tracks;
    if (video === undefined || next === motion.peek()) return;
    motion.value = next;
    const hint = next ? "motion" : "detail";
    video.contentHint = hint;
    // A source that cannot be captured at that rate is still encoded for it.
    const constraints = {
      ...video.getConstraints(),
      frameRate: { ideal: FPS[hint], max: FPS.motion },
    };
    await video.applyConstraints(constraints).catch(() => {});
    // The same track: its encodings follow the hint.
    if (tracks[0] === video) await room.publish("screen-video", video);
  };

  return {
    on,
    motion,
    setMotion,
    supported: devices.canShareScreen,
    stop,
    async toggle() {
      if (on.peek()) stop();
      else if (!asking && mayShare()) await start();
    },
  };
}
