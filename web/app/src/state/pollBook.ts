import type { ParticipantId } from "@conclave/sdk";
import type { PollBallot, PollChoices, PollWord } from "@conclave/sdk/messages";

/** Who says a word, as the room tells it. */
export interface PollVoice {
  readonly id: ParticipantId;
  readonly wireId: string;
  readonly name: string;
  readonly isLocal: boolean;
  /** To this client alone, or from it to one. */
  readonly isPrivate: boolean;
}

export interface Ballot {
  readonly choices: PollChoices;
  readonly revision: number;
  /** As it was when the vote came. */
  readonly name: string;
}

/** A poll as this person knows it now. */
export interface Poll {
  readonly id: string;
  readonly author: Omit<PollVoice, "isPrivate">;
  readonly question: string;
  readonly options: readonly string[];
  readonly multiple: boolean;
  readonly anonymous: boolean;
  /** By the voters' wireIds. Of an anonymous poll only its author has them, and each voter its own. */
  readonly ballots: ReadonlyMap<string, Ballot>;
  /** Of an anonymous poll, as its author counted them. */
  readonly told: Counts & { readonly revision: number };
  readonly closed: boolean;
  /** It was closed while these (their wireIds) were in other breakout rooms: what they voted there still counts. */
  readonly unheard?: ReadonlySet<string> | undefined;
  /** It began before this person came: what was voted then is its author's word. */
  readonly again: boolean;
}

export interface Counts {
  /** Of each option. */
  readonly counts: readonly number[];
  readonly voters: number;
}

export type PollBook = readonly Poll[];

/** Of one person at a time, and of all in a meeting: nobody fills the others' memory. */
export const OPEN_POLLS_MAX = 10;
export const POLLS_MAX = 60;
const BALLOTS_MAX = 2000;

const NOBODY: ReadonlySet<string> = new Set();

/**
 * All polls after a word. What somebody may not say changes nothing. `elsewhere`: the wireIds of those whom
 * the word does not reach, as they are in other breakout rooms.
 */
export function note(
  book: PollBook,
  voice: PollVoice,
  word: PollWord,
  elsewhere = NOBODY,
): PollBook {
  if (word.type === "open") return opened(book, voice, word);
  // What only some know of a poll would let its author tell each another result.
  if (word.type !== "vote" && voice.isPrivate) return book;
  const author = word.type === "vote" ? word.author : voice.wireId;
  const poll = book.find((one) => one.id === word.id && one.author.wireId === author);
  if (poll === undefined || (poll.closed && !isLate(poll, voice, word))) return book;
  const unheard = elsewhere.size > 0 ? elsewhere : undefined;
  const after =
    word.type === "close" ? { ...poll, closed: true, unheard } : changed(poll, voice, word);
  return after === poll ? book : book.map((one) => (one === poll ? after : one));
}

/** All have met again, and said what they voted: what is closed is closed. */
export function settled(book: PollBook): PollBook {
  return book.map((poll) => (poll.unheard === undefined ? poll : { ...poll, unheard: undefined }));
}

/** What each option has, by the ballots where this person has them. */
export function countsOf(poll: Poll): Counts {
  if (poll.anonymous && !poll.author.isLocal) return poll.told;
  const ballots = [...poll.ballots.values()].filter(({ choices }) => choices.length > 0);
  const counts = poll.options.map(
    (_, option) => ballots.filter(({ choices }) => choices.includes(option)).length,
  );
  return { counts, voters: ballots.length };
}

/** For newcomers: who has chosen what, in pieces of at most `sizeMax`. */
export function ballotPages(poll: Poll, sizeMax: number): PollBallot[][] {
  const all = Array.from(poll.ballots, ([voter, { choices, revision }]) => ({
    ...{ voter, choices, revision },
  }));
  const pages = Math.ceil(all.length / sizeMax);
  return Array.from({ length: pages }, (_, i) => all.slice(i * sizeMax, (i + 1) * sizeMax));
}

function opened(
  book: PollBook,
  { isPrivate, ...author }: PollVoice,
  word: Extract<PollWord, { type: "open" }>,
): PollBook {
  const own = book.filter((poll) => poll.author.wireId === author.wireId);
  // Again for newcomers: the others know it already.
  const isKnown = own.some(({ id }) => id === word.id);
  const isOver = own.filter(({ closed }) => !closed).length >= OPEN_POLLS_MAX;
  if (isPrivate || isKnown || isOver || book.length >= POLLS_MAX) return book;
  const { id, question, options, multiple, anonymous, again } = word;
  const told = { counts: options.map(() => 0), voters: 0, revision: -1 };
  const poll = { id, author, question, options, multiple, anonymous, told, again };
  return [...book, { ...poll, ballots: new Map(), closed: false }];
}

/** What belongs into a poll's result though it is closed here. */
function isLate({ unheard }: Poll, { wireId }: PollVoice, { type }: PollWord): boolean {
  return type === "counts"
    ? unheard !== undefined
    : type === "vote" && unheard?.has(wireId) === true;
}

function changed(
  poll: Poll,
  voice: PollVoice,
  word: Exclude<PollWord, { type: "open" | "close" }>,
): Poll {
  switch (word.type) {
    case "vote":
      return voted(poll, voice, word);
    case "ballots":
      return withBallots(poll, word.ballots);
    case "counts": {
      const fits = poll.anonymous && word.counts.length === poll.options.length;
      const { counts, voters, revision } = word;
      if (!fits || revision <= poll.told.revision) return poll;
      return { ...poll, told: { counts, voters, revision } };
    }
  }
}

function voted(
  poll: Poll,
  { wireId, name, isPrivate, isLocal }: PollVoice,
  { choices, revision }: Extract<PollWord, { type: "vote" }>,
): Poll {
  // A secret that was told to all is none; one that was to be public is not to be told to one.
  const isOwnPoll = isLocal && poll.author.isLocal;
  if (!isOwnPoll && isPrivate !== poll.anonymous) return poll;
  const known = poll.ballots.get(wireId);
  const isNews = known === undefined ? poll.ballots.size < BALLOTS_MAX : known.revision < revision;
  if (!isNews || !mayChoose(poll, choices)) return poll;
  return { ...poll, ballots: new Map(poll.ballots).set(wireId, { choices, revision, name }) };
}

/** What was voted before this person came, by the author's word; whoever was heard counts by that. */
function withBallots(poll: Poll, told: readonly PollBallot[]): Poll {
  // Whoever was here from the beginning has heard every vote: the author adds none.
  if (poll.anonymous || !poll.again) return poll;
  const ballots = new Map(poll.ballots);
  for (const { voter, choices, revision } of told) {
    const fits = mayChoose(poll, choices) && ballots.size < BALLOTS_MAX;
    if (fits && !ballots.has(voter)) ballots.set(voter, { choices, revision, name: "" });
  }
  return { ...poll, ballots };
}

function mayChoose(poll: Poll, choices: PollChoices): boolean {
  if (!poll.multiple && choices.length > 1) return false;
  return choices.every((option) => option < poll.options.length);
}
