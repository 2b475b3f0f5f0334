import type { Painted } from "./engine.ts";
import type { ToWorker } from "./protocol.ts";

/** Of mediacapture-transform, as Chromium has it: on the page; lib.dom.d.ts has neither. */
interface Processor {
  readonly readable: ReadableStream<VideoFrame>;
}
interface Generator extends MediaStreamTrack {
  readonly writable: WritableStream<VideoFrame>;
}
interface StreamScope {
  MediaStreamTrackProcessor?: new (init: {
    track: MediaStreamTrack;
    maxBufferSize?: number;
  }) => Processor;
  MediaStreamTrackGenerator?: new (init: { kind: "video" }) => Generator;
}

const scope = globalThis as StreamScope;

/** Whether a camera's frames can go straight to a worker and back. */
export function hasStreams(): boolean {
  return (
    scope.MediaStreamTrackProcessor !== undefined && scope.MediaStreamTrackGenerator !== undefined
  );
}

/** Frames never come to the page's thread; the worker takes the newest when it is done with the last. */
export function paintedByStreams(
  track: MediaStreamTrack,
  camera: number,
  post: (message: ToWorker, transfer: Transferable[]) => void,
): Painted {
  const { MediaStreamTrackProcessor, MediaStreamTrackGenerator } = scope;
  if (!MediaStreamTrackProcessor || !MediaStreamTrackGenerator) throw new Error("no track streams");
  // A copy, since a processor ends only with its track: then the camera's own goes on.
  const source = track.clone();
  const { readable } = new MediaStreamTrackProcessor({ track: source, maxBufferSize: 1 });
  const generator = new MediaStreamTrackGenerator({ kind: "video" });
  const { writable } = generator;
  post({ kind: "streams", camera, readable, writable }, [readable, writable]);
  return {
    track: generator,
    started: firstFrame(generator),
    stop() {
      source.stop();
      generator.stop();
    },
  };
}

/** A generator is muted until somebody writes into it. */
function firstFrame(track: MediaStreamTrack): Promise<void> {
  if (!track.muted) return Promise.resolve();
  return new Promise((resolve) => {
    track.addEventListener("unmute", () => resolve(), { once: true });
  });
}
