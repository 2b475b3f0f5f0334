import "../../messages/later/english.ts";
import { ConclaveError, type ParticipantId, type Room, type RoomMessage } from "@conclave/sdk";
import {
  decodeRecording,
  encodeRecording,
  type RecordingScope,
  type RecordingWord,
} from "@conclave/sdk/messages";
import { t } from "../../messages/messages.ts";
import { type Cell, cell, type Readable, watch } from "../cells.ts";
import type { Clock } from "../clock.ts";
import type { LocalMedia } from "../localMedia.ts";
import type { Notices } from "../notices.ts";

/** Somebody else who records. */
export interface Recorder {
  readonly id: ParticipantId;
  readonly name: string;
  readonly scope: RecordingScope;
  /** This person's answer; undefined: not yet, and not needed for what only they are in. */
  readonly agreed: boolean | undefined;
}

export interface OwnRecording {
  readonly scope: RecordingScope;
  readonly phase: "recording" | "saving";
  readonly startedAt: number;
  /** Of the others, how many are in it, and how many there are. */
  readonly agreed: number;
  readonly others: number;
}

/** A sound that is mixed into a recording. */
export interface RecordedSound {
  readonly key: string;
  readonly track: MediaStreamTrack;
}

export type RecordingFailure = "cancelled" | "unsupported" | "disk-full" | "failed";

/** What makes the file. Made in `platform/`, faked in tests. */
export interface RecordingMachine {
  /** Call in a click: the browser may ask where to. Resolves once it records. */
  start(wants: RecordingWants): Promise<RunningRecording | RecordingFailure>;
}

export interface RecordingWants {
  readonly scope: RecordingScope;
  /** Asked for every picture: this person's camera, undefined while it is off. */
  readonly camera: () => MediaStreamTrack | undefined;
  /** Asked for every picture: whether somebody may be in it. */
  readonly includes: (person: ParticipantId) => boolean;
  /** It has ended by itself, with what there is so far. */
  readonly onFailed: (why: RecordingFailure) => void;
}

export interface RunningRecording {
  /** All sounds that are mixed from now on. */
  setSounds(sounds: readonly RecordedSound[]): void;
  /** Resolves once the file is whole; false: there is none, and `onFailed` has been told why. */
  stop(): Promise<boolean>;
}

export interface Recording {
  readonly recorders: Readable<readonly Recorder[]>;
  readonly own: Readable<OwnRecording | undefined>;
  /** Call in a click. */
  start(scope: RecordingScope): Promise<void>;
  stopOwn(): Promise<void>;
  answer(recorder: ParticipantId, yes: boolean): void;
  onMessage(message: RoomMessage): void;
  stop(): void;
}

export interface RecordingContext {
  readonly room: Room;
  readonly clock: Clock;
  readonly notices: Notices;
  readonly local: LocalMedia;
  readonly machine: RecordingMachine;
  /** While it is on, pictures keep coming also where nobody looks. */
  readonly active: Cell<boolean>;
}

/** People who come together are told together, once they can be reached. */
const TELL_AFTER_MS = 1500;
/** Who begins and ends in turn is announced no more often. */
const ANNOUNCE_GAP_MS = 10_000;

export function createRecording(context: RecordingContext): Recording {
  return new RecordingModel(context);
}

/**
 * Who records, and who may be in it. Nobody is recorded before having said yes: the recorder's client
 * leaves out the picture, the screen and the sound of everybody else, and of who takes it back. That
 * binds this client; what others' clients do cannot be seen from here, and the texts say so.
 */
class RecordingModel implements Recording {
  readonly #context: RecordingContext;
  readonly recorders = cell<readonly Recorder[]>([]);
  readonly own = cell<OwnRecording | undefined>(undefined);
  /** Who may be in this person's recording. */
  readonly #agreed = new Set<ParticipantId>();
  readonly #announcedAt = new Map<ParticipantId, number>();
  readonly #stops: (() => void)[];
  #running: RunningRecording | undefined;
  #isStarting = false;
  #cancelTelling: (() => void) | undefined;

