import type { Room } from "@conclave/sdk";
import { t } from "../messages/messages.ts";
import { cell, derived, type Readable } from "./cells.ts";
import type { Notices } from "./notices.ts";

export interface LobbyLine {
  readonly text: string;
  /** By somebody who moderates; else by whoever waits. */
  readonly fromHost: boolean;
}

export interface WaitingRow {
  readonly number: number;
  readonly name: string;
  readonly lines: readonly LobbyLine[];
}

/** Who waits to be let in, for those who may decide; the server decides who those are. */
export interface Lobby {
  readonly people: Readable<readonly WaitingRow[]>;
  admit(number: number): void;
  admitAll(): void;
  deny(number: number): void;
  say(number: number, text: string): void;
  stop(): void;
}

/** Of one conversation; older lines go. */
const LINES_MAX = 50;

export function createLobby(room: Room, notices: Notices): Lobby {
  const waiting = cell(room.lobby);
  const lines = cell<ReadonlyMap<number, readonly LobbyLine[]>>(new Map());
  const stops = [
    room.on("lobby", (people) => {
      const known = new Set(waiting.peek().map(({ number }) => number));
      waiting.value = people;
      const here = new Set(people.map(({ number }) => number));
      lines.value = new Map([...lines.peek()].filter(([number]) => here.has(number)));
      const newest = people.findLast(({ number }) => !known.has(number));
      if (newest === undefined) return;
      notices.show(t("lobby.knocks", { name: nameOf(newest.name) }), { topic: "arrivals" });
    }),
    room.on("lobbyWord", ({ number, text, fromHost }) => {
      const person = waiting.peek().find((one) => one.number === number);
      if (person === undefined) return;
      const before = lines.peek().get(number) ?? [];
      const all = [...before, { text, fromHost }].slice(-LINES_MAX);
      lines.value = new Map([...lines.peek(), [number, all]]);
      if (fromHost) return;
      const name = nameOf(person.name);
      notices.show(t("lobby.says", { name, text }), { topic: "chat" });
    }),
  ];
  return {
    people: derived(() =>
      waiting.value.map(({ number, name }) => ({
        number,
        name: nameOf(name),
        lines: lines.value.get(number) ?? [],
      })),
    ),
    admit: (number) => room.moderate({ type: "admit", waiting: [number] }),
    admitAll: () => room.moderate({ type: "admit", waiting: "all" }),
    deny: (number) => room.moderate({ type: "deny", waiting: [number] }),
    say(number, text) {
      if (text.trim() !== "") room.sayToWaiting(number, text.trim());
    },
    stop() {
      for (const stop of stops) stop();
    },
  };
}

function nameOf(name: string | undefined): string {
  return name === undefined ? t("lobby.oldLink") : name || t("person.guest");
}
