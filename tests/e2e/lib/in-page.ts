/** What runs inside the pages under test. Self-contained: Playwright sends the source text. */

/** Keeps every RTCPeerConnection and WebSocket of the page reachable for the tests. */
export function keepConnections(): void {
  const kept = window as unknown as { peerConnections: RTCPeerConnection[]; sockets: WebSocket[] };
  kept.peerConnections = [];
  kept.sockets = [];
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      kept.peerConnections.push(this);
    }
  };
  window.WebSocket = class extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      kept.sockets.push(this);
    }
  };
}

/** Leaves the page one slot for pictures, so that whatever it shows has to share that one. */
export function oneVideoSlot(): void {
  const original = RTCPeerConnection.prototype.addTransceiver;
  let slots = 0;
  RTCPeerConnection.prototype.addTransceiver = function (media, options = {}) {
    const isSlot = media === "video" && options.direction === "recvonly";
    if (isSlot && slots++ > 0)
      return original.call(this, media, { ...options, direction: "inactive" });
    return original.call(this, media, options);
  };
}

/** Takes the microphone as it is. */
export function plainSound(): void {
  // The blank first page is no secure context.
  if (navigator.mediaDevices === undefined) return;
  const original = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (constraints = {}) => {
    const { audio } = constraints;
    if (!audio) return original(constraints);
    const asked = audio === true ? {} : audio;
    const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    return original({ ...constraints, audio: { ...asked, ...plain } });
  };
}

/** Sends the page's media through a relay: only the loopback candidate stays, with the relay's port. */
export function useRelay(port: number): void {
  const original: (
    this: RTCPeerConnection,
    description: RTCSessionDescriptionInit,
  ) => Promise<void> = RTCPeerConnection.prototype.setRemoteDescription;
  const rewrite = (line: string): string =>
    line.startsWith("a=candidate:")
      ? line.replace(/ 127\.0\.0\.1 \d+ /, ` 127.0.0.1 ${port} `)
      : line;
  const patched = async function (
    this: RTCPeerConnection,
    description: RTCSessionDescriptionInit,
  ): Promise<void> {
    const sdp = (description.sdp ?? "")
      .split("\r\n")
      .filter((line) => !line.startsWith("a=candidate:") || line.includes(" 127.0.0.1 "))
      .map(rewrite)
      .join("\r\n");
    await original.call(this, { type: description.type, sdp });
  };
  Object.assign(RTCPeerConnection.prototype, { setRemoteDescription: patched });
}

/** Keeps the microphone sending through silence, so that every packet that is missing is heard. */
export function steadySound(): void {
  const original: (
    this: RTCPeerConnection,
    description: RTCSessionDescriptionInit,
  ) => Promise<void> = RTCPeerConnection.prototype.setRemoteDescription;
  const patched = async function (
    this: RTCPeerConnection,
    description: RTCSessionDescriptionInit,
  ): Promise<void> {
    const sdp = (description.sdp ?? "").replaceAll("usedtx=1", "usedtx=0");
    await original.call(this, { type: description.type, sdp });
  };
  Object.assign(RTCPeerConnection.prototype, { setRemoteDescription: patched });
}

/** Once a second, a white picture for 100 ms and a beep that begins at the same moment. */
export function flashAndBeep(): void {
  navigator.mediaDevices.getUserMedia = async (constraints = {}) => {
    const audio = new AudioContext({ sampleRate: 48000 });
    await audio.resume();
    const canvas = document.createElement("canvas");
    canvas.width = 640;
    canvas.height = 360;
    const context = canvas.getContext("2d");
    const destination = audio.createMediaStreamDestination();
    const gain = audio.createGain();
    gain.gain.value = 0;
    const oscillator = audio.createOscillator();
    oscillator.frequency.value = 880;
    oscillator.connect(gain).connect(destination);
    oscillator.start();
    let beeped = -1;
    let frame = 0;
    const draw = (): void => {
      const phase = audio.currentTime % 1;
      const second = Math.floor(audio.currentTime);
      // Scheduled ahead, so that the sound starts on the second whatever the timer does.
      if (beeped < second + 1) {
        beeped = second + 1;
        gain.gain.setValueAtTime(0.8, second + 1);
        gain.gain.setValueAtTime(0, second + 1.1);
      }
      if (context) {
        context.fillStyle = phase < 0.1 ? "#fff" : "#000";
        context.fillRect(0, 0, 640, 360);
        // Something always changes, so that every frame is encoded and sent.
        context.fillStyle = "#888";
        context.fillRect((frame * 8) % 640, 340, 8, 8);
      }
      frame++;
    };
    setInterval(draw, 20);
    const tracks: MediaStreamTrack[] = [];
    if (constraints.audio) tracks.push(...destination.stream.getAudioTracks());
    if (constraints.video) tracks.push(...canvas.captureStream(30).getVideoTracks());
    return new MediaStream(tracks);
  };
}

