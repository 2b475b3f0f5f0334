import { ConclaveError, type ParticipantId, type Room, type RoomMessage } from "@conclave/sdk";
import {
  BOARD_PIECE_BYTES_MAX,
  type BoardDigest,
  type BoardElement,
  type BoardWord,
  decodeBoard,
  elementBytes,
  encodeBoard,
  writtenThing,
} from "@conclave/sdk/messages";
import type { Clock } from "../clock.ts";
import { type Company, type Encounter, followCompany } from "../company.ts";
import type { BoardImages } from "./boardImages.ts";
import type { BoardState } from "./boardState.ts";

export interface BoardSyncContext {
  readonly room: Room;
  readonly clock: Clock;
  readonly state: BoardState;
  readonly images: BoardImages;
  /** The board is another now. */
  readonly onChanged: () => void;
  /** Somebody has put it on the stage. */
  readonly onOpened: (by: ParticipantId) => void;
}

/** 7 messages a second: the server carries 20, and people chat and raise hands meanwhile. */
const SEND_GAP_MS = 150;
/** So long nothing changes before boards are compared. */
const QUIET_MS = 2000;
/** Nobody is asked, or answered, more often. */
const ASK_GAP_MS = 10_000;
const ASK_GAP_MS_MAX = 600_000;
const ANSWER_GAP_MS = 5000;
/** To newcomers one speaks; the next where that one does not. */
const WELCOME_MS = 1000;
const WELCOME_STEP_MS = 1500;
const WELCOMERS_MAX = 6;
/** One speaks for all who come from the same breakout room, as newcomers are spoken to. */
const ENCOUNTER_MS = 1000;
/** A picture whose parts have stopped coming is asked for. */
const IMAGE_PATIENCE_MS = 5000;
/** Somebody who cannot be reached yet. */
const TRY_AGAIN_MS = 1000;
const TRIES_MAX = 8;
/** Waiting to be said. */
const WORDS_MAX = 300;

interface Said {
  readonly word: BoardWord;
  readonly to: ParticipantId | undefined;
  readonly tries: number;
}

/**
 * Carries the board between members. What somebody changes goes to all, in as few messages as the
 * server's rates want. Messages can be lost (a connection that breaks), and newcomers have none: so
 * when a board has been quiet, or somebody has come, one member tells a digest, and whoever has
 * another asks that member for all elements, in pieces, and tells what was missing there. The same
 * words repair and welcome, and nothing depends on the order of any.
 *
 * In a breakout room only those who are there hear of a change. When people of several rooms meet, one
 * of each room tells what changed while the meeting was divided, before boards are compared.
 */
export class BoardSync {
  readonly #context: BoardSyncContext;
  /** Changed here and not told yet; only an element's last state is. */
  readonly #untold = new Set<string>();
  readonly #words: Said[] = [];
  readonly #timers = new Map<string, () => void>();
  readonly #askedAt = new Map<ParticipantId, number>();
  readonly #answeredAt = new Map<string, number>();
  /** While somebody answers: of each element in the answer, whether it is the same here. */
  readonly #answers = new Map<ParticipantId, Map<string, boolean>>();
  /** Somebody whose board differs again and again is asked ever less often. */
  readonly #askGaps = new Map<ParticipantId, number>();
  readonly #company: Company;
  /** Changed while somebody was in another room. */
  readonly #apart = new Set<string>();
  /** Of these, what nobody has told the others yet. */
  readonly #owed = new Set<string>();
  readonly #stops: (() => void)[];
  #changedAt = Number.NEGATIVE_INFINITY;
  #asker = 0;
  #again = 0;

