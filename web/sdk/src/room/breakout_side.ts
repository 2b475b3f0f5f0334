import type { ClientBody, Breakouts as WireBreakouts } from "../protocol/index.ts";
import type { LobbySeal } from "./lobby_seal.ts";
import type { Breakouts } from "./types.ts";

/** Below what the server carries, seal and padding included. */
export const BREAKOUT_NAME_MAX = 60;
/** What is sealed under it is a breakout room's name and nothing else. */
const LABEL = "breakout";

export interface BreakoutEvents {
  readonly now: () => number;
  readonly send: (body: ClientBody) => void;
  readonly onChanged: (breakouts: Breakouts | undefined) => void;
}

/** The breakout rooms as the server tells them, with names that the server may not be able to read. */
export class BreakoutSide {
  readonly #seal: LobbySeal;
  readonly #events: BreakoutEvents;
  #breakouts: Breakouts | undefined;
  /** Of what was told last: names are opened one after the other. */
  #told = 0;

  constructor(seal: LobbySeal, events: BreakoutEvents) {
    this.#seal = seal;
    this.#events = events;
  }

  get breakouts(): Breakouts | undefined {
    return this.#breakouts;
  }

  async onTold(wire: WireBreakouts | undefined): Promise<void> {
    const told = ++this.#told;
    if (wire?.open !== true) {
      if (this.#breakouts !== undefined) this.#change(undefined);
      return;
    }
    const { choose, mayReturn, remainingMs } = wire;
    const endsAt = remainingMs === 0 ? undefined : this.#events.now() + remainingMs;
    const names = await Promise.all(wire.names.map((name) => this.#open(name)));
    if (told === this.#told) this.#change({ names, choose, mayReturn, endsAt });
  }

  sealed(names: readonly string[]): Promise<Uint8Array[]> {
    return Promise.all(names.map((name) => this.#seal.seal(LABEL, cut(name))));
  }

  go(breakout: number): void {
    this.#events.send({ $case: "goToBreakout", value: { breakout } });
  }

  askForHelp(wanted: boolean): void {
    this.#events.send({ $case: "askForHelp", value: { wanted } });
  }

  /** Empty for what cannot be read: the link was replaced, or somebody writes nonsense. */
  async #open(name: Uint8Array): Promise<string> {
    return cut((await this.#seal.open(LABEL, name)) ?? "");
  }

  #change(breakouts: Breakouts | undefined): void {
    this.#breakouts = breakouts;
    this.#events.onChanged(breakouts);
  }
}

/** One line, short, and without what reorders the text around it. */
function cut(name: string): string {
  return [
    ...name
      .normalize("NFC")
      .replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, " ")
      .trim(),
  ]
    .slice(0, BREAKOUT_NAME_MAX)
    .join("");
}