/**
 * Watches one participant's tile and sound for `seconds`: the times (performance.now) at which a white
 * picture was presented after a black one, and at which a beep began.
 */
export async function watchFlashes(watch: {
  participant: string;
  seconds: number;
}): Promise<{ flashes: number[]; beeps: number[] }> {
  const video = document.querySelector<HTMLVideoElement>(
    `[data-testid=tile][data-participant="${watch.participant}"] video`,
  );
  const player = document.querySelector<HTMLAudioElement>(
    `audio[data-participant="${watch.participant}"]`,
  );
  const flashes: number[] = [];
  const beeps: number[] = [];
  const stream = player?.srcObject;
  if (!video || !(stream instanceof MediaStream)) return { flashes, beeps };

  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 8;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  let bright = false;
  const onFrame = (_now: number, frame: VideoFrameCallbackMetadata): void => {
    context?.drawImage(video, 0, 0, 8, 8);
    const level = context?.getImageData(3, 3, 1, 1).data[0] ?? 0;
    if (level > 127 && !bright) flashes.push(frame.expectedDisplayTime);
    bright = level > 127;
    video.requestVideoFrameCallback(onFrame);
  };
  video.requestVideoFrameCallback(onFrame);

  const audio = new AudioContext();
  await audio.resume();
  const source = audio.createMediaStreamSource(stream);
  const tap = audio.createScriptProcessor(256, 1, 1);
  let quietFor = 1000;
  tap.onaudioprocess = (event) => {
    const samples = event.inputBuffer.getChannelData(0);
    let loud = -1;
    for (let i = 0; i < samples.length && loud < 0; i++) {
      if (Math.abs(samples[i] ?? 0) > 0.05) loud = i;
    }
    const blockMs = (samples.length / audio.sampleRate) * 1000;
    if (loud >= 0 && quietFor > 300) {
      beeps.push(performance.now() - blockMs + (loud / audio.sampleRate) * 1000);
    }
    quietFor = loud >= 0 ? 0 : quietFor + blockMs;
  };
  source.connect(tap);
  tap.connect(audio.destination);
  await new Promise((resolve) => setTimeout(resolve, watch.seconds * 1000));
  tap.disconnect();
  await audio.close();
  return { flashes, beeps };
}

/** Counts what the page offers: `window.offersMade`. */
export function countOffers(): void {
  const counting = window as unknown as { offersMade: number };
  counting.offersMade = 0;
  const original = RTCPeerConnection.prototype.setLocalDescription as (
    this: RTCPeerConnection,
    description?: RTCLocalSessionDescriptionInit,
  ) => Promise<void>;
  RTCPeerConnection.prototype.setLocalDescription = function (
    this: RTCPeerConnection,
    description?: RTCLocalSessionDescriptionInit,
  ) {
    counting.offersMade++;
    return original.call(this, description);
  };
}

/** `window.pretendHidden(true)` is another tab in front of the page: headless ones are never hidden. */
export function pretendHidden(): void {
  let hidden = false;
  Object.defineProperty(document, "visibilityState", {
    get: () => (hidden ? "hidden" : "visible"),
  });
  Object.assign(window, {
    pretendHidden: (next: boolean) => {
      hidden = next;
      document.dispatchEvent(new Event("visibilitychange"));
    },
  });
}

/** Resolves when a participant's tile presents another picture, with the milliseconds since the call. */
export async function nextPictureAfter(participant: string): Promise<number> {
  const startedAt = performance.now();
  const tile = `[data-testid=tile][data-participant="${participant}"]`;
  const isShown = () => document.querySelector(`${tile}[data-picture=true]`) !== null;
  for (;;) {
    const video = document.querySelector<HTMLVideoElement>(`${tile} video`);
    if (video !== null) {
      const presented = await new Promise<boolean>((resolve) => {
        video.requestVideoFrameCallback(() => resolve(true));
        setTimeout(() => resolve(false), 100);
      });
      if (presented && isShown()) return performance.now() - startedAt;
    } else {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    if (performance.now() - startedAt > 10_000) return performance.now() - startedAt;
  }
}
