import { type Cell, cell, derived, type Readable } from "./cells.ts";
import type { Clock } from "./clock.ts";
import { EffectWatch, FULL_PACE, faster, type Pace, slower, type TooMuch } from "./effectWatch.ts";
import type { DeviceKind, PreferenceStore, SoundProcessing } from "./ports.ts";

/** Drawn by this program itself: nothing is fetched for them. */
export const PICTURES = ["dusk", "shelves", "window", "forest", "studio", "paper"] as const;
export type PictureName = (typeof PICTURES)[number];
/** What is behind this person; `own` is a picture of theirs, which is kept in this browser only. */
export type Background = "none" | "light" | "strong" | PictureName | "own";

/** A track that something was done to. */
export interface TrackEffect {
  readonly track: MediaStreamTrack;
  /** Ends `track`; what it was made from goes on. */
  stop(): void;
}
/**
 * Rejects where it does not start: then the track is not to be shown to others as it is. Undefined: it
 * may be.
 */
export type ApplyEffect = (track: MediaStreamTrack) => Promise<TrackEffect | undefined>;

/** What takes noise out of this person's sound: nothing, the browser, or a model of our own. */
export type NoiseMode = "off" | "standard" | "strong";
export const NOISE_MODES: readonly NoiseMode[] = ["off", "standard", "strong"];
/** Rejects where it does not start; `onFailed` is called where it stops later. */
export type SuppressNoise = (track: MediaStreamTrack, onFailed: () => void) => Promise<TrackEffect>;

export interface EffectEvents {
  /** How long frames took, in milliseconds. */
  onMeasured(tookMs: readonly number[]): void;
  /** It stopped working. */
  onFailed(): void;
}

/** Puts another background behind people. */
export interface BackgroundMaker {
  /** From the next frame on. Rejects for a picture that cannot be had. */
  set(background: Exclude<Background, "none">): Promise<void>;
  /** How much it is to do, of this track and those that come. */
  setPace(pace: Pace): void;
  readonly apply: ApplyEffect;
  /** Frees its memory; the tracks that it made end. */
  close(): void;
}

/** What effects need from the browser. Their code is fetched when one is switched on. */
export interface EffectPorts {
  readonly canChangeBackground: boolean;
  loadBackground(events: EffectEvents): Promise<BackgroundMaker>;
  readonly canSuppressNoise: boolean;
  loadSuppressor(): Promise<SuppressNoise>;
  /** A picture of this person's, made small and kept in this browser; rejects for what is none. */
  keepOwnPicture(file: Blob): Promise<void>;
}

/** Why the person's choice is not in effect. */
export type EffectProblem =
  /** The background was too much for the machine, or stopped: the camera is off instead. */
  | TooMuch
  | "failed"
  /** It did not start, and others see the camera as they did before. */
  | "unhidden"
  /** Of the strong noise suppression: the browser's own is on. */
  | "noise";

/** What is done to this person's own picture and sound before anybody gets them. */
export interface Effects {
  readonly canChangeBackground: boolean;
  readonly background: Readable<Background>;
  /** Its code and model are being fetched and started. */
  readonly starting: Readable<boolean>;
  /** Why it was switched off; until another choice. */
  readonly problem: Readable<EffectProblem | undefined>;
  readonly hasOwnPicture: Readable<boolean>;
  /** The camera went off so that nobody sees the room: whether to turn it on without a background. */
  readonly withheld: Readable<boolean>;
  showWithout(): Promise<void>;
  leaveOff(): void;
  setBackground(background: Background): Promise<void>;
  /** Keeps it, and shows it behind this person; false for what is no picture. */
  useOwnPicture(file: Blob): Promise<boolean>;
  /** Whether the encoder of the camera says that the processor limits it; asked some seconds apart. */
  onEncoder(isLimited: boolean): void;
  readonly canSuppressNoise: boolean;
  readonly noise: Readable<NoiseMode>;
  setNoise(mode: NoiseMode): Promise<void>;
}

