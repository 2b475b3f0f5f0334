/** A media track without media, for tests. */
export class FakeTrack extends EventTarget {
  enabled = true;
  readyState: "live" | "ended" = "live";
  contentHint = "";
  #constraints: MediaTrackConstraints = {};

  constructor(
    readonly kind: "audio" | "video",
    readonly deviceId = `${kind}-1`,
  ) {
    super();
  }

  getSettings() {
    return { deviceId: this.deviceId };
  }

  async applyConstraints(constraints: MediaTrackConstraints): Promise<void> {
    this.#constraints = constraints;
  }
  getConstraints(): MediaTrackConstraints {
    return this.#constraints;
  }

  stop(): void {
    this.readyState = "ended";
  }

  /** What the browser does when the device is unplugged or the person stops a share. */
  end(): void {
    this.stop();
    this.dispatchEvent(new Event("ended"));
  }
}

export function fakeTrack(kind: "audio" | "video", deviceId?: string) {
  const fake = new FakeTrack(kind, deviceId);
  return { fake, track: fake as unknown as MediaStreamTrack };
}