  constructor(context: BoardSyncContext) {
    this.#context = context;
    const { room } = context;
    this.#company = followCompany(room, (encounter) => this.#meet(encounter));
    this.#stops = [
      () => this.#company.stop(),
      room.on("roster", ({ joined, left }) => {
        for (const id of left) this.#forget(id);
        if (joined.length > 0) this.#welcome(joined);
      }),
      room.on("encryption", () => this.#pump()),
      room.on("state", ({ state }) => {
        if (state !== "connected") return;
        // What others said meanwhile is lost, and perhaps what was said last here.
        this.#changedAt = context.clock.now();
        this.#compareLater();
        this.#pump();
      }),
    ];
  }

  /** This person changed these. */
  tell(ids: Iterable<string>): void {
    for (const id of ids) {
      this.#untold.add(id);
      this.#noteApart(id);
    }
    this.#noteChange();
    this.#pump();
  }

  tellOpen(): void {
    this.#say({ type: "open" });
  }

  tellImage(image: string): void {
    for (const word of this.#context.images.partsOf(image)) this.#say(word);
  }

  onMessage({ from, body, isPrivate }: RoomMessage): void {
    const word = decodeBoard(body);
    if (word === undefined || from === this.#context.room.localId) return;
    switch (word.type) {
      case "open":
        if (!isPrivate) this.#context.onOpened(from);
        return;
      case "put":
        this.#onPut(from, word.elements);
        return;
      case "digest":
        this.#onDigest(from, word, word.answers);
        return;
      case "ask":
        this.#onAsk(from, word.images);
        return;
      case "part":
        void this.#context.images.onPart(from, word).then((isWhole) => {
          if (isWhole) this.#context.onChanged();
        });
        this.#wantImages();
    }
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  #onPut(from: ParticipantId, elements: readonly BoardElement[]): void {
    const { state } = this.#context;
    let isNews = false;
    for (const element of elements) {
      if (state.apply(element)) {
        isNews = true;
        this.#noteApart(element.id);
      }
      const isKnownThere = isSame(state.get(element.id), element);
      this.#answers.get(from)?.set(element.id, isKnownThere);
      if (isKnownThere) this.#owed.delete(element.id);
    }
    if (!isNews) return;
    this.#noteChange();
    this.#context.onChanged();
    this.#wantImages();
  }

  #onDigest(from: ParticipantId, digest: BoardDigest, answers: boolean): void {
    this.#cancel("welcome");
    const told = this.#answers.get(from);
    if (this.#isEqual(digest)) this.#onEqual(from);
    else if (answers && told !== undefined) {
      this.#answers.delete(from);
      const { all } = this.#context.state;
      const missing = all.filter(({ id }) => told.get(id) !== true);
      if (missing.length > 0) this.tell(missing.map(({ id }) => id));
      this.#wantImages();
    } else if (this.#context.state.all.length > 0 && this.#isBusy()) {
      // Something is on its way there, or from there: compared once that has come.
      this.#compareLater();
    } else this.#ask(from);
  }

