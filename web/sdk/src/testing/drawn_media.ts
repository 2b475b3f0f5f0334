/** Pictures and sounds that the test pages make themselves. */
export interface DrawnCamera {
  /** The blocks of each frame, 32 characters: tests/e2e/lib/barcode.ts. */
  readonly marks: readonly string[];
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
}

export function drawnCamera({ marks, width, height, framesPerSecond }: DrawnCamera) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("no canvas");
  const block = width / 16;
  let frame = 0;
  const next = (): void => {
    const mark = marks[frame % marks.length] ?? "";
    context.fillStyle = `hsl(${(frame * 2) % 360} 30% 45%)`;
    context.fillRect(0, 0, width, height);
    for (let i = 0; i < 32; i++) {
      context.fillStyle = mark[i] === "1" ? "#ebebeb" : "#101010";
      context.fillRect((i % 16) * block, i < 16 ? 0 : height / 9, block, height / 9);
    }
    // Something that moves over the whole picture.
    context.fillStyle = "#fff";
    context.fillRect(((frame * 7) % 100) * (width / 100), height / 2, width / 20, height / 3);
    frame++;
  };
  next();
  setInterval(next, 1000 / framesPerSecond);
  const [track] = canvas.captureStream(framesPerSecond).getVideoTracks();
  if (track === undefined) throw new Error("no track");
  return track;
}

export function tone(hz: number): MediaStreamTrack {
  const audio = new AudioContext();
  const oscillator = audio.createOscillator();
  oscillator.frequency.value = hz;
  const destination = audio.createMediaStreamDestination();
  oscillator.connect(destination);
  oscillator.start();
  const [track] = destination.stream.getAudioTracks();
  if (track === undefined) throw new Error("no track");
  return track;
}
