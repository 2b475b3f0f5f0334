import { FakeRoom } from "@conclave/sdk/testing";
import { expect, test } from "vitest";
import { CHAT_LINES_MAX, CHAT_TEXT_MAX, createChat } from "./chat.ts";
import { splitLinks } from "./links.ts";

function setUp() {
  let nowMs = 0;
  const room = new FakeRoom({ displayName: "Me", now: () => nowMs });
  const ana = room.addParticipant("Ana");
  const ben = room.addParticipant("Ben");
  const chat = createChat(room);
  const wait = (ms: number) => {
    nowMs += ms;
  };
  const texts = () =>
    chat.groups.value.map(({ name, lines }) => [
      name,
      ...lines.map(({ pieces }) => pieces.map(({ text }) => text).join("")),
    ]);
  return { room, ana, ben, chat, wait, texts };
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

test("unread counts others' messages while the panel is closed", () => {
  const { room, ana, chat } = setUp();
  const told: string[] = [];
  chat.onUnread((message, name) => told.push(`${name}: ${message.text}`));
  room.receiveChat(ana.id, "hello");
  room.sendChat("mine");
  expect(chat.unread.value).toBe(1);
  chat.setOpen(true);
  expect(chat.unread.value).toBe(0);
  room.receiveChat(ana.id, "seen at once");
  expect(chat.unread.value).toBe(0);
  expect(told).toEqual(["Ana: hello"]);
});

test("sending trims, empties the draft, and never sends nothing", () => {
  const { room, chat } = setUp();
  chat.setDraft("   ");
  expect(chat.canSend.value).toBe(false);
  chat.send();
  chat.setDraft("  hi  ");
  expect(chat.canSend.value).toBe(true);
  chat.send();
  expect(room.sentChat).toEqual([{ text: "hi", to: [] }]);
  expect(chat.draft.value).toBe("");
  chat.setDraft("x".repeat(CHAT_TEXT_MAX + 1));
  expect(chat.draft.value).toHaveLength(CHAT_TEXT_MAX);
});

test("a long meeting forgets its oldest lines", () => {
  const { room, ana, chat } = setUp();
  for (let i = 0; i < CHAT_LINES_MAX + 20; i++) room.receiveChat(ana.id, `line ${i}`);
  const lines = chat.groups.value.flatMap((group) => group.lines);
  expect(lines).toHaveLength(CHAT_LINES_MAX);
  expect(lines[0]?.pieces).toEqual([{ text: "line 20" }]);
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