  #onEqual(from: ParticipantId): void {
    this.#answers.delete(from);
    this.#askGaps.delete(from);
    this.#cancel("compare");
    this.#cancel(`ask ${from}`);
  }

  #isBusy(): boolean {
    const sinceChange = this.#context.clock.now() - this.#changedAt;
    return this.#untold.size > 0 || sinceChange < QUIET_MS / 2;
  }

  #ask(person: ParticipantId): void {
    const nowMs = this.#context.clock.now();
    const gapMs = this.#askGaps.get(person) ?? ASK_GAP_MS;
    const waitMs = (this.#askedAt.get(person) ?? Number.NEGATIVE_INFINITY) + gapMs - nowMs;
    if (waitMs > 0) {
      this.#later(`ask ${person}`, waitMs, () => this.#ask(person));
      return;
    }
    const nextGapMs = this.#askedAt.has(person) ? Math.min(gapMs * 2, ASK_GAP_MS_MAX) : gapMs;
    this.#askGaps.set(person, nextGapMs);
    this.#askedAt.set(person, nowMs);
    this.#answers.set(person, new Map());
    this.#say({ type: "ask", images: undefined }, person);
  }

  #onAsk(from: ParticipantId, images: readonly string[] | undefined): void {
    const what = images === undefined ? [""] : images;
    for (const each of what) {
      const key = `${from} ${each}`;
      const nowMs = this.#context.clock.now();
      const last = this.#answeredAt.get(key) ?? Number.NEGATIVE_INFINITY;
      if (nowMs - last < ANSWER_GAP_MS) continue;
      // Also of pictures that there are none of: no more names than a board has.
      if (each !== "" && !this.#context.images.has(each)) continue;
      this.#answeredAt.set(key, nowMs);
      if (each === "") this.#answer(from);
      else for (const word of this.#context.images.partsOf(each)) this.#say(word, from);
    }
  }

  #answer(to: ParticipantId): void {
    // Those who ask can ask again: nobody makes this client say things without end.
    if (this.#words.length > WORDS_MAX) return;
    const { state } = this.#context;
    for (const elements of inPieces(state.all)) this.#say({ type: "put", elements }, to);
    this.#say({ type: "digest", answers: true, ...state.digest() }, to);
  }

  /** All who have the board hear of it, but one speaks: by rank, until somebody did. */
  #welcome(joined: readonly ParticipantId[]): void {
    const { room, state } = this.#context;
    if (state.live.length === 0) return;
    const known = [...room.participants.values()].filter(
      ({ id }) => !joined.includes(id) && this.#company.has(id),
    );
    const rank = known
      .map(({ wireId }) => wireId)
      .sort()
      .indexOf(room.participants.get(room.localId)?.wireId ?? "");
    if (rank < 0 || rank >= WELCOMERS_MAX) return;
    this.#later("welcome", WELCOME_MS + rank * WELCOME_STEP_MS, () => this.#tellDigest());
  }

  #noteApart(id: string): void {
    if (this.#company.isDivided) this.#apart.add(id);
  }

  /** Whoever was in the same room has the same to tell: the first does, the next what is left of it. */
  #meet({ rank }: Encounter): void {
    if (this.#apart.size === 0) return;
    for (const id of this.#apart) this.#owed.add(id);
    const turn = Math.min(rank, WELCOMERS_MAX);
    this.#later("encounter", ENCOUNTER_MS + turn * WELCOME_STEP_MS, () => this.#tellOwed());
  }

  #tellOwed(): void {
    const owed = [...this.#owed];
    this.#owed.clear();
    // Others may be in rooms still, who have to hear of it when they come.
    if (!this.#company.isDivided) this.#apart.clear();
    if (owed.length === 0) return;
    this.tell(owed);
    const { state, images } = this.#context;
    const shown = new Set(owed.map((id) => state.get(id)?.thing?.image ?? ""));
    for (const image of shown) if (images.has(image)) this.tellImage(image);
  }

  #tellDigest(): void {
    this.#say({ type: "digest", answers: false, ...this.#context.state.digest() });
  }

  #compareLater(): void {
    this.#cancel("compare");
    this.#later("compare", QUIET_MS, () => {
      if (this.#untold.size > 0 || this.#words.length > 0) this.#compareLater();
      else this.#tellDigest();
    });
  }

  #noteChange(): void {
    this.#changedAt = this.#context.clock.now();
    // Whoever has changed something since boards were last found equal compares, once it is quiet.
    if (this.#untold.size > 0 || this.#timers.has("compare")) this.#compareLater();
  }

  #isEqual(digest: BoardDigest): boolean {
    const own = this.#context.state.digest();
    return own.elements === digest.elements && own.hash === digest.hash;
  }

  /** Asks one member after another for pictures that did not come by themselves. */
  #wantImages(): void {
    this.#cancel("images");
    if (this.#missingImages().length === 0) return;
    this.#later("images", IMAGE_PATIENCE_MS, () => {
      const images = this.#missingImages();
      const { room } = this.#context;
      const others = [...room.participants.values()].filter(
        ({ id, isLocal }) => !isLocal && this.#company.has(id),
      );
      const person = others[this.#asker++ % Math.max(1, others.length)];
      if (images.length === 0 || person === undefined) return;
      this.#say({ type: "ask", images: images.slice(0, 8) }, person.id);
      this.#wantImages();
    });
  }

  #missingImages(): string[] {
    const { state, images } = this.#context;
    const names = state.live.map(({ thing }) => thing.image).filter((name) => name !== "");
    return [...new Set(names)].filter((name) => !images.has(name));
  }

  #say(word: BoardWord, to?: ParticipantId): void {
    this.#words.push({ word, to, tries: 0 });
    this.#pump();
  }

  /** Says one thing, and the next a while later: what changes now before what was asked for. */
  #pump(): void {
    if (this.#timers.has("send") || !this.#canSay()) return;
    const hasMore = this.#sendOne();
    if (hasMore) this.#later("send", SEND_GAP_MS, () => this.#pump());
  }

  #sendOne(): boolean {
    const { room, state } = this.#context;
    if (this.#untold.size > 0) {
      const elements = [...this.#untold].flatMap((id) => state.get(id) ?? []);
      const [piece = []] = inPieces(elements);
      for (const { id } of piece) this.#untold.delete(id);
      if (piece.length === 0) this.#untold.clear();
      else room.send("board", encodeBoard({ type: "put", elements: piece }));
      return true;
    }
    const next = this.#words.shift();
    if (next === undefined) return false;
    this.#send(next);
    return true;
  }

  #send({ word, to, tries }: Said): void {
    const { room, clock } = this.#context;
    if (to !== undefined && !this.#company.has(to)) return;
    try {
      room.send("board", encodeBoard(word), to);
    } catch (error) {
      if (!(error instanceof ConclaveError)) throw error;
      // Whoever has just come may be known, but not yet by which number the server reaches them.
      if (tries >= TRIES_MAX) return;
      const name = `again ${++this.#again}`;
      const cancel = clock.after(TRY_AGAIN_MS, () => {
        this.#timers.delete(name);
        this.#words.push({ word, to, tries: tries + 1 });
        this.#pump();
      });
      this.#timers.set(name, cancel);
    }
  }

  /** Otherwise nothing would be said, and nobody told so. */
  #canSay(): boolean {
    const { room } = this.#context;
    const isSealed = room.encryption === undefined || room.encryption.state === "sealed";
    return isSealed && room.state === "connected";
  }

  #forget(person: ParticipantId): void {
    this.#askedAt.delete(person);
    this.#askGaps.delete(person);
    this.#cancel(`ask ${person}`);
    this.#answers.delete(person);
    this.#context.images.forget(person);
    for (const key of this.#answeredAt.keys()) {
      if (key.startsWith(`${person} `)) this.#answeredAt.delete(key);
    }
  }

  #later(name: string, delayMs: number, run: () => void): void {
    if (this.#timers.has(name)) return;
    const cancel = this.#context.clock.after(delayMs, () => {
      this.#timers.delete(name);
      run();
    });
    this.#timers.set(name, cancel);
  }

  #cancel(name: string): void {
    this.#timers.get(name)?.();
    this.#timers.delete(name);
  }
}

function isSame(held: BoardElement | undefined, other: BoardElement): boolean {
  return (
    held !== undefined &&
    held.revision === other.revision &&
    writtenThing(held.thing) === writtenThing(other.thing)
  );
}

function inPieces(elements: readonly BoardElement[]): BoardElement[][] {
  const pieces: BoardElement[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const element of elements) {
    const size = elementBytes(element);
    if (bytes + size > BOARD_PIECE_BYTES_MAX) {
      pieces.push([]);
      bytes = 0;
    }
    pieces.at(-1)?.push(element);
    bytes += size;
  }
  return pieces;
}
