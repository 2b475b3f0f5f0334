import "../../messages/later/english.ts";
import {
  ConclaveError,
  type ErrorCode,
  moderates,
  type ParticipantId,
  type Room,
  type RoomMessage,
} from "@conclave/sdk";
import {
  decodeFile,
  encodeFile,
  type FileOffer,
  type FileWord,
  normalizeFileName,
} from "@conclave/sdk/messages";
import { formatBytes } from "../../messages/formats.ts";
import { t } from "../../messages/messages.ts";
import { cell, derived, type Readable } from "../cells.ts";
import type { Clock } from "../clock.ts";
import type { Counterpart } from "../conversation.ts";
import type { Notices } from "../notices.ts";
import { type FacesContext, FacesModel } from "./faces.ts";
import { digestOf, FileDownload, type FileFailure } from "./fileDownload.ts";
import { FileUploads, type GivenFile } from "./fileUploads.ts";

export type FileState =
  /** Of this person: the others can fetch it. */
  | { readonly type: "given" }
  | { readonly type: "offered" }
  /** Another one of the same person comes first. */
  | { readonly type: "waiting" }
  /** 0 to 1. */
  | { readonly type: "coming"; readonly share: number }
  | { readonly type: "here"; readonly content: Blob }
  | { readonly type: "failed"; readonly why: FileFailure }
  /** Whoever had it has left, or taken it back. */
  | { readonly type: "gone" };

/** A file in the chat. */
export interface SharedFile {
  /** Of this list, ascending. */
  readonly key: number;
  readonly offer: FileOffer;
  readonly from: ParticipantId;
  /** As it was when it was given: who it is may have left since. */
  readonly name: string;
  readonly isLocal: boolean;
  readonly at: number;
  /** Undefined: everybody here can have it. */
  readonly privateWith: Counterpart | undefined;
  readonly state: FileState;
}

export interface Files {
  /** What people have chosen to be shown by. */
  readonly faces: FacesModel;
  readonly list: Readable<readonly SharedFile[]>;
  /** Whether files can be given to this person alone, or (undefined) to all. */
  mayGive(to: ParticipantId | undefined): boolean;
  /** To all who are here now, or to one of them. What cannot be given is told in a notice. */
  give(files: readonly File[], to: ParticipantId | undefined): Promise<void>;
  fetch(key: number): void;
  cancel(key: number): void;
  /** Once it is here. */
  save(key: number): void;
  /** Of one's own: nobody gets it any more. */
  withdraw(key: number): void;
  onMessage(message: RoomMessage): void;
  stop(): void;
}

export interface FilesContext {
  readonly room: Room;
  readonly clock: Clock;
  readonly notices: Notices;
  readonly newId: () => string;
  readonly saveFile: (name: string, content: Blob) => void;
  readonly faces: Pick<FacesContext, "urlOf" | "forget">;
  /** Somebody else has given one, in words. */
  readonly onNew: (notice: string) => void;
}

/** Older ones that nothing is done with are forgotten. */
const FILES_MAX = 200;
/** At the same time, each of another person: the server lets no more people send to one. */
const COMING_MAX = 3;
/** Chosen at once. */
const GIVEN_AT_ONCE_MAX = 10;

export function createFiles(context: FilesContext): Files {
  return new FilesModel(context);
}

class FilesModel implements Files {
  readonly #context: FilesContext;
  readonly #list = cell<readonly SharedFile[]>([]);
  readonly #given = new Map<string, GivenFile>();
  readonly #downloads = new Map<number, FileDownload>();
  readonly #uploads: FileUploads;
  readonly #rules = cell(0);
  readonly #stops: (() => void)[];
  #keys = 0;
  #ownId: ParticipantId;

