import { decodePoll, encodePoll, type PollWord } from "@conclave/sdk/messages";
import { FakeRoom } from "@conclave/sdk/testing";
import { describe, expect, test } from "vitest";
import { createNotices } from "./notices.ts";
import { OPEN_POLLS_MAX } from "./pollBook.ts";
import { createPolls, type PollRow } from "./polls.ts";
import { FakeClock } from "./testing/fakeClock.ts";

const ID = "abcdefghijklmnop";
type OpenWord = Extract<PollWord, { type: "open" }>;
const open = (more: Partial<OpenWord> = {}): OpenWord => ({
  ...{ type: "open", id: ID, question: "Lunch?", options: ["yes", "no", "later"] },
  ...{ multiple: false, anonymous: false, again: false },
  ...more,
});

function setUp() {
  const room = new FakeRoom({ displayName: "Me" });
  const clock = new FakeClock();
  const notices = createNotices(clock);
  const ana = room.addParticipant("Ana");
  const ben = room.addParticipant("Ben");
  let ids = 0;
  const newId = () => `mine${String(ids++).padStart(12, "0")}`;
  const polls = createPolls({ room, clock, notices, newId });
  room.on("message", (message) => polls.onMessage(message));
  const hear = (from: number, word: PollWord, isPrivate = false) =>
    room.receive(from, word.type === "vote" ? "vote" : "poll", encodePoll(word), isPrivate);
  const vote = (
    from: number,
    author: number,
    choices: number[],
    revision: number,
    secret = false,
  ) => hear(from, { type: "vote", id: firstId(), author: `w${author}`, choices, revision }, secret);
  const firstId = () => polls.rows.peek()[0]?.key.split(" ")[1] ?? ID;
  const ask = (anonymous = false) => {
    polls.draft.setQuestion("Lunch?");
    for (const [index, text] of ["yes", "no"].entries()) polls.draft.setOption(index, text);
    polls.draft.setAnonymous(anonymous);
    polls.ask();
    return row().key;
  };
  const row = (): PollRow => {
    const [first] = polls.rows.value;
    if (first === undefined) throw new Error("no poll");
    return first;
  };
  const counts = () => row().options.map(({ count }) => count);
  const sent = () =>
    room.sent.flatMap(({ body, to }) => {
      const word = decodePoll(body);
      return word === undefined ? [] : [{ ...word, to }];
    });
  const toasts = () => notices.toasts.value.map(({ text }) => text);
  return { room, clock, ana, ben, polls, hear, vote, ask, row, counts, sent, toasts };
}

describe("asking", () => {
  test("needs a question and two different answers", () => {
    const { polls, sent } = setUp();
    const { draft } = polls;
    expect([polls.ask(), draft.lack.value]).toEqual([false, "question"]);
    draft.setQuestion("Lunch?");
    draft.setOption(0, "yes");
    expect(draft.lack.value).toBe("options");
    draft.setOption(1, "yes\u202e");
    expect(draft.lack.value).toBe("same");
    draft.setOption(1, "no");
    expect(draft.options.value).toEqual(["yes", "no", ""]);
    expect([polls.ask(), sent().length, draft.question.value]).toEqual([true, 1, ""]);
  });

  test("is told to the others, who count it as new until they look", () => {
    const { polls, ana, hear, toasts } = setUp();
    hear(ana.id, open());
    hear(ana.id, open());
    expect([polls.unseen.value, toasts()]).toEqual([1, ["Ana asks: Lunch?"]]);
    polls.setSeen(true);
    hear(ana.id, open({ id: "another-poll-abc" }));
    expect(polls.unseen.value).toBe(0);
    expect(polls.rows.value).toHaveLength(2);
  });

  test("too much is not listened to", () => {
    const { polls, ana, hear } = setUp();
    for (let i = 0; i < 50; i++) hear(ana.id, open({ id: `poll-${i}`.padEnd(16, "x") }));
    expect(polls.rows.value).toHaveLength(OPEN_POLLS_MAX);
  });
});

describe("a poll with names", () => {
  test("shows at once who chose what, and the newest choice only", () => {
    const { ana, ben, hear, vote, row, counts } = setUp();
    hear(ana.id, open());
    vote(ben.id, ana.id, [0], 1);
    vote(ana.id, ana.id, [1], 1);
    vote(ben.id, ana.id, [2], 3);
    vote(ben.id, ana.id, [1], 2);
    expect([counts(), row().voters]).toEqual([[0, 1, 1], 2]);
    expect(row().options[2]).toMatchObject({ voters: ["Ben"], share: 0.5 });
  });

  test("takes one choice, and none that is not there", () => {
    const { ana, ben, hear, vote, counts } = setUp();
    hear(ana.id, open());
    vote(ben.id, ana.id, [0, 1], 1);
    vote(ben.id, ana.id, [7], 2);
    vote(ben.id, ana.id, [0], 3, true);
    expect(counts()).toEqual([0, 0, 0]);
  });

  test("is voted in by a press, changed by another, and withdrawn by the same", () => {
    const { polls, ana, hear, row, sent, counts } = setUp();
    hear(ana.id, open());
    for (const option of [1, 0, 0]) polls.choose(row().key, option);
    expect(sent()).toMatchObject([
      { type: "vote", choices: [1], author: `w${ana.id}`, to: undefined },
      { choices: [0] },
      { choices: [] },
    ]);
    expect([counts(), row().voters]).toEqual([[0, 0, 0], 0]);
  });

  test("with several answers keeps them together", () => {
    const { polls, ana, hear, row, counts } = setUp();
    hear(ana.id, open({ multiple: true }));
    for (const option of [2, 0, 1, 0]) polls.choose(row().key, option);
    expect(counts()).toEqual([0, 1, 1]);
  });

  test("is closed by its author and by nobody else", () => {
    const { polls, ana, ben, hear, row, sent, vote, counts } = setUp();
    hear(ana.id, open());
    hear(ben.id, { type: "close", id: ID });
    hear(ana.id, { type: "close", id: ID }, true);
    polls.close(row().key);
    expect([row().over, sent()]).toEqual([undefined, []]);
    hear(ana.id, { type: "close", id: ID });
    expect(row().over).toBe("closed");
    vote(ben.id, ana.id, [0], 1);
    polls.choose(row().key, 0);
    expect([counts(), sent()]).toEqual([[0, 0, 0], []]);
  });

  test("two with the same id stay apart", () => {
    const { polls, ana, ben, hear, vote } = setUp();
    hear(ana.id, open());
    hear(ben.id, open({ question: "Mine?" }));
    vote(ben.id, ana.id, [0], 1);
    expect(polls.rows.value.map(({ question, voters }) => [question, voters])).toEqual([
      ["Mine?", 0],
      ["Lunch?", 1],
    ]);
  });

  test("is over when its author leaves", () => {
    const { room, polls, ana, hear, row, sent } = setUp();
    hear(ana.id, open());
    room.removeParticipant(ana.id);
    expect(row().over).toBe("author-left");
    polls.choose(row().key, 0);
    expect(sent()).toEqual([]);
  });
});

