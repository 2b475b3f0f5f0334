import type { AudioOutput, AudioOwner } from "../room/platform.ts";
import { ConclaveError, type ParticipantId } from "../room/types.ts";

interface SinkElement {
  setSinkId?(deviceId: string): Promise<void>;
}

/** One hidden element for each audio slot; its stream is the slot's track for life. */
export class AudioElements implements AudioOutput {
  readonly #elements = new Map<MediaStreamTrack, HTMLAudioElement>();
  #owners: ReadonlyMap<MediaStreamTrack, AudioOwner> = new Map();
  readonly #volumes = new Map<ParticipantId, number>();
  #deviceId = "";

  async play(tracks: readonly MediaStreamTrack[]): Promise<void> {
    for (const [track, element] of this.#elements) {
      if (!tracks.includes(track)) this.#remove(track, element);
    }
    const elements = tracks.map((track) => this.#elements.get(track) ?? this.#add(track));
    const results = await Promise.allSettled(elements.map((element) => element.play()));
    const failed = results.find((result) => result.status === "rejected");
    if (failed === undefined) return;
    const { reason } = failed as PromiseRejectedResult;
    // AbortError: the element was closed or replaced meanwhile, which is no failure.
    if (reason instanceof DOMException && reason.name === "NotAllowedError") {
      throw new ConclaveError("autoplay-blocked", reason.message, true);
    }
  }

  async setDevice(deviceId: string): Promise<void> {
    this.#deviceId = deviceId;
    await Promise.all([...this.#elements.values()].map((element) => setSink(element, deviceId)));
  }

  /** As `data-participant` and `data-source`. */
  name(owners: ReadonlyMap<MediaStreamTrack, AudioOwner>): void {
    this.#owners = owners;
    for (const [track, element] of this.#elements) this.#name(element, owners.get(track));
  }

  setVolume(person: ParticipantId, volume: number): void {
    this.#volumes.set(person, Math.min(1, Math.max(0, volume)));
    this.name(this.#owners);
  }

  close(): void {
    for (const [track, element] of this.#elements) this.#remove(track, element);
  }

  #add(track: MediaStreamTrack): HTMLAudioElement {
    const element = document.createElement("audio");
    element.hidden = true;
    element.autoplay = true;
    element.srcObject = new MediaStream([track]);
    this.#name(element, this.#owners.get(track));
    document.body.append(element);
    this.#elements.set(track, element);
    // A device that is gone falls back to the default: hearing something is better than nothing.
    if (this.#deviceId !== "") setSink(element, this.#deviceId).catch(() => {});
    return element;
  }

  #name(element: HTMLAudioElement, owner: AudioOwner | undefined): void {
    nameElement(element, owner);
    element.volume = (owner && this.#volumes.get(owner.participantId)) ?? 1;
  }

  #remove(track: MediaStreamTrack, element: HTMLAudioElement): void {
    element.srcObject = null;
    element.remove();
    this.#elements.delete(track);
  }
}

function nameElement(element: HTMLAudioElement, owner: AudioOwner | undefined): void {
  if (owner === undefined) {
    delete element.dataset["participant"];
    delete element.dataset["source"];
  } else {
    element.dataset["participant"] = String(owner.participantId);
    element.dataset["source"] = owner.source;
  }
}

async function setSink(element: HTMLAudioElement, deviceId: string): Promise<void> {
  const { setSinkId } = element as SinkElement;
  if (setSinkId === undefined) return;
  try {
    await setSinkId.call(element, deviceId);
  } catch (error) {
    const name = error instanceof DOMException ? error.name : "";
    const code = name === "NotAllowedError" ? "device-denied" : "device-not-found";
    throw new ConclaveError(code, `audio output: ${name}`);
  }
}
