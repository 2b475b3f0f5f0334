import { ConclaveError, type ParticipantId, type Room, type RoomMessage } from "@conclave/sdk";
import { decodePoll, encodePoll, POLL_BALLOTS_MAX, type PollWord } from "@conclave/sdk/messages";
import { t } from "../messages/messages.ts";
import { cell, derived, type Readable } from "./cells.ts";
import type { Clock } from "./clock.ts";
import { type Company, type Encounter, followCompany } from "./company.ts";
import type { Notices } from "./notices.ts";
import {
  ballotPages,
  countsOf,
  note,
  type Poll,
  type PollBook,
  type PollVoice,
  settled,
} from "./pollBook.ts";
import { createPollDraft, type PollDraft } from "./pollDraft.ts";

export interface PollOptionRow {
  readonly text: string;
  readonly count: number;
  /** Of those who voted, 0 .. 1. */
  readonly share: number;
  readonly chosen: boolean;
  /** Who chose it, as far as this person may know; unnamed ones came before this person did. */
  readonly voters: readonly string[];
}

export interface PollRow {
  /** Of this list. */
  readonly key: string;
  readonly question: string;
  readonly authorName: string;
  readonly isOwn: boolean;
  readonly multiple: boolean;
  readonly anonymous: boolean;
  /** It began before this person came. */
  readonly again: boolean;
  readonly options: readonly PollOptionRow[];
  readonly voters: number;
  /** Why nobody can vote any more. */
  readonly over: "closed" | "author-left" | undefined;
}

export interface Polls {
  /** The open ones first, of them the newest first. */
  readonly rows: Readable<readonly PollRow[]>;
  /** Asked by others, and not looked at. */
  readonly unseen: Readable<number>;
  readonly draft: PollDraft;
  readonly canAsk: Readable<boolean>;
  /** False: it was not sent. */
  ask(): boolean;
  /** Chooses an option, or takes the choice back. */
  choose(key: string, option: number): void;
  close(key: string): void;
  setSeen(seeing: boolean): void;
  onMessage(message: RoomMessage): void;
  stop(): void;
}

/** An anonymous poll's counts are told at most this often. */
const COUNTS_GAP_MS = 1000;
/** People who come together are told together. */
const SNAPSHOT_AFTER_MS = 2000;
/**
 * When people of several breakout rooms meet: first authors tell the polls that were asked there, then
 * everybody, one after the other, what they voted, then authors that a poll is over.
 */
const RETELL_AFTER_MS = 1000;
const REVOTE_AFTER_MS = 2000;
const REVOTE_STEP_MS = 60;
const REVOTE_STEPS_MAX = 64;
const RECLOSE_AFTER_MS = 8000;
/** No votes from there are on their way any more. */
const SETTLED_AFTER_MS = 20_000;

export interface PollContext {
  readonly room: Room;
  readonly clock: Clock;
  readonly notices: Notices;
  readonly newId: () => string;
}

export function createPolls(context: PollContext): Polls {
  return new PollsModel(context);
}

class PollsModel implements Polls {
  readonly #context: PollContext;
  readonly #book = cell<PollBook>([]);
  /** Who is here changed: an author may have left. */
  readonly #present = cell<ReadonlySet<string>>(new Set());
  readonly #unseen = cell(0);
  readonly #sealed = cell(true);
  readonly #timers = new Map<string, () => void>();
  readonly #company: Company;
  /** Own polls, and polls voted in, of which somebody in another breakout room has not heard. */
  readonly #apart = new Set<string>();
  readonly #stops: (() => void)[];
  #revision = 0;
  #seeing = false;

  readonly draft = createPollDraft();
  readonly unseen = this.#unseen;
  readonly canAsk = derived(() => this.draft.lack.value === undefined && this.#sealed.value);
  readonly rows = derived(() => {
    const rows = this.#book.value.map((poll) => this.#row(poll)).reverse();
    return [...rows.filter(({ over }) => !over), ...rows.filter(({ over }) => over)];
  });

  constructor(context: PollContext) {
    this.#context = context;
    const { room } = context;
    const follow = () => {
      this.#present.value = new Set(Array.from(room.participants.values(), (one) => one.wireId));
      this.#sealed.value = room.encryption === undefined || room.encryption.state === "sealed";
    };
    follow();
    this.#company = followCompany(room, (encounter) => this.#meet(encounter));
    this.#stops = [
      () => this.#company.stop(),
      room.on("encryption", follow),
      room.on("roster", ({ joined }) => {
        follow();
        const open = this.#book.peek().filter((poll) => this.#isMine(poll) && !poll.closed);
        if (joined.length === 0 || open.length === 0) return;
        // Newcomers begin in the main room, and their host may be elsewhere.
        for (const poll of open) this.#noteApart(keyOf(poll));
        this.#later("snapshot", SNAPSHOT_AFTER_MS, () => this.#tell());
      }),
    ];
  }