  readonly faces: FacesModel;
  readonly list = derived(() => this.#list.value);

  constructor(context: FilesContext) {
    this.#context = context;
    const { room, clock } = context;
    this.#ownId = room.localId;
    const say = (word: FileWord, to: ParticipantId) => this.#say(word, to) === undefined;
    this.faces = new FacesModel({ room, clock, say, ...context.faces });
    this.#uploads = new FileUploads({
      clock,
      upload: () => room.quality.upload,
      find: (id) => this.#given.get(id) ?? this.faces.find(id),
      say,
      onUnreadable: (id) => {
        const own = this.#list.peek().find((file) => file.isLocal && file.offer.id === id);
        if (own !== undefined) this.withdraw(own.key);
      },
    });
    const changed = () => void this.#rules.value++;
    this.#stops = [
      room.on("rules", changed),
      room.on("encryption", changed),
      room.on("roster", ({ left }) => this.#onRoster(left)),
      room.on("state", ({ state }) => {
        if (state === "connected") for (const one of this.#downloads.values()) one.resume();
      }),
      () => this.#uploads.stop(),
      () => this.faces.stop(),
    ];
    this.faces.update();
  }

  mayGive(to: ParticipantId | undefined): boolean {
    // So that whoever looks is told when it changes.
    void this.#rules.value;
    const { rules, participants, localId, fileBytesMax, encryption } = this.#context.room;
    if (fileBytesMax === 0) return false;
    if (encryption !== undefined && encryption.state !== "sealed") return false;
    if (!rules.reservedMessages.includes("file")) return true;
    const may = (id: ParticipantId) => moderates(participants.get(id)?.role ?? "viewer");
    return may(localId) || (to !== undefined && may(to));
  }

  async give(files: readonly File[], to: ParticipantId | undefined): Promise<void> {
    for (const file of files.slice(0, GIVEN_AT_ONCE_MAX)) {
      const failure = await this.#giveOne(file, to);
      if (failure !== undefined) this.#context.notices.show(failure, { tone: "problem" });
    }
  }

  fetch(key: number): void {
    const file = this.#find(key);
    const from = file?.state.type;
    if (file === undefined || (from !== "offered" && from !== "failed")) return;
    this.#set(key, { type: "waiting" });
    this.#startNext();
  }

  cancel(key: number): void {
    const state = this.#find(key)?.state.type;
    if (state !== "waiting" && state !== "coming") return;
    this.#drop(key);
    this.#set(key, { type: "offered" });
    this.#startNext();
  }

  save(key: number): void {
    const file = this.#find(key);
    if (file?.state.type === "here") {
      this.#context.saveFile(file.offer.name, file.state.content);
    }
  }

  withdraw(key: number): void {
    const file = this.#find(key);
    if (file?.state.type !== "given") return;
    const { id } = file.offer;
    this.#given.delete(id);
    this.#set(key, { type: "gone" });
    this.#say({ type: "withdraw", id }, file.privateWith?.id);
  }

