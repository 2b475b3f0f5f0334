import {
  ConclaveError,
  captureScreen,
  listDevices,
  onDevicesChanged,
  openCamera,
  openMicrophone,
} from "@conclave/sdk";
import type {
  DeviceFailure,
  DeviceKind,
  DeviceLists,
  Devices,
  DeviceWants,
  OpenedDevices,
  ScreenTracks,
} from "../state/ports.ts";

/** The SDK's devices, as the view-models want them. */
export function createDevices(): Devices {
  // Absent on plain http off localhost.
  const media = navigator.mediaDevices as MediaDevices | undefined;
  return {
    canShareScreen: typeof media?.getDisplayMedia === "function",
    open: (wants) =>
      media && wants.microphone && wants.camera ? openBoth(media, wants) : openEach(wants),
    list,
    onChange: (listener) => (media ? onDevicesChanged(listener) : () => {}),
    openScreen,
  };
}

/** One question to the person for both; each on its own where that fails. */
async function openBoth(media: MediaDevices, wants: DeviceWants): Promise<OpenedDevices> {
  try {
    return await askForBoth(media, wants, "exact").catch((error) => {
      // A remembered device that is gone must not keep the person out. Nothing was asked yet.
      if (!isOverconstrained(error)) throw error;
      return askForBoth(media, wants, "ideal");
    });
  } catch (error) {
    const failure = failureOf(error);
    // Asking again for each would put the same question to the person twice.
    const refused = failure === "denied" && !(await anyGranted());
    if (refused || failure === "denied-by-system") return { microphone: failure, camera: failure };
    return openEach(wants);
  }
}

async function askForBoth(
  media: MediaDevices,
  wants: DeviceWants,
  how: "exact" | "ideal",
): Promise<OpenedDevices> {
  const stream = await media.getUserMedia({
    audio: {
      echoCancellation: true,
      autoGainControl: true,
      noiseSuppression: true,
      channelCount: 1,
      ...wants.microphone?.processing,
      ...named(wants.microphone?.deviceId, how),
    },
    video: {
      width: { ideal: 1280 },
      height: { ideal: 720 },
      frameRate: { ideal: 30, max: 30 },
      ...named(wants.camera?.deviceId, how),
    },
  });
  const [microphone] = stream.getAudioTracks();
  const [camera] = stream.getVideoTracks();
  return { microphone: microphone ?? "missing", camera: camera ?? "missing" };
}

/** As a mere wish, Chromium prefers a default device that suits the other wishes better. */
function named(deviceId: string | undefined, how: "exact" | "ideal"): MediaTrackConstraints {
  return deviceId === undefined ? {} : { deviceId: { [how]: deviceId } };
}

/** Not an Error in every browser. */
function isOverconstrained(error: unknown): boolean {
  return (error as { readonly name?: unknown } | undefined)?.name === "OverconstrainedError";
}

async function openEach(wants: DeviceWants): Promise<OpenedDevices> {
  const opened: OpenedDevices = {};
  const openers = { microphone: openMicrophone, camera: openCamera };
  for (const kind of Object.keys(wants) as DeviceKind[]) {
    const { deviceId, processing } = wants[kind] ?? {};
    const options = { ...(deviceId !== undefined && { deviceId }), ...processing };
    opened[kind] = await openers[kind](options).catch(failureOf);
  }
  return opened;
}

const FAILURES: Readonly<Record<string, DeviceFailure>> = {
  "device-denied": "denied",
  "device-not-found": "missing",
  "device-in-use": "in-use",
  NotAllowedError: "denied",
  NotFoundError: "missing",
  NotReadableError: "in-use",
  AbortError: "in-use",
};

function failureOf(error: unknown): DeviceFailure {
  if (!(error instanceof Error)) return "failed";
  const name = error instanceof ConclaveError ? error.code : error.name;
  const failure = FAILURES[name] ?? "failed";
  // Chromium says which of the two refused in the text only.
  return failure === "denied" && /system/i.test(error.message) ? "denied-by-system" : failure;
}

async function anyGranted(): Promise<boolean> {
  for (const name of ["microphone", "camera"]) {
    try {
      const { state } = await navigator.permissions.query({ name: name as PermissionName });
      if (state === "granted") return true;
    } catch {
      // The browser does not tell; then one refusal stands for both.
    }
  }
  return false;
}

async function list(): Promise<DeviceLists> {
  // Without permission devices have no label to show.
  const all = (await listDevices().catch(() => [])).filter(({ label }) => label !== "");
  const canChooseSpeaker = "setSinkId" in HTMLMediaElement.prototype;
  return {
    microphone: all.filter(({ kind }) => kind === "microphone"),
    camera: all.filter(({ kind }) => kind === "camera"),
    speaker: canChooseSpeaker ? all.filter(({ kind }) => kind === "speaker") : [],
  };
}

async function openScreen(): Promise<ScreenTracks | DeviceFailure | undefined> {
  try {
    return await captureScreen();
  } catch (error) {
    const cancelled = error instanceof ConclaveError && error.code === "share-cancelled";
    return cancelled ? undefined : failureOf(error);
  }
}