  ask(): boolean {
    const word = this.canAsk.peek() ? this.draft.finished(this.#context.newId()) : undefined;
    if (word === undefined || !this.#say(word)) return false;
    this.#noteApart(`${this.#ownWireId()} ${word.id}`);
    this.draft.clear();
    return true;
  }

  choose(key: string, option: number): void {
    const poll = this.#find(key);
    if (poll === undefined || this.#overOf(poll) !== undefined) return;
    const chosen = this.#choicesOf(poll);
    const others = poll.multiple ? chosen.filter((other) => other !== option) : [];
    const choices = chosen.includes(option) ? others : [...others, option].sort((a, b) => a - b);
    const author = poll.author.wireId;
    // One count for all polls: it has to go up in each.
    const revision = ++this.#revision;
    const word = { type: "vote", id: poll.id, author, choices, revision } as const;
    this.#noteApart(key);
    if (!poll.anonymous) this.#say(word);
    else if (poll.author.isLocal) this.#note(word);
    else if (this.#company.has(poll.author.id)) this.#say(word, poll.author.id);
    else this.#note(word, true);
    this.#tellCounts(poll);
  }

  close(key: string): void {
    const poll = this.#find(key);
    if (poll === undefined || poll.closed || !this.#isMine(poll)) return;
    this.#noteApart(key);
    if (poll.anonymous) this.#sayCounts(poll);
    this.#say({ type: "close", id: poll.id });
  }

  setSeen(seeing: boolean): void {
    this.#seeing = seeing;
    if (seeing) this.#unseen.value = 0;
  }

  onMessage({ from, kind, body, isPrivate }: RoomMessage): void {
    const word = decodePoll(body);
    const person = this.#context.room.participants.get(from);
    // Else what may be reserved (asking) would go as what may not (voting).
    if (word === undefined || kind !== kindOf(word)) return;
    if (person === undefined || person.isLocal) return;
    const { wireId, profile } = person;
    const before = this.#book.peek();
    const voice = { id: from, wireId, name: profile.displayName, isLocal: false, isPrivate };
    this.#book.value = note(before, voice, word, this.#company.absent());
    if (this.#book.peek() === before) return;
    const told = this.#book.peek().find(({ id, author }) => id === word.id && author.isLocal);
    if (word.type === "vote" && told !== undefined) this.#noteApart(keyOf(told));
    if (word.type === "open") this.#announce(profile.displayName, word.question);
    if (word.type === "vote" && told !== undefined) this.#tellCounts(told);
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
    for (const cancel of this.#timers.values()) cancel();
  }

  #announce(name: string, question: string): void {
    const who = { name: name || t("person.guest"), question };
    this.#context.notices.show(t("notice.poll", who), { topic: "poll" });
    if (!this.#seeing) this.#unseen.value++;
  }

  /** To newcomers, and to all who know it already. */
  #tell(isWanted = (poll: Poll): boolean => !poll.closed): void {
    for (const poll of this.#book.peek()) {
      if (!this.#isMine(poll) || !isWanted(poll)) continue;
      const { id, question, options, multiple, anonymous } = poll;
      this.#send({ type: "open", id, question, options, multiple, anonymous, again: true });
      if (anonymous) this.#sayCounts(poll);
      else {
        for (const ballots of ballotPages(poll, POLL_BALLOTS_MAX)) {
          this.#send({ type: "ballots", id, ballots });
        }
      }
    }
  }

  #noteApart(key: string): void {
    if (this.#company.isDivided) this.#apart.add(key);
  }

  /** Everybody says what only they can vouch for, once. */
  #meet({ turn }: Encounter): void {
    const isApart = (poll: Poll) => this.#apart.has(keyOf(poll));
    const revoteMs = REVOTE_AFTER_MS + REVOTE_STEP_MS * Math.min(turn, REVOTE_STEPS_MAX);
    // Whoever meets others before that is done begins anew.
    for (const step of ["retell", "revote", "reclose", "settled"]) this.#cancel(step);
    this.#later("retell", RETELL_AFTER_MS, () => this.#tell(isApart));
    this.#later("revote", revoteMs, () => {
      for (const poll of this.#book.peek()) if (isApart(poll)) this.#voteAgain(poll);
    });
    this.#later("reclose", RECLOSE_AFTER_MS, () => {
      for (const poll of this.#book.peek()) {
        if (!isApart(poll) || !poll.closed || !this.#isMine(poll)) continue;
        if (poll.anonymous) this.#sayCounts(poll);
        this.#send({ type: "close", id: poll.id });
      }
      // Others may be in rooms still, who have to hear of it when they come.
      if (!this.#company.isDivided) this.#apart.clear();
    });
    this.#later("settled", SETTLED_AFTER_MS, () => {
      if (!this.#company.isDivided) this.#book.value = settled(this.#book.peek());
    });
  }

  /** As it was: who has heard it changes nothing by hearing it again. */
  #voteAgain({ id, author, anonymous, ballots }: Poll): void {
    const ballot = ballots.get(this.#ownWireId());
    if (ballot === undefined || (anonymous && author.isLocal)) return;
    if (anonymous && !this.#company.has(author.id)) return;
    const { choices, revision } = ballot;
    const word = { type: "vote", id, author: author.wireId, choices, revision } as const;
    this.#send(word, anonymous ? author.id : undefined);
  }

  #tellCounts(of: Poll): void {
    if (!of.anonymous || !of.author.isLocal) return;
    const key = keyOf(of);
    this.#later(key, COUNTS_GAP_MS, () => {
      const poll = this.#find(key);
      const takesVotes = poll?.closed === false || poll?.unheard !== undefined;
      if (poll !== undefined && takesVotes && this.#isMine(poll)) this.#sayCounts(poll);
    });
  }

  #sayCounts(poll: Poll): void {
    this.#send({ type: "counts", id: poll.id, ...countsOf(poll), revision: ++this.#revision });
  }

  #later(name: string, delayMs: number, run: () => void): void {
    if (this.#timers.has(name)) return;
    const cancel = this.#context.clock.after(delayMs, () => {
      this.#timers.delete(name);
      run();
    });
    this.#timers.set(name, cancel);
  }

