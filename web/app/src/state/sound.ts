import type { Room } from "@conclave/sdk";
import { cell, type Readable, watch } from "./cells.ts";

/** What the others say, on this machine's speakers. */
export interface Sound {
  /** The browser wants a click before it plays. */
  readonly blocked: Readable<boolean>;
  /** Call in a click. */
  start(): Promise<void>;
  stop(): void;
}

export function createSound(room: Room, speakerId: Readable<string | undefined>): Sound {
  const blocked = cell(false);
  const start = async () => {
    try {
      await room.startAudio();
      blocked.value = false;
    } catch {
      blocked.value = true;
    }
  };
  const stops = [
    room.on("error", ({ code }) => {
      if (code === "autoplay-blocked") blocked.value = true;
    }),
    watch(() => {
      const speaker = speakerId.value;
      // A speaker that is gone leaves the browser's own choice.
      if (speaker !== undefined) void room.setAudioOutput(speaker).catch(() => {});
    }),
  ];
  void start();
  return {
    blocked,
    start,
    stop() {
      for (const stop of stops) stop();
    },
  };
}
