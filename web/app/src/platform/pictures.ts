/**
 * One video element for each media track, made once. A receive slot keeps its track for the whole
 * meeting, whoever it carries, so an element moves between tiles but never starts anew.
 */
export class Pictures {
  readonly #videos = new Map<MediaStreamTrack, HTMLVideoElement>();
  #parking: HTMLElement | undefined;

  /** Shows the track inside `host`; returns how to take it out again. */
  attach(track: MediaStreamTrack, host: HTMLElement): { video: HTMLVideoElement; detach(): void } {
    const video = this.#videoFor(track);
    move(video, host);
    return {
      video,
      detach: () => {
        // Another tile may have taken it meanwhile.
        if (video.parentElement === host) move(video, this.#park());
      },
    };
  }

  /**
   * Forgets the elements of tracks that have ended. A slot that carries nobody at the moment has not:
   * it will carry somebody soon.
   */
  forgetEnded(): void {
    for (const [track, video] of this.#videos) {
      if (track.readyState === "ended") this.#forget(track, video);
    }
  }

  close(): void {
    for (const [track, video] of this.#videos) this.#forget(track, video);
    this.#parking?.remove();
  }

  #forget(track: MediaStreamTrack, video: HTMLVideoElement): void {
    this.#videos.delete(track);
    video.srcObject = null;
    video.remove();
  }

  #videoFor(track: MediaStreamTrack): HTMLVideoElement {
    const existing = this.#videos.get(track);
    if (existing) return existing;
    const video = document.createElement("video");
    video.playsInline = true;
    video.muted = true;
    video.autoplay = true;
    video.disablePictureInPicture = true;
    video.srcObject = new MediaStream([track]);
    video.addEventListener("resize", () => {
      video.dataset["shape"] = video.videoHeight > video.videoWidth ? "portrait" : "landscape";
    });
    this.#park().append(video);
    this.#videos.set(track, video);
    return video;
  }

  /** Out of sight but in the document: an element outside of it stops playing. */
  #park(): HTMLElement {
    if (this.#parking === undefined) {
      this.#parking = document.createElement("div");
      this.#parking.className = "picture-parking";
      this.#parking.setAttribute("aria-hidden", "true");
    }
    if (!this.#parking.isConnected) document.body.append(this.#parking);
    return this.#parking;
  }
}

/** Beyond this many frames a browser's timestamps are not to be trusted. */
const EARLIER_FRAMES_MAX = 60;

/**
 * Calls `run` when the element presents the frame of `firstRtpTimestamp` or a later one (undefined:
 * any), as what it presents until then is what the slot carried before; returns how to call it off.
 */
export function onFrameFrom(
  video: HTMLVideoElement,
  firstRtpTimestamp: number | undefined,
  run: () => void,
): () => void {
  if (typeof video.requestVideoFrameCallback !== "function") {
    video.addEventListener("timeupdate", run, { once: true });
    return () => video.removeEventListener("timeupdate", run);
  }
  let earlier = 0;
  let handle = 0;
  const onFrame = (_now: number, { rtpTimestamp }: VideoFrameCallbackMetadata): void => {
    const isEarlier =
      firstRtpTimestamp !== undefined &&
      rtpTimestamp !== undefined &&
      // RTP timestamps wrap (RFC 3550 section 5.1).
      ((rtpTimestamp - firstRtpTimestamp) | 0) < 0;
    if (isEarlier && ++earlier < EARLIER_FRAMES_MAX) {
      handle = video.requestVideoFrameCallback(onFrame);
    } else {
      run();
    }
  };
  handle = video.requestVideoFrameCallback(onFrame);
  return () => video.cancelVideoFrameCallback(handle);
}

interface StateKeepingParent {
  moveBefore?: (node: Node, before: Node | null) => void;
}

/** `moveBefore` keeps the element playing; elsewhere it is started again. */
function move(video: HTMLVideoElement, into: HTMLElement): void {
  const parent: StateKeepingParent = into;
  if (parent.moveBefore && video.isConnected && into.isConnected) {
    parent.moveBefore(video, null);
    return;
  }
  into.append(video);
  // Refused only where the element was moved again at once; then that move plays it.
  video.play().catch(() => {});
}
