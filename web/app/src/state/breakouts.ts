import type { Breakouts, ParticipantId, Room } from "@conclave/sdk";
import { normalizeChatText } from "@conclave/sdk/messages";
import { t } from "../messages/messages.ts";
import { cell, type Readable } from "./cells.ts";
import type { Clock } from "./clock.ts";
import type { Notices } from "./notices.ts";

/** Somebody in a breakout room who asked for those who moderate. */
export interface HelpWanted {
  readonly id: ParticipantId;
  readonly name: string;
  readonly breakout: number;
}

/** What a host said to all rooms. */
export interface WordToAll {
  readonly name: string;
  readonly text: string;
}

/** The breakout rooms as this person sees them; the server decides who may go where. */
export interface BreakoutRooms {
  readonly open: Readable<Breakouts | undefined>;
  /** 0: the main room. */
  readonly own: Readable<number>;
  /** "4:59"; undefined: they do not end by themselves. */
  readonly timeLeft: Readable<string | undefined>;
  readonly help: Readable<readonly HelpWanted[]>;
  readonly asksForHelp: Readable<boolean>;
  readonly word: Readable<WordToAll | undefined>;
  /** Whether what those who moderate do with them is shown. */
  readonly sheetShown: Readable<boolean>;
  setSheetShown(shown: boolean): void;
  nameOf(breakout: number): string;
  go(breakout: number): void;
  askForHelp(wanted: boolean): void;
  /** For those who moderate. */
  sayToAll(text: string): void;
  dismissWord(): void;
  stop(): void;
}

const TICK_MS = 1000;

export function createBreakouts(room: Room, clock: Clock, notices: Notices): BreakoutRooms {
  const open = cell(room.breakouts);
  const own = cell(0);
  const timeLeft = cell<string | undefined>(undefined);
  const help = cell<readonly HelpWanted[]>([]);
  const asksForHelp = cell(false);
  const word = cell<WordToAll | undefined>(undefined);
  const sheetShown = cell(false);
  let cancelTick: (() => void) | undefined;

  const nameOf = (breakout: number) =>
    breakout === 0
      ? t("breakout.main")
      : open.peek()?.names[breakout - 1] || t("breakout.room", { number: breakout });

  const tick = () => {
    cancelTick?.();
    const endsAt = open.peek()?.endsAt;
    timeLeft.value = endsAt === undefined ? undefined : clockTime(endsAt - clock.now());
    cancelTick = endsAt === undefined ? undefined : clock.after(TICK_MS, tick);
  };

  const followRoster = () => {
    const people = [...room.participants.values()];
    const asking = people.filter((one) => one.wantsHelp === true && !one.isLocal);
    const known = new Set(help.peek().map(({ id }) => id));
    help.value = asking.map(({ id, profile, breakout = 0 }) => ({
      ...{ id, breakout },
      name: profile.displayName || t("person.guest"),
    }));
    for (const one of help.peek()) if (!known.has(one.id)) tellHelp(one);
    const self = room.participants.get(room.localId);
    asksForHelp.value = self?.wantsHelp === true;
    const { breakout = 0 } = self ?? {};
    if (breakout === own.peek()) return;
    own.value = breakout;
    notices.show(
      breakout === 0 ? t("breakout.back") : t("breakout.youAreIn", { room: nameOf(breakout) }),
    );
  };

  const tellHelp = ({ name, breakout }: HelpWanted) => {
    const role = room.participants.get(room.localId)?.role;
    if (role !== "host" && role !== "co-host") return;
    notices.say(t("breakout.helpAsked", { name, room: nameOf(breakout) }));
  };

  const stops = [
    room.on("breakouts", ({ breakouts }) => {
      const opens = open.peek() === undefined && breakouts !== undefined;
      open.value = breakouts;
      if (opens) notices.say(t("breakout.opened"));
      if (breakouts === undefined) sheetShown.value = false;
      tick();
    }),
    room.on("roster", followRoster),
    room.on("message", ({ kind, from, body }) => {
      if (kind !== "broadcast") return;
      const text = normalizeChatText(new TextDecoder().decode(body));
      const name = room.participants.get(from)?.profile.displayName || t("person.guest");
      if (text === "") return;
      word.value = { name, text };
      notices.say(t("breakout.toAll", { name, text }));
    }),
  ];
  tick();
  followRoster();

  return {
    ...{ open, own, timeLeft, help, asksForHelp, word, sheetShown, nameOf },
    setSheetShown(shown) {
      sheetShown.value = shown;
    },
    go: (breakout) => room.goToBreakout(breakout),
    askForHelp: (wanted) => room.askForHelp(wanted),
    sayToAll(text) {
      const said = normalizeChatText(text);
      if (said !== "") room.send("broadcast", new TextEncoder().encode(said));
    },
    dismissWord() {
      word.value = undefined;
    },
    stop() {
      for (const stop of stops) stop();
      cancelTick?.();
    },
  };
}

function clockTime(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
