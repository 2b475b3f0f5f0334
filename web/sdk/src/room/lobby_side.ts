import type { ClientBody, LobbyDelta, LobbyMessage } from "../protocol/index.ts";
import { normalizeDisplayName } from "../session/profile.ts";
import { applyLobby, type Knock } from "../session/waiting_list.ts";
import type { LobbySeal } from "./lobby_seal.ts";
import type { LobbyWord, WaitingPerson, WaitingRoom } from "./types.ts";

/** Below what the server carries, seal and padding included. */
const WORDS_MAX = 500;

export interface LobbyEvents {
  /** To be sent at once or not at all. */
  readonly send: (body: ClientBody) => void;
  /** Who waits now, for those who decide. */
  readonly onPeople: (people: readonly WaitingPerson[]) => void;
  readonly onWord: (word: LobbyWord) => void;
}

/** Both sides of the door: who knocks here, and what this client says while it waits itself. */
export class LobbySide {
  readonly #seal: LobbySeal;
  readonly #events: LobbyEvents;
  readonly #names = new Map<number, string | undefined>();
  #knocks: readonly Knock[] = [];
  /** This client's own number, while it waits. */
  #number: number | undefined;
  #heard: ((text: string) => void) | undefined;

  constructor(seal: LobbySeal, events: LobbyEvents) {
    this.#seal = seal;
    this.#events = events;
  }

  get people(): readonly WaitingPerson[] {
    return this.#knocks
      .filter(({ number }) => this.#names.has(number))
      .map(({ number }) => ({ number, name: this.#names.get(number) }));
  }

  /** What this client shows when it joins. */
  knock(name: string): Promise<Uint8Array> {
    return this.#seal.seal("knock", name);
  }

  async onDelta(delta: LobbyDelta): Promise<void> {
    this.#knocks = applyLobby(this.#knocks, delta);
    for (const { number, knock } of delta.came) {
      const name = await this.#seal.open("knock", knock);
      this.#names.set(number, name === undefined ? undefined : normalizeDisplayName(name));
    }
    for (const number of this.#names.keys()) {
      if (!this.#knocks.some((one) => one.number === number)) this.#names.delete(number);
    }
    this.#events.onPeople(this.people);
  }

  async onMessage({ waiting, payload, sender }: LobbyMessage): Promise<void> {
    const isOwn = this.#number === waiting;
    const text = await this.#seal.open(label(waiting, sender !== 0), payload);
    if (text === undefined || text === "") return;
    if (isOwn && sender !== 0) this.#heard?.(text);
    else if (!isOwn) this.#events.onWord({ number: waiting, text, fromHost: sender !== 0 });
  }

  /** This client waits from now on. */
  wait(number: number): WaitingRoom {
    this.#number = number;
    return {
      say: (text) => void this.#say(number, text, false),
      onWord: (listener) => {
        this.#heard = listener;
      },
    };
  }

  /** To somebody who waits. */
  sayTo(number: number, text: string): void {
    void this.#say(number, text, true);
    this.#events.onWord({ number, text: cut(text), fromHost: true });
  }

  async #say(waiting: number, text: string, fromHost: boolean): Promise<void> {
    const payload = await this.#seal.seal(label(waiting, fromHost), cut(text));
    this.#events.send({ $case: "lobbyMessage", value: { waiting, payload } });
  }
}

function cut(text: string): string {
  return [...text].slice(0, WORDS_MAX).join("");
}

/** So that nothing is taken for what the other side said, or for another conversation's. */
function label(waiting: number, fromHost: boolean): string {
  return `${fromHost ? "out" : "in"}/${waiting}`;
}
