import type { RecordedSound } from "../../state/recording/recording.ts";

/** Sounds of several tracks in one, and a beat that does not slow down in a hidden tab. */
export interface Mixer {
  readonly track: MediaStreamTrack;
  setSounds(sounds: readonly RecordedSound[]): void;
  /** Calls `run` some so many times a second until the mixer closes. */
  beat(perSecond: number, run: () => void): void;
  close(): void;
}

export function createMixer(): Mixer {
  const audio = new AudioContext();
  const output = audio.createMediaStreamDestination();
  const [track] = output.stream.getAudioTracks();
  if (track === undefined) throw new Error("no sound to record");
  const inputs = new Map<string, { track: MediaStreamTrack; node: AudioNode }>();
  let isOpen = true;
  void audio.resume();

  // A steady silence: some browsers write nothing at all while nothing is heard.
  const silence = audio.createConstantSource();
  silence.offset.value = 0;
  silence.connect(output);
  silence.start();

  return {
    track,
    setSounds(sounds) {
      for (const [key, { track: known, node }] of inputs) {
        if (sounds.some((sound) => sound.key === key && sound.track === known)) continue;
        node.disconnect();
        inputs.delete(key);
      }
      for (const sound of sounds) {
        if (inputs.has(sound.key) || sound.track.readyState === "ended") continue;
        const node = audio.createMediaStreamSource(new MediaStream([sound.track]));
        node.connect(output);
        inputs.set(sound.key, { track: sound.track, node });
      }
    },
    beat(perSecond, run) {
      // Timers of hidden pages run once a second; the end of a sound is told when it is there.
      const next = () => {
        if (!isOpen) return;
        const tick = audio.createConstantSource();
        tick.offset.value = 0;
        tick.connect(output);
        tick.onended = () => {
          tick.disconnect();
          if (!isOpen) return;
          next();
          run();
        };
        tick.start();
        tick.stop(audio.currentTime + 1 / perSecond);
      };
      next();
    },
    close() {
      isOpen = false;
      for (const { node } of inputs.values()) node.disconnect();
      inputs.clear();
      track.stop();
      void audio.close();
    },
  };
}