  onMessage({ body, from, isPrivate, receivedAt }: RoomMessage): void {
    const word = decodeFile(body);
    switch (word?.type) {
      case "offer": {
        const { type, ...offer } = word;
        this.#onOffer(from, offer, isPrivate, receivedAt);
        break;
      }
      case "ask":
        if (isPrivate) this.#uploads.onAsk(from, word);
        break;
      case "withdraw": {
        const file = this.#of(from, word.id);
        if (file !== undefined && file.state.type !== "here") this.#end(file.key);
        break;
      }
      case "part": {
        if (isPrivate && this.faces.onPart(from, word)) break;
        const file = isPrivate ? this.#of(from, word.id) : undefined;
        if (file !== undefined) this.#downloads.get(file.key)?.onPart(word);
      }
    }
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
    for (const one of this.#downloads.values()) one.stop();
  }

  /** Undefined: it is given. */
  async #giveOne(content: File, to: ParticipantId | undefined): Promise<string | undefined> {
    const { room, newId, clock } = this.#context;
    const name = normalizeFileName(content.name);
    const max = room.fileBytesMax;
    if (!this.mayGive(to)) return t("file.notAllowed");
    if (content.size === 0) return t("file.empty", { name });
    if (content.size > max) return t("file.tooLarge", { name, size: formatBytes(max) });
    const bytes = await content.arrayBuffer().catch(() => undefined);
    if (bytes === undefined) return t("file.unreadable", { name });
    const digest = await digestOf(new Uint8Array(bytes));
    const offer = { id: newId(), name, size: bytes.byteLength, digest };
    const failure = this.#say({ type: "offer", ...offer }, to);
    if (failure !== undefined) return t("file.notGiven", { name });
    this.#given.set(offer.id, { id: offer.id, content, onlyFor: to });
    const privateWith = to === undefined ? undefined : { id: to, name: this.#nameOf(to) };
    const who = { from: room.localId, name: this.#nameOf(room.localId), isLocal: true };
    this.#add({ offer, ...who, at: clock.now(), privateWith, state: { type: "given" } });
    return undefined;
  }

  #onOffer(from: ParticipantId, offer: FileOffer, isPrivate: boolean, at: number): void {
    if (this.#of(from, offer.id) !== undefined || offer.size > this.#context.room.fileBytesMax) {
      return;
    }
    const name = this.#nameOf(from);
    const privateWith = isPrivate ? { id: from, name } : undefined;
    this.#add({
      ...{ offer, from, name, isLocal: false, at, privateWith },
      state: { type: "offered" },
    });
    const words = { name: name || t("person.guest"), file: offer.name };
    this.#context.onNew(t("file.notice", words));
  }

  #add(file: Omit<SharedFile, "key">): void {
    const all = [...this.#list.peek(), { ...file, key: ++this.#keys }];
    const isIdle = ({ state }: SharedFile) => !["given", "waiting", "coming"].includes(state.type);
    const oldest = all.length > FILES_MAX ? all.find(isIdle) : undefined;
    this.#list.value = all.filter((one) => one !== oldest);
  }

  /** As many as may be, one of each person. */
  #startNext(): void {
    for (const { key, from, state, offer } of this.#list.peek()) {
      if (state.type !== "waiting" || this.#downloads.size >= COMING_MAX) continue;
      const busy = [...this.#downloads.keys()].some((other) => this.#find(other)?.from === from);
      if (!busy) this.#begin(key, from, offer);
    }
  }

  #begin(key: number, from: ParticipantId, offer: FileOffer): void {
    const { clock, saveFile } = this.#context;
    const download = new FileDownload(offer, {
      clock,
      ask: (word) => void this.#say(word, from),
      onProgress: (share) => this.#set(key, { type: "coming", share }),
      onDone: (bytes) => {
        this.#downloads.delete(key);
        // Whatever it is, no browser opens it by itself.
        const content = new Blob([bytes], { type: "application/octet-stream" });
        this.#set(key, { type: "here", content });
        saveFile(offer.name, content);
        this.#startNext();
      },
      onFailed: (why) => {
        this.#downloads.delete(key);
        this.#set(key, { type: "failed", why });
        this.#startNext();
      },
    });
    this.#downloads.set(key, download);
    this.#set(key, { type: "coming", share: 0 });
    download.start();
  }

  #onRoster(left: readonly ParticipantId[]): void {
    const { localId } = this.#context.room;
    this.#rules.value++;
    this.faces.update();
    for (const id of left) this.#uploads.forget(id);
    // Somebody new to the others, whom nobody knows to have given anything.
    const isNew = localId !== this.#ownId;
    this.#ownId = localId;
    if (isNew) this.#given.clear();
    for (const { key, from, isLocal, state } of this.#list.peek()) {
      const isOver = isLocal ? isNew : left.includes(from) && state.type !== "here";
      if (isOver) this.#end(key);
    }
  }

  #end(key: number): void {
    this.#drop(key);
    this.#set(key, { type: "gone" });
    this.#startNext();
  }

  #drop(key: number): void {
    this.#downloads.get(key)?.stop();
    this.#downloads.delete(key);
  }

  #set(key: number, state: FileState): void {
    this.#list.value = this.#list
      .peek()
      .map((file) => (file.key === key ? { ...file, state } : file));
  }

  /** Undefined: it was said. */
  #say(word: FileWord, to: ParticipantId | undefined): ErrorCode | undefined {
    // The server would refuse it.
    if (!this.mayGive(to)) return "not-allowed";
    try {
      this.#context.room.send("file", encodeFile(word), to);
      return undefined;
    } catch (error) {
      if (!(error instanceof ConclaveError)) throw error;
      return error.code;
    }
  }

  #of(from: ParticipantId, id: string): SharedFile | undefined {
    return this.#list.peek().find((file) => file.from === from && file.offer.id === id);
  }

  #find(key: number): SharedFile | undefined {
    return this.#list.peek().find((file) => file.key === key);
  }

  #nameOf(id: ParticipantId): string {
    return this.#context.room.participants.get(id)?.profile.displayName ?? "";
  }
}