  constructor(context: RecordingContext) {
    this.#context = context;
    const { room, local } = context;
    this.#stops = [
      room.on("roster", ({ joined, left }) => this.#onRoster(joined, left)),
      room.on("media", () => this.#mix()),
      watch(() => {
        local.microphone.track.value;
        this.#mix();
      }),
    ];
  }

  async start(scope: RecordingScope): Promise<void> {
    if (this.#isStarting || this.own.peek() !== undefined) return;
    this.#isStarting = true;
    const { room, machine, notices, clock, local } = this.#context;
    const running = await machine.start({
      scope,
      camera: () => (local.camera.on.peek() ? local.camera.track.peek() : undefined),
      includes: (person) => person === room.localId || this.#agreed.has(person),
      onFailed: (why) => this.#onFailed(why),
    });
    this.#isStarting = false;
    if (typeof running === "string") {
      if (running !== "cancelled")
        notices.show(t(`recording.failed.${running}`), { tone: "problem" });
      return;
    }
    this.#running = running;
    this.#agreed.clear();
    const startedAt = clock.now();
    this.own.value = { scope, phase: "recording", startedAt, agreed: 0, others: 0 };
    this.#context.active.value = true;
    this.#count();
    this.#mix();
    room.setRecording(true);
    this.#say({ type: "begin", scope });
    notices.say(t("recording.started"));
  }

  async stopOwn(): Promise<void> {
    const own = this.own.peek();
    const running = this.#running;
    if (own === undefined || running === undefined) return;
    this.#running = undefined;
    this.own.value = { ...own, phase: "saving" };
    this.#context.room.setRecording(false);
    this.#say({ type: "end" });
    const isSaved = await running.stop();
    this.#context.active.value = false;
    this.own.value = undefined;
    if (isSaved) this.#context.notices.show(t("recording.saved"));
  }

  answer(recorder: ParticipantId, yes: boolean): void {
    if (!this.#say({ type: "answer", yes }, recorder)) return;
    this.recorders.value = this.recorders
      .peek()
      .map((one) => (one.id === recorder ? { ...one, agreed: yes } : one));
  }

  onMessage({ from, body, isPrivate }: RoomMessage): void {
    const word = decodeRecording(body);
    const person = this.#context.room.participants.get(from);
    if (word === undefined || person === undefined || person.isLocal) return;
    // What is said to some only would make others believe that nobody records.
    if (word.type === "answer") this.#onAnswer(from, word.yes);
    else if (isPrivate) return;
    else if (word.type === "end") this.#onEnd(from);
    else this.#onBegin(from, person.profile.displayName || t("person.guest"), word.scope);
  }

  stop(): void {
    this.#cancelTelling?.();
    for (const stop of this.#stops.splice(0)) stop();
    // The meeting is over: what there is, is kept.
    void this.#running?.stop();
    this.#running = undefined;
    this.#context.active.value = false;
  }

  #onBegin(id: ParticipantId, name: string, scope: RecordingScope): void {
    const known = this.recorders.peek().find((one) => one.id === id);
    if (known?.scope === scope) {
      // Told once more for newcomers; perhaps the answer was lost.
      if (known.agreed !== undefined) this.#say({ type: "answer", yes: known.agreed }, id);
      return;
    }
    const others = this.recorders.peek().filter((one) => one.id !== id);
    this.recorders.value = [...others, { id, name, scope, agreed: undefined }];
    const text = t(scope === "self" ? "recording.bySelf" : "recording.by", { name });
    this.#announce(id, text);
  }

  #onEnd(id: ParticipantId): void {
    const known = this.recorders.peek().find((one) => one.id === id);
    if (known === undefined) return;
    this.recorders.value = this.recorders.peek().filter((one) => one.id !== id);
    this.#context.notices.show(t("recording.ended", { name: known.name }));
  }

  #announce(id: ParticipantId, text: string): void {
    const nowMs = this.#context.clock.now();
    const last = this.#announcedAt.get(id) ?? Number.NEGATIVE_INFINITY;
    if (nowMs - last < ANNOUNCE_GAP_MS) return;
    this.#announcedAt.set(id, nowMs);
    this.#context.notices.show(text, { topic: "recording" });
  }

  #onAnswer(from: ParticipantId, yes: boolean): void {
    if (this.#running === undefined) return;
    if (yes) this.#agreed.add(from);
    else this.#agreed.delete(from);
    this.#count();
    this.#mix();
  }

  #onRoster(joined: readonly ParticipantId[], left: readonly ParticipantId[]): void {
    for (const id of left) {
      this.#agreed.delete(id);
      this.#announcedAt.delete(id);
      this.#onEnd(id);
    }
    const own = this.own.peek();
    if (own === undefined) return;
    this.#count();
    if (joined.length === 0 || this.#cancelTelling !== undefined) return;
    this.#cancelTelling = this.#context.clock.after(TELL_AFTER_MS, () => {
      this.#cancelTelling = undefined;
      if (this.#running !== undefined) this.#say({ type: "begin", scope: own.scope });
    });
  }

  #count(): void {
    const own = this.own.peek();
    if (own === undefined) return;
    const others = this.#context.room.participants.size - 1;
    this.own.value = { ...own, agreed: this.#agreed.size, others };
  }

  /** Everybody who agreed, and this person. */
  #mix(): void {
    const own = this.own.peek();
    if (this.#running === undefined || own === undefined) return;
    const { room, local } = this.#context;
    const microphone = local.microphone.track.peek();
    const heard =
      own.scope === "self"
        ? []
        : room.remoteMedia.filter(({ source, participantId }) => {
            const isSound = source === "microphone" || source === "screen-audio";
            return isSound && this.#agreed.has(participantId);
          });
    this.#running.setSounds([
      ...(microphone === undefined ? [] : [{ key: "own", track: microphone }]),
      ...heard.map(({ trackId, mediaTrack }) => ({ key: `track ${trackId}`, track: mediaTrack })),
    ]);
  }

  #onFailed(why: RecordingFailure): void {
    this.#context.notices.show(t(`recording.failed.${why === "cancelled" ? "failed" : why}`), {
      tone: "problem",
    });
    void this.stopOwn();
  }

  #say(word: RecordingWord, to?: ParticipantId): boolean {
    try {
      this.#context.room.send("recording", encodeRecording(word), to);
      return true;
    } catch (error) {
      if (!(error instanceof ConclaveError)) throw error;
      this.#context.notices.show(t("notice.problem"), { tone: "problem" });
      return false;
    }
  }
}
