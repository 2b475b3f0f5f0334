import { ConclaveError, type Encryption } from "@conclave/sdk";
import { CHAT_TEXT_MAX, decodeChat } from "@conclave/sdk/messages";
import { FakeRoom } from "@conclave/sdk/testing";
import { describe, expect, test } from "vitest";
import { createChat } from "./chat.ts";
import { splitLinks } from "./links.ts";

const SEALED: Encryption = {
  ...{ state: "sealed", people: 3, epoch: 1 },
  ...{ locked: false, moderates: false, direct: false },
};

function setUp(encryption?: Encryption) {
  let nowMs = 0;
  let ids = 0;
  const room = new FakeRoom({
    displayName: "Me",
    now: () => nowMs,
    ...(encryption && { encryption }),
  });
  const ana = room.addParticipant("Ana");
  const ben = room.addParticipant("Ben");
  const newId = () => `mine${String(ids++).padStart(12, "0")}`;
  const chat = createChat(room, { now: () => nowMs, newId });
  const wait = (ms: number) => {
    nowMs += ms;
  };
  const texts = () =>
    chat.groups.value.map(({ name, lines }) => [
      name,
      ...lines.map(({ pieces }) => pieces.map(({ text }) => text).join("")),
    ]);
  /** What went out, and to whom. */
  const sent = () =>
    room.sent.flatMap(({ body, to }) => {
      const word = decodeChat(body);
      return word === undefined ? [] : [{ ...word, to }];
    });
  const write = (text: string) => {
    chat.compose.setDraft(text);
    chat.send();
  };
  const keys = () => chat.groups.value.flatMap(({ lines }) => lines.map(({ key }) => key));
  const key = (index: number) => keys()[index] ?? 0;
  return { room, ana, ben, chat, wait, texts, sent, write, key };
}

test("lines of one person stand together until somebody else writes or time passes", () => {
  const { room, ana, ben, wait, texts } = setUp();
  room.receiveChat(ana.id, "one");
  room.receiveChat(ana.id, "two");
  room.receiveChat(ben.id, "three");
  room.receiveChat(ana.id, "four");
  wait(121_000);
  room.receiveChat(ana.id, "five");
  expect(texts()).toEqual([
    ["Ana", "one", "two"],
    ["Ben", "three"],
    ["Ana", "four"],
    ["Ana", "five"],
  ]);
});

test("the name of who has left stays on what they wrote", () => {
  const { room, ana, texts } = setUp();
  room.receiveChat(ana.id, "bye");
  room.removeParticipant(ana.id);
  expect(texts()).toEqual([["Ana", "bye"]]);
});

test("unread counts others' messages while the panel is closed, and no changes of them", () => {
  const { room, ana, chat, write } = setUp();
  const told: string[] = [];
  chat.onUnread(({ name, text }) => void told.push(`${name}: ${text}`));
  const id = room.receiveChat(ana.id, "hello");
  room.receiveWord(ana.id, { type: "edit", id, text: "hello!", revision: 1 });
  write("mine");
  expect(chat.unread.value).toBe(1);
  chat.setOpen(true);
  expect(chat.unread.value).toBe(0);
  room.receiveChat(ana.id, "seen at once");
  expect(chat.unread.value).toBe(0);
  expect(told).toEqual(["Ana: hello"]);
});

test("what is no word of a conversation is not shown", () => {
  const { room, ana, chat } = setUp();
  room.receive(ana.id, "chat", new TextEncoder().encode('{"t":"no id"}'));
  room.receive(ana.id, "chat", new Uint8Array(20_000));
  expect([chat.groups.value, chat.unread.value]).toEqual([[], 0]);
});

describe("writing", () => {
  test("trims, empties the draft, and never sends nothing", () => {
    const { chat, sent, write, texts } = setUp();
    write("   ");
    expect(chat.canSend.value).toBe(false);
    write("  hi  ");
    expect(sent()).toMatchObject([{ type: "say", text: "hi", to: undefined }]);
    expect(texts()).toEqual([["Me", "hi"]]);
    expect(chat.compose.draft.value).toBe("");
    chat.compose.setDraft("x".repeat(CHAT_TEXT_MAX + 1));
    expect(chat.compose.draft.value).toHaveLength(CHAT_TEXT_MAX);
  });

  test("an answer names what it answers, and shows it", () => {
    const { room, ana, chat, sent, write, key } = setUp();
    const id = room.receiveChat(ana.id, "lunch\nat one?");
    chat.reply(key(0));
    write("yes");
    expect(sent()).toMatchObject([{ type: "say", text: "yes", replyTo: id }]);
    const [, own] = chat.groups.value;
    expect(own?.lines[0]?.quote).toMatchObject({ name: "Ana", text: "lunch at one?" });
    expect(chat.compose.mode.value.kind).toBe("new");
  });

  test("an answer to what this person never got says so", () => {
    const { room, ana, chat } = setUp();
    room.receiveChat(ana.id, "I agree", "0123456789abcdef");
    expect(chat.groups.value[0]?.lines[0]?.quote).toMatchObject({ key: undefined });
  });

  test("one's own words are changed and taken back; others' are not", () => {
    const { room, ana, chat, sent, write, key, texts } = setUp();
    room.receiveChat(ana.id, "theirs");
    write("helo");
    chat.edit(key(0));
    chat.delete(key(0));
    expect(chat.compose.mode.value.kind).toBe("new");
    chat.compose.setDraft("half a");
    chat.editLast();
    expect(chat.compose.draft.value).toBe("helo");
    write("hello");
    expect(chat.compose.draft.value).toBe("half a");
    chat.edit(key(1));
    write("hello!");
    chat.delete(key(1));
    const words = sent().map((word) => [word.type, "revision" in word ? word.revision : 0]);
    expect(words).toEqual([
      ["say", 0],
      ["edit", 1],
      ["edit", 2],
      ["delete", 0],
    ]);
    expect(new Set(sent().map(({ id }) => id)).size).toBe(1);
    expect(texts()).toEqual([
      ["Ana", "theirs"],
      ["Me", ""],
    ]);
    expect(chat.groups.value[1]?.lines[0]?.deleted).toBe(true);
  });

  test("a change that is called off leaves everything as it was", () => {
    const { chat, write, sent, texts } = setUp();
    write("fine");
    chat.editLast();
    chat.compose.setDraft("worse");
    chat.compose.cancel();
    expect([chat.compose.draft.value, texts(), sent().length]).toEqual(["", [["Me", "fine"]], 1]);
  });

  test("what was not sent is still there, and why is told", () => {
    const { room, chat, write, texts } = setUp();
    const why: string[] = [];
    chat.onFailed((code) => void why.push(code));
    room.send = () => {
      throw new ConclaveError("person-gone", "gone");
    };
    write("hello?");
    expect([why, chat.compose.draft.value, texts()]).toEqual([["person-gone"], "hello?", []]);
  });
});

