import type { SourceKind } from "../room/types.ts";
import { LeakWatch } from "./leak_watch.ts";
import type { Guard, Sealed } from "./media_connection.ts";
import type { SealedFrames } from "./sealed_frames.ts";
import { TrackGate } from "./track_gate.ts";

/**
 * What makes a connection a sealed one. `onLeak`: media left in the clear, and was stopped; the browser is
 * not to be trusted with the rest.
 */
export function sealedBy(frames: SealedFrames, onLeak: (source: SourceKind) => void): Sealed {
  const guard: Guard = {
    openGate: (tracks, put) => new TrackGate(frames, tracks, put),
    watch: (senders, gate) =>
      new LeakWatch({
        frames,
        senders,
        onLeak: (source) => {
          void gate.block(source);
          onLeak(source);
        },
      }),
  };
  return { frames, guard };
}
