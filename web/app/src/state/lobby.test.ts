import { FakeRoom } from "@conclave/sdk/testing";
import { expect, test } from "vitest";
import { createLobby } from "./lobby.ts";
import { createNotices } from "./notices.ts";
import { FakeClock } from "./testing/fakeClock.ts";

function setUp() {
  const room = new FakeRoom();
  const notices = createNotices(new FakeClock());
  const lobby = createLobby(room, notices);
  return { room, lobby, toasts: () => notices.toasts.value.map(({ text }) => text) };
}

test("whoever knocks is announced, and shown until somebody has decided", () => {
  const { room, lobby, toasts } = setUp();
  room.setLobby([{ number: 4, name: "Eve" }]);
  expect(toasts()).toEqual(["Eve would like to come in"]);
  expect(lobby.people.value).toEqual([{ number: 4, name: "Eve", lines: [] }]);
  lobby.admit(4);
  expect(room.acts).toEqual([{ type: "admit", waiting: [4] }]);
  expect(lobby.people.value).toEqual([]);
});

test("who has no name is a guest, and an old link is said to be one", () => {
  const { room, lobby } = setUp();
  room.setLobby([
    { number: 4, name: "" },
    { number: 5, name: undefined },
  ]);
  expect(lobby.people.value.map(({ name }) => name)).toEqual([
    "Guest",
    "Somebody with an old link",
  ]);
});

test("what is said at the door stays with whoever waits there, and goes with them", () => {
  const { room, lobby, toasts } = setUp();
  room.setLobby([{ number: 4, name: "Eve" }]);
  room.receiveLobbyWord(4, "it is me");
  room.receiveLobbyWord(9, "nobody");
  lobby.say(4, " one moment ");
  lobby.say(4, "  ");
  expect(lobby.people.value[0]?.lines).toEqual([
    { text: "it is me", fromHost: false },
    { text: "one moment", fromHost: true },
  ]);
  expect(toasts()).toContain("Eve, in the lobby: it is me");
  room.setLobby([]);
  room.setLobby([{ number: 4, name: "Eve" }]);
  expect(lobby.people.value[0]?.lines).toEqual([]);
});