describe("an anonymous poll", () => {
  test("of somebody else: the ballot goes to the author alone, the counts come from there", () => {
    const { polls, ana, ben, hear, row, sent, counts } = setUp();
    hear(ana.id, open({ anonymous: true }));
    polls.choose(row().key, 1);
    expect(sent()).toMatchObject([{ type: "vote", choices: [1], to: ana.id }]);
    expect([row().options[1]?.chosen, counts()]).toEqual([true, [0, 0, 0]]);
    const tell = (from: number, voters: number, revision: number, count = [0, voters, 0]) =>
      hear(from, { type: "counts", id: ID, counts: count, voters, revision });
    tell(ben.id, 9, 9);
    tell(ana.id, 3, 2);
    tell(ana.id, 2, 1);
    tell(ana.id, 3, 5, [1, 2]);
    expect([counts(), row().voters]).toEqual([[0, 3, 0], 3]);
    expect(row().options[1]?.voters).toEqual([]);
  });

  test("of this person: secret ballots are counted, told without names, and at the end at once", () => {
    const { polls, clock, ana, ben, vote, ask, row, sent, counts } = setUp();
    const key = ask(true);
    const own = Number(key.split(" ")[0]?.slice(1));
    vote(ana.id, own, [0], 1, true);
    vote(ben.id, own, [0], 1, true);
    // Not secret: everybody has read it, so it is not taken for a secret one.
    vote(ben.id, own, [1], 2, false);
    polls.choose(key, 1);
    expect([counts(), row().options[0]?.voters]).toEqual([
      [2, 1],
      ["Ana", "Ben"],
    ]);
    expect(sent().filter(({ type }) => type !== "open")).toEqual([]);
    clock.advance(1000);
    const told = sent().at(-1);
    expect(told).toMatchObject({ type: "counts", counts: [2, 1], voters: 3, to: undefined });
    vote(ana.id, own, [1], 2, true);
    polls.close(key);
    expect(sent().slice(-2)).toMatchObject([{ type: "counts", counts: [1, 2] }, { type: "close" }]);
    clock.advance(5000);
    expect(sent().at(-1)?.type).toBe("close");
  });
});

describe("newcomers", () => {
  test("are told by the author, once for all who come together", () => {
    const { room, clock, ana, vote, ask, sent } = setUp();
    const own = Number(ask().split(" ")[0]?.slice(1));
    vote(ana.id, own, [1], 1);
    const before = sent().length;
    room.addParticipant("Cleo");
    room.addParticipant("Dan");
    clock.advance(2000);
    expect(sent().slice(before)).toMatchObject([
      { type: "open", again: true, to: undefined },
      { type: "ballots", ballots: [{ voter: `w${ana.id}`, choices: [1] }] },
    ]);
  });

  test("have the votes by the author's word, and each vote that they hear themselves", () => {
    const { ana, ben, hear, vote, counts, row } = setUp();
    hear(ana.id, open({ again: true }));
    const ballots = [`w${ben.id}`, "gone", `w${ana.id}`].map((voter, i) => ({
      ...{ voter, choices: [i % 2], revision: 4 },
    }));
    hear(ana.id, { type: "ballots", id: ID, ballots });
    hear(ben.id, { type: "ballots", id: ID, ballots: [{ voter: "x", choices: [2], revision: 1 }] });
    expect([counts(), row().again]).toEqual([[2, 1, 0], true]);
    expect(row().options[0]?.voters).toEqual(["Ben", "Ana"]);
    vote(ben.id, ana.id, [2], 5);
    expect(counts()).toEqual([1, 1, 1]);
  });

  test("whoever was there from the beginning takes no votes from the author's word", () => {
    const { ana, hear, counts } = setUp();
    hear(ana.id, open());
    hear(ana.id, open({ again: true }));
    const stuffed = ["a", "b", "c"].map((voter) => ({ voter, choices: [0], revision: 1 }));
    hear(ana.id, { type: "ballots", id: ID, ballots: stuffed });
    expect(counts()).toEqual([0, 0, 0]);
  });
});