  /** To others and to oneself. */
  #say(word: PollWord, to?: ParticipantId): boolean {
    const isSent = this.#send(word, to);
    if (isSent) this.#note(word, to !== undefined);
    return isSent;
  }

  #send(word: PollWord, to?: ParticipantId): boolean {
    try {
      this.#context.room.send(kindOf(word), encodePoll(word), to);
      return true;
    } catch (error) {
      if (!(error instanceof ConclaveError)) throw error;
      this.#context.notices.show(t("notice.problem"), { tone: "problem" });
      return false;
    }
  }

  #note(word: PollWord, isPrivate = false): void {
    const { room } = this.#context;
    const { localId: id } = room;
    const own = room.participants.get(id);
    const name = own?.profile.displayName ?? "";
    const voice: PollVoice = { id, wireId: this.#ownWireId(), name, isLocal: true, isPrivate };
    this.#book.value = note(this.#book.peek(), voice, word, this.#company.absent());
  }

  #cancel(name: string): void {
    this.#timers.get(name)?.();
    this.#timers.delete(name);
  }

  #row(poll: Poll): PollRow {
    const { counts, voters } = countsOf(poll);
    const chosen = this.#choicesOf(poll);
    const names = (option: number) =>
      [...poll.ballots]
        .filter(([, { choices }]) => choices.includes(option))
        .map(([voter, { name }]) => name || this.#nameOf(voter));
    const knowsWho = !poll.anonymous || poll.author.isLocal;
    return {
      key: keyOf(poll),
      ...{ question: poll.question, authorName: poll.author.name, isOwn: poll.author.isLocal },
      ...{ multiple: poll.multiple, anonymous: poll.anonymous, again: poll.again, voters },
      over: this.#overOf(poll),
      options: poll.options.map((text, option) => ({
        ...{ text, count: counts[option] ?? 0, chosen: chosen.includes(option) },
        share: voters === 0 ? 0 : (counts[option] ?? 0) / voters,
        voters: knowsWho ? names(option) : [],
      })),
    };
  }

  #overOf(poll: Poll): PollRow["over"] {
    if (poll.closed) return "closed";
    return this.#present.value.has(poll.author.wireId) ? undefined : "author-left";
  }

  /** Not if this client has come back as somebody else: nobody would believe it. */
  #isMine({ author }: Poll): boolean {
    return author.isLocal && author.wireId === this.#ownWireId();
  }

  #choicesOf(poll: Poll): readonly number[] {
    return poll.ballots.get(this.#ownWireId())?.choices ?? [];
  }

  #nameOf(wireId: string): string {
    const people = [...this.#context.room.participants.values()];
    return people.find((one) => one.wireId === wireId)?.profile.displayName ?? "";
  }

  #ownWireId(): string {
    const { room } = this.#context;
    return room.participants.get(room.localId)?.wireId ?? "";
  }

  #find(key: string): Poll | undefined {
    return this.#book.peek().find((poll) => keyOf(poll) === key);
  }
}

function kindOf({ type }: PollWord): "poll" | "vote" {
  return type === "vote" ? "vote" : "poll";
}

function keyOf({ id, author }: Poll): string {
  return `${author.wireId} ${id}`;
}