/** What can be chosen here; nothing where the browser cannot do it. */
export function backgroundsOf(effects: Effects): readonly Background[] {
  if (!effects.canChangeBackground) return [];
  const own = effects.hasOwnPicture.value ? (["own"] as const) : [];
  return ["none", "light", "strong", ...PICTURES, ...own];
}

export interface EffectsContext {
  readonly ports: EffectPorts;
  readonly preferences: PreferenceStore;
  readonly clock: Clock;
  /** What is done to the tracks of a device from now on; undefined: nothing. */
  readonly setEffect: (kind: DeviceKind, apply: ApplyEffect | undefined) => Promise<void>;
  /**
   * Turns the camera off where others see it through an effect; false: they see it as it is, by the
   * person's own choice.
   */
  readonly withhold: () => boolean;
  /** As the person's own click. */
  readonly turnOnCamera: () => Promise<void>;
  /** The same for the microphone, which is opened anew with that processing. */
  readonly setSound: (apply: ApplyEffect | undefined, by: SoundProcessing) => Promise<void>;
}

export function createEffects(context: EffectsContext): Effects {
  return new EffectsModel(context);
}

class EffectsModel implements Effects {
  readonly background: Cell<Background>;
  readonly problem = cell<EffectProblem | undefined>(undefined);
  readonly hasOwnPicture: Cell<boolean>;
  readonly noise: Cell<NoiseMode>;
  readonly withheld: Readable<boolean>;
  readonly starting: Readable<boolean>;
  readonly #pending = cell(0);
  readonly #watch = new EffectWatch();
  #pace = FULL_PACE;
  #maker: Promise<BackgroundMaker> | undefined;

  constructor(private readonly context: EffectsContext) {
    const { background = "none", hasOwnPicture = false, noise } = context.preferences.read();
    const isUsable = this.canChangeBackground && (background !== "own" || hasOwnPicture);
    this.background = cell(isUsable && isBackground(background) ? background : "none");
    this.hasOwnPicture = cell(hasOwnPicture);
    this.starting = derived(() => this.#pending.value > 0);
    this.withheld = derived(
      () => this.background.value !== "none" && WITHHELD.includes(this.problem.value),
    );
    if (this.background.peek() !== "none") void context.setEffect("camera", this.#apply);
    const isKnown = NOISE_MODES.some((mode) => mode === noise);
    const canBe = noise !== "strong" || this.canSuppressNoise;
    this.noise = cell(noise !== undefined && isKnown && canBe ? noise : "standard");
    if (this.noise.peek() !== "standard") void this.#applyNoise();
  }

  get canChangeBackground(): boolean {
    return this.context.ports.canChangeBackground;
  }

  get canSuppressNoise(): boolean {
    return this.context.ports.canSuppressNoise;
  }

  async setBackground(next: Background): Promise<void> {
    this.context.preferences.write({ background: next });
    await this.#choose(next);
  }

  /** For now: what was chosen is tried again at the next visit. */
  async showWithout(): Promise<void> {
    await this.#choose("none");
    await this.context.turnOnCamera();
  }

  leaveOff(): void {
    this.problem.value = undefined;
  }

  async useOwnPicture(file: Blob): Promise<boolean> {
    try {
      await this.context.ports.keepOwnPicture(file);
    } catch {
      return false;
    }
    this.hasOwnPicture.value = true;
    this.context.preferences.write({ hasOwnPicture: true });
    await this.setBackground("own");
    return true;
  }

  onEncoder(isLimited: boolean): void {
    if (this.background.peek() === "none") return;
    this.#slowDownFor(this.#watch.onEncoder(this.context.clock.now(), isLimited));
  }

  async setNoise(mode: NoiseMode): Promise<void> {
    this.context.preferences.write({ noise: mode });
    if (mode === this.noise.peek()) return;
    this.problem.value = undefined;
    this.noise.value = mode;
    await this.#applyNoise();
  }

  #applyNoise(): Promise<void> {
    const mode = this.noise.peek();
    const apply = mode === "strong" ? this.#suppress : undefined;
    return this.context.setSound(apply, PROCESSING[mode]);
  }

  readonly #suppress: ApplyEffect = async (track) => {
    try {
      const suppress = await this.context.ports.loadSuppressor();
      return await suppress(track, () => this.#giveUpNoise());
    } catch {
      this.#giveUpNoise();
      return undefined;
    }
  };

  /** Being heard goes before being heard without noise. */
  #giveUpNoise(): void {
    if (this.noise.peek() !== "strong") return;
    this.noise.value = "standard";
    this.problem.value = "noise";
    void this.#applyNoise();
  }

