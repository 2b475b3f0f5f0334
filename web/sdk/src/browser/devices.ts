import {
  type CaptureOptions,
  ConclaveError,
  type DeviceInfo,
  type DeviceKind,
  type ErrorCode,
} from "../room/types.ts";

const KINDS: Readonly<Record<MediaDeviceKind, DeviceKind>> = {
  audioinput: "microphone",
  audiooutput: "speaker",
  videoinput: "camera",
};

/** Video first at 720p30, then with less; a camera that can do none of it gives what it has. */
const CAMERA_STEPS: readonly MediaTrackConstraints[] = [
  cameraStep(1280, 720),
  cameraStep(640, 360),
  {},
];

const MICROPHONE: MediaTrackConstraints = {
  echoCancellation: true,
  autoGainControl: true,
  noiseSuppression: true,
  channelCount: 1,
};

/** Devices without a usable id are left out: they appear once the person has granted one. */
export async function listDevices(): Promise<readonly DeviceInfo[]> {
  const devices = await mediaDevices().enumerateDevices();
  return devices
    .filter(({ deviceId }) => deviceId !== "")
    .map(({ deviceId, kind, label }) => ({ id: deviceId, kind: KINDS[kind], label }));
}

/** Calls when a device comes or goes. Returns the function that stops listening. */
export function onDevicesChanged(listener: () => void): () => void {
  const devices = mediaDevices();
  devices.addEventListener("devicechange", listener);
  return () => devices.removeEventListener("devicechange", listener);
}

/** Rejects with `device-denied`, `device-not-found` or `device-in-use`. */
export async function openMicrophone(options: CaptureOptions = {}): Promise<MediaStreamTrack> {
  const { deviceId: _, ...processing } = options;
  return openFirst("audio", [{ ...MICROPHONE, ...processing }, {}], options);
}

/** Rejects with `device-denied`, `device-not-found` or `device-in-use`. */
export async function openCamera(options: CaptureOptions = {}): Promise<MediaStreamTrack> {
  return openFirst("video", CAMERA_STEPS, options);
}

async function openFirst(
  kind: "audio" | "video",
  steps: readonly MediaTrackConstraints[],
  { deviceId }: CaptureOptions,
): Promise<MediaStreamTrack> {
  // The named device in all steps, then whatever device there is.
  const named =
    deviceId === undefined ? [] : steps.map((s) => ({ ...s, deviceId: { exact: deviceId } }));
  let failure = new ConclaveError("device-not-found", `no ${kind} device`);
  for (const constraints of [...named, ...steps]) {
    try {
      return await open(kind, constraints);
    } catch (error) {
      failure = toDeviceError(error);
      // Asking a person again who just said no is rude.
      if (failure.code === "device-denied") throw failure;
    }
  }
  throw failure;
}

async function open(
  kind: "audio" | "video",
  constraints: MediaTrackConstraints,
): Promise<MediaStreamTrack> {
  const stream = await mediaDevices().getUserMedia({ [kind]: constraints });
  const track = stream.getTracks()[0];
  if (track === undefined) throw new DOMException("no track", "NotFoundError");
  return track;
}

function cameraStep(width: number, height: number): MediaTrackConstraints {
  return {
    width: { ideal: width },
    height: { ideal: height },
    frameRate: { ideal: 30, max: 30 },
  };
}

/** Absent on plain http off localhost. */
function mediaDevices(): MediaDevices {
  const { mediaDevices: devices } = navigator as { mediaDevices?: MediaDevices };
  if (devices === undefined)
    throw new ConclaveError("unsupported-browser", "no media devices here");
  return devices;
}

const DEVICE_ERRORS: Readonly<Record<string, ErrorCode>> = {
  NotAllowedError: "device-denied",
  SecurityError: "device-denied",
  NotFoundError: "device-not-found",
  OverconstrainedError: "device-not-found",
  NotReadableError: "device-in-use",
  AbortError: "device-in-use",
};

export function toDeviceError(error: unknown): ConclaveError {
  if (error instanceof ConclaveError) return error;
  const name = error instanceof Error ? error.name : "";
  const code = DEVICE_ERRORS[name] ?? "device-not-found";
  return new ConclaveError(code, error instanceof Error ? error.message : name, true);
}