describe("a private message", () => {
  test("goes to one person, and so do its changes", () => {
    const { chat, ben, sent, write, key } = setUp();
    chat.compose.setTo(ben.id);
    write("psst");
    chat.compose.setTo(undefined);
    chat.edit(key(0));
    write("psst!");
    chat.delete(key(0));
    write("to all");
    expect(sent().map(({ type, to }) => [type, to])).toEqual([
      ["say", ben.id],
      ["edit", ben.id],
      ["delete", ben.id],
      ["say", undefined],
    ]);
    expect(chat.groups.value.map(({ privateWith }) => privateWith?.name)).toEqual([
      "Ben",
      undefined,
    ]);
  });

  test("is answered to its author alone", () => {
    const { room, ana, ben, chat, sent, write, key } = setUp();
    room.receiveChat(ana.id, "between us", undefined, true);
    room.receiveChat(ben.id, "to all");
    expect(chat.groups.value[0]?.privateWith?.name).toBe("Ana");
    chat.reply(key(0));
    write("yes");
    chat.reply(key(0));
    // Whoever takes another addressee does not tell them what was between two.
    chat.compose.setTo(undefined);
    write("hello all");
    expect(sent()).toMatchObject([
      { text: "yes", to: ana.id },
      { text: "hello all", to: undefined, replyTo: undefined },
    ]);
  });

  test("never goes to all because its addressee has left", () => {
    const { room, ben, chat, sent, write } = setUp();
    chat.compose.setTo(ben.id);
    chat.compose.setDraft("for Ben only");
    room.removeParticipant(ben.id);
    expect([chat.compose.recipientGone.value, chat.canSend.value]).toEqual([true, false]);
    chat.send();
    expect(sent()).toEqual([]);
    expect(chat.compose.people.value.map(({ name }) => name)).toEqual(["Ana", "Ben"]);
    room.addParticipant("Ben");
    expect(chat.canSend.value).toBe(false);
    chat.compose.setTo(undefined);
    write("for all");
    expect(sent()).toMatchObject([{ text: "for all", to: undefined }]);
  });
});

describe("in an encrypted meeting", () => {
  test("nothing is sent without keys", () => {
    const { room, chat, sent, write } = setUp(SEALED);
    room.setEncryption({ ...SEALED, state: "mending", people: 0 });
    write("hello?");
    expect([chat.waiting.value, chat.canSend.value, sent()]).toEqual([true, false, []]);
    expect(chat.compose.draft.value).toBe("hello?");
    room.setEncryption(SEALED);
    chat.send();
    expect(sent()).toMatchObject([{ text: "hello?" }]);
  });

  test("what was said before new keys cannot be changed: to the others it is somebody else's", () => {
    const { room, chat, write, key } = setUp(SEALED);
    write("before");
    expect(chat.canChange(key(0))).toBe(true);
    chat.edit(key(0));
    room.setEncryption({ ...SEALED, state: "mending", people: 0 });
    expect([chat.canChange(key(0)), chat.compose.mode.value.kind]).toEqual([false, "new"]);
    room.setEncryption(SEALED);
    write("after");
    expect([chat.canChange(key(0)), chat.canChange(key(1))]).toEqual([false, true]);
  });
});

test("web addresses become links, and nothing else does", () => {
  expect(splitLinks("see https://a.example/x?y=1, or not")).toEqual([
    { text: "see " },
    { text: "https://a.example/x?y=1", href: "https://a.example/x?y=1" },
    { text: ", or not" },
  ]);
  expect(splitLinks("(http://a.example).")).toEqual([
    { text: "(" },
    { text: "http://a.example", href: "http://a.example/" },
    { text: ")." },
  ]);
  for (const text of ["javascript:alert(1)", "data:text/html,x", "<b>bold</b>", "https://", ""]) {
    expect(splitLinks(text).filter((piece) => "href" in piece)).toEqual([]);
  }
});

test.each([
  ["another name in front", "https://bank.example@evil.example/"],
  ["a name and password", "see https://user:pass@evil.example"],
])("an address with %s is left as text", (_, text) => {
  expect(splitLinks(text)).toEqual([{ text }]);
});
