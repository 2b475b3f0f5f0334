import type {
  DeviceChoice,
  DeviceFailure,
  DeviceKind,
  Devices,
  DeviceWants,
  OpenedDevices,
  ScreenTracks,
} from "../state/ports.ts";

const VIDEO: MediaTrackConstraints = {
  width: { ideal: 1280 },
  height: { ideal: 720 },
  frameRate: { ideal: 30, max: 30 },
};
const AUDIO: MediaTrackConstraints = {
  echoCancellation: true,
  autoGainControl: true,
  noiseSuppression: true,
  channelCount: 1,
};

export function createDevices(): Devices {
  const media = navigator.mediaDevices as MediaDevices | undefined;
  return {
    canShareScreen: typeof media?.getDisplayMedia === "function",
    open: (wants) => (media ? open(media, wants) : Promise.resolve(allFailed(wants, "failed"))),
    list: () => list(media),
    onChange: (listener) => onChange(media, listener),
    openScreen: () => openScreen(media),
  };
}

async function open(media: MediaDevices, wants: DeviceWants): Promise<OpenedDevices> {
  try {
    return tracksOf(await media.getUserMedia(constraints(wants)));
  } catch (error) {
    const failure = await failureOf(error);
    const kinds = Object.keys(wants) as DeviceKind[];
    // Asking again for each would put the same question to the person twice.
    if (kinds.length < 2 || failure === "denied-by-system") return allFailed(wants, failure);
    if (failure === "denied" && !(await anyGranted(kinds))) return allFailed(wants, failure);
    const opened: OpenedDevices = {};
    for (const kind of kinds) {
      const want = wants[kind];
      if (want) Object.assign(opened, await open(media, { [kind]: want }));
    }
    return opened;
  }
}

function constraints(wants: DeviceWants): MediaStreamConstraints {
  return {
    ...(wants.microphone && { audio: { ...AUDIO, ...choice(wants.microphone.deviceId) } }),
    ...(wants.camera && { video: { ...VIDEO, ...choice(wants.camera.deviceId) } }),
  };
}

/** A remembered device that is gone must not keep the person out: it is a wish, not a demand. */
function choice(deviceId: string | undefined): MediaTrackConstraints {
  return deviceId === undefined ? {} : { deviceId: { ideal: deviceId } };
}

function tracksOf(stream: MediaStream): OpenedDevices {
  const microphone = stream.getAudioTracks()[0];
  const camera = stream.getVideoTracks()[0];
  return { ...(microphone && { microphone }), ...(camera && { camera }) };
}

function allFailed(wants: DeviceWants, failure: DeviceFailure): OpenedDevices {
  return Object.fromEntries(Object.keys(wants).map((kind) => [kind, failure]));
}

async function failureOf(error: unknown): Promise<DeviceFailure> {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  if (name === "NotAllowedError") {
    return /system/i.test(message) ? "denied-by-system" : "denied";
  }
  if (name === "NotFoundError") return "missing";
  if (name === "NotReadableError" || name === "AbortError") return "in-use";
  return "failed";
}

async function anyGranted(kinds: readonly DeviceKind[]): Promise<boolean> {
  for (const kind of kinds) {
    try {
      const { state } = await navigator.permissions.query({ name: kind as PermissionName });
      if (state === "granted") return true;
    } catch {
      // The browser does not tell; then one refusal stands for both.
    }
  }
  return false;
}

async function list(media: MediaDevices | undefined) {
  const all = (await media?.enumerateDevices()) ?? [];
  const of = (kind: MediaDeviceKind): DeviceChoice[] =>
    all
      // Without permission there is one nameless entry of each kind.
      .filter((device) => device.kind === kind && device.deviceId !== "" && device.label !== "")
      .map((device) => ({ id: device.deviceId, label: device.label }));
  const canChooseSpeaker = "setSinkId" in HTMLMediaElement.prototype;
  return {
    microphone: of("audioinput"),
    camera: of("videoinput"),
    speaker: canChooseSpeaker ? of("audiooutput") : [],
  };
}

function onChange(media: MediaDevices | undefined, listener: () => void): () => void {
  media?.addEventListener("devicechange", listener);
  return () => media?.removeEventListener("devicechange", listener);
}

async function openScreen(
  media: MediaDevices | undefined,
): Promise<ScreenTracks | DeviceFailure | undefined> {
  // Not in every browser's types yet: an own tab in the picture makes a hall of mirrors, and own
  // sound makes an echo.
  const options = {
    video: { frameRate: { ideal: 15, max: 30 }, width: { max: 2560 }, height: { max: 1440 } },
    audio: { restrictOwnAudio: true, suppressLocalAudioPlayback: false },
    selfBrowserSurface: "exclude",
    surfaceSwitching: "include",
    systemAudio: "include",
  };
  try {
    const stream = await media?.getDisplayMedia(options as DisplayMediaStreamOptions);
    const video = stream?.getVideoTracks()[0];
    if (video === undefined) return "failed";
    video.contentHint = "detail";
    return { video, audio: stream?.getAudioTracks()[0] };
  } catch (error) {
    const failure = await failureOf(error);
    return failure === "denied" ? undefined : failure;
  }
}
