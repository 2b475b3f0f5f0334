import type { ParticipantId, Profile, Room } from "@conclave/sdk";
import { FILE_PART_BYTES, type FileWord } from "@conclave/sdk/messages";
import { cell, type Readable } from "../cells.ts";
import type { Clock } from "../clock.ts";
import { digestOf } from "./fileDownload.ts";
import type { GivenFile } from "./fileUploads.ts";

export type Faces = Readable<ReadonlyMap<ParticipantId, string>>;

export interface FacesContext {
  readonly room: Room;
  readonly clock: Clock;
  /** False: it was not said. */
  readonly say: (word: FileWord, to: ParticipantId) => boolean;
  /** An address to show it by; undefined for what is no small picture. */
  readonly urlOf: (bytes: Uint8Array<ArrayBuffer>) => string | undefined;
  readonly forget: (url: string) => void;
}

type Picture = NonNullable<Profile["picture"]>;

/** So long somebody may take to answer before the next is asked. */
const PATIENCE_MS = 4000;
const TRIES_MAX = 3;
/** Shown at the same time; who else has one is shown by initials. */
const FACES_MAX = 150;

/**
 * The pictures that people have chosen for where they show none. Their profiles name them by size and
 * digest, so that newcomers know of all; what it looks like is fetched from its person, one after the
 * other, like a file.
 */
export class FacesModel {
  readonly #context: FacesContext;
  readonly #shown = cell<ReadonlyMap<ParticipantId, string>>(new Map());
  /** By digest: who changes back, or comes again, is not asked again. */
  readonly #urls = new Map<string, string>();
  readonly #tries = new Map<string, number>();
  #asked: { readonly from: ParticipantId; readonly picture: Picture } | undefined;
  #cancelTimer = () => {};
  #own: GivenFile | undefined;
  #wish = 0;

  readonly shown: Faces = this.#shown;

  constructor(context: FacesContext) {
    this.#context = context;
  }

  /** Undefined: none. All who are here and who come can see it. */
  async setOwn(bytes: Uint8Array<ArrayBuffer> | undefined): Promise<void> {
    const { room, urlOf } = this.#context;
    const wish = ++this.#wish;
    const digest = bytes && (await digestOf(bytes));
    if (wish !== this.#wish) return;
    const { displayName } = room.participants.get(room.localId)?.profile ?? { displayName: "" };
    const url = bytes && urlOf(bytes);
    if (bytes === undefined || digest === undefined || url === undefined) {
      this.#own = undefined;
      room.setProfile({ displayName });
    } else {
      this.#urls.set(digest, url);
      this.#own = { id: idOf(digest), content: new Blob([bytes]), onlyFor: undefined };
      room.setProfile({ displayName, picture: { digest, size: bytes.length } });
    }
    this.update();
  }

  /** This person's own, where that is asked for. */
  find(id: string): GivenFile | undefined {
    return this.#own?.id === id ? this.#own : undefined;
  }

  /** Somebody has come, left, or has another one. */
  update(): void {
    const shown = new Map<ParticipantId, string>();
    for (const { id, profile } of this.#context.room.participants.values()) {
      const url = profile.picture && this.#urls.get(profile.picture.digest);
      if (url !== undefined && shown.size < FACES_MAX) shown.set(id, url);
    }
    const before = this.#shown.peek();
    const isSame =
      before.size === shown.size && [...shown].every(([id, url]) => before.get(id) === url);
    if (!isSame) this.#shown.value = shown;
    if (this.#asked !== undefined && !this.#isWanted(this.#asked)) this.#end();
    this.#askNext();
  }

  /** True: it was a picture, or meant to be one. */
  onPart(from: ParticipantId, { id, index, bytes }: Extract<FileWord, { type: "part" }>): boolean {
    const asked = this.#asked;
    if (asked?.from !== from || id !== idOf(asked.picture.digest) || index !== 0) return false;
    void this.#take(asked.picture, bytes);
    return true;
  }

  stop(): void {
    this.#cancelTimer();
    for (const url of this.#urls.values()) this.#context.forget(url);
    this.#urls.clear();
  }

  async #take(picture: Picture, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const isTrue = bytes.length === picture.size && (await digestOf(bytes)) === picture.digest;
    const url = isTrue ? this.#context.urlOf(bytes) : undefined;
    if (url === undefined) this.#tries.set(picture.digest, TRIES_MAX);
    else this.#urls.set(picture.digest, url);
    this.#end();
    this.update();
  }

  #askNext(): void {
    if (this.#asked !== undefined) return;
    for (const { id: from, isLocal, profile } of this.#context.room.participants.values()) {
      const { picture } = profile;
      if (isLocal || picture === undefined || !this.#isWanted({ from, picture })) continue;
      const { digest } = picture;
      this.#tries.set(digest, (this.#tries.get(digest) ?? 0) + 1);
      if (!this.#context.say({ type: "ask", id: idOf(digest), from: 0, count: 1 }, from)) continue;
      this.#asked = { from, picture };
      this.#cancelTimer = this.#context.clock.after(PATIENCE_MS, () => {
        this.#end();
        this.#askNext();
      });
      return;
    }
  }

  #isWanted({ from, picture }: { from: ParticipantId; picture: Picture }): boolean {
    const now = this.#context.room.participants.get(from)?.profile.picture;
    if (now?.digest !== picture.digest || this.#urls.has(picture.digest)) return false;
    if (picture.size > FILE_PART_BYTES || this.#urls.size >= 2 * FACES_MAX) return false;
    return this.#asked?.picture === picture || (this.#tries.get(picture.digest) ?? 0) < TRIES_MAX;
  }

  #end(): void {
    this.#cancelTimer();
    this.#asked = undefined;
  }
}

/** What a question for it calls it. */
function idOf(digest: string): string {
  return digest.slice(0, 16);
}