  async #choose(next: Background): Promise<void> {
    const before = this.background.peek();
    this.background.value = next;
    this.problem.value = undefined;
    this.#setPace(FULL_PACE);
    if (next === "none") {
      await this.context.setEffect("camera", undefined);
      if (this.background.peek() === "none") this.#close();
    } else if (before === "none") {
      await this.context.setEffect("camera", this.#apply);
    } else {
      await this.#maker?.then((maker) => maker.set(next)).catch(() => this.#giveUpFor("failed"));
    }
  }

  readonly #apply: ApplyEffect = async (track) => {
    this.#pending.value++;
    try {
      this.#maker ??= this.context.ports.loadBackground({
        onMeasured: (tookMs) => this.#onMeasured(tookMs),
        onFailed: () => this.#giveUpFor("failed"),
      });
      const maker = await this.#maker;
      const background = this.background.peek();
      if (background !== "none") await maker.set(background);
      maker.setPace(this.#pace);
      const effect = await maker.apply(track);
      this.#watch.reset(this.#pace);
      if (this.withheld.peek()) this.problem.value = undefined;
      return effect;
    } catch (error) {
      this.#giveUpFor("failed");
      throw error;
    } finally {
      this.#pending.value--;
    }
  };

  #onMeasured(tookMs: readonly number[]): void {
    const verdict = this.#watch.onFrames(this.context.clock.now(), tookMs);
    if (verdict !== "spare") this.#slowDownFor(verdict);
    else this.#setPace(faster(this.#pace) ?? this.#pace);
  }

  /** First it does less; the camera goes off only where the least is too much. */
  #slowDownFor(problem: TooMuch | undefined): void {
    if (problem === undefined || this.background.peek() === "none") return;
    const next = slower(this.#pace);
    if (next === undefined) this.#giveUpFor(problem);
    else this.#setPace(next);
  }

  #setPace(pace: Pace): void {
    this.#pace = pace;
    this.#watch.reset(pace);
    this.#maker?.then(
      (maker) => maker.setPace(pace),
      () => undefined,
    );
  }

  /** Nobody is to see the room unasked: the choice stays, and what would show the room does not. */
  #giveUpFor(problem: TooMuch | "failed"): void {
    if (this.background.peek() === "none") return;
    if (this.context.withhold()) {
      this.problem.value = problem;
      this.#close();
    } else {
      void this.#choose("none");
      this.problem.value = "unhidden";
    }
  }

  #close(): void {
    const maker = this.#maker;
    this.#maker = undefined;
    maker?.then(
      (made) => made.close(),
      () => undefined,
    );
  }
}

const WITHHELD: readonly (EffectProblem | undefined)[] = ["slow", "encoder", "failed"];

/** Off is for music: what takes noise out takes instruments out, too. */
const PROCESSING: Readonly<Record<NoiseMode, SoundProcessing>> = {
  off: { noiseSuppression: false, autoGainControl: false },
  standard: { noiseSuppression: true, autoGainControl: true },
  // One after the other they would take speech apart.
  strong: { noiseSuppression: false, autoGainControl: true },
};

const BACKGROUNDS: ReadonlySet<string> = new Set<Background>([
  ...(["none", "light", "strong", "own"] as const),
  ...PICTURES,
]);

function isBackground(value: unknown): value is Background {
  return typeof value === "string" && BACKGROUNDS.has(value);
}
