import type {
  RecordingFailure,
  RecordingMachine,
  RecordingWants,
  RunningRecording,
} from "../../state/recording/recording.ts";
import { RECORDING_SIZE } from "../../state/recording/scene.ts";
import { Cancelled, openRecordingFile, type RecordingFile } from "./file.ts";
import { createMixer } from "./mixer.ts";
import { paintSelf, paintStage } from "./painter.ts";
import { RecordingParts } from "./parts.ts";

/** Pictures of people talking; every one of them is drawn and encoded beside the call. */
const FPS = 15;
const BITS_PER_SECOND = { videoBitsPerSecond: 1_800_000, audioBitsPerSecond: 96_000 };
/** So much is lost where the browser ends suddenly. */
const PART_MS = 1000;
/** The light codec first: the processor has a call to carry. Safari writes MP4 only. */
const TYPES = ["video/webm;codecs=vp8,opus", "video/webm", "video/mp4"];

/** `name` is the file's, without its ending. */
export function createRecordingMachine(name: () => string): RecordingMachine {
  return {
    async start(wants) {
      const type = TYPES.find((each) => window.MediaRecorder?.isTypeSupported(each));
      if (type === undefined) return "unsupported";
      const [mime = type] = type.split(";");
      try {
        const file = await openRecordingFile(`${name()}.${mime.slice("video/".length)}`, mime);
        return begin(wants, type, file);
      } catch (error) {
        return error instanceof Cancelled ? "cancelled" : "failed";
      }
    },
  };
}

function begin(wants: RecordingWants, type: string, file: RecordingFile): RunningRecording {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, RECORDING_SIZE);
  const context = canvas.getContext("2d", { alpha: false });
  if (context === null) throw new Error("no canvas");
  const own = ownPicture(wants.camera);
  const paint = () =>
    wants.scope === "self" ? paintSelf(context, own()) : paintStage(context, wants.includes);
  paint();
  const mixer = createMixer();
  const stream = canvas.captureStream(FPS);
  stream.addTrack(mixer.track);
  mixer.beat(FPS, paint);
  const recorder = new MediaRecorder(stream, { mimeType: type, ...BITS_PER_SECOND });
  const writing = writeParts(recorder, file, wants.onFailed);
  recorder.start(PART_MS);
  return {
    setSounds: (sounds) => mixer.setSounds(sounds),
    async stop() {
      const isWhole = await writing.finish();
      for (const track of stream.getTracks()) track.stop();
      mixer.close();
      return isWhole;
    },
  };
}

/** The camera in an element of its own: on the stage it may be hidden, or on another page. */
function ownPicture(camera: RecordingWants["camera"]): () => HTMLVideoElement | undefined {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  let shown: MediaStreamTrack | undefined;
  return () => {
    const track = camera();
    if (track !== shown) {
      shown = track;
      video.srcObject = track === undefined ? null : new MediaStream([track]);
      if (track !== undefined) video.play().catch(() => {});
    }
    return track === undefined ? undefined : video;
  };
}

/** Writes what the browser has recorded, in its order. */
function writeParts(
  recorder: MediaRecorder,
  file: RecordingFile,
  onFailed: (why: RecordingFailure) => void,
): { finish(): Promise<boolean> } {
  const parts = new RecordingParts(file);
  let written: Promise<void> = Promise.resolve();
  let failed = false;
  let startedAt = 0;
  let endedAt: number | undefined;

  const fail = (error: unknown): void => {
    if (failed) return;
    failed = true;
    const isFull = error instanceof DOMException && error.name === "QuotaExceededError";
    onFailed(isFull ? "disk-full" : "failed");
  };
  recorder.onstart = () => {
    startedAt = performance.now();
  };
  recorder.ondataavailable = ({ data }) => {
    written = written.then(() => (failed ? undefined : parts.add(data))).catch(fail);
  };
  recorder.onerror = (event) => fail(event);
  const stopped = new Promise<void>((resolve) => {
    recorder.onstop = () => resolve();
  });
  return {
    async finish() {
      endedAt ??= performance.now();
      if (recorder.state !== "inactive") recorder.stop();
      await stopped;
      await written;
      await parts.finish(endedAt - startedAt).catch(fail);
      return file.close().then(
        () => true,
        (error) => {
          fail(error);
          return false;
        },
      );
    },
  };
}
