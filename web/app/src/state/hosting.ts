import {
  moderates,
  type ParticipantId,
  type ReservableMessage,
  type Role,
  type Room,
  type RoomRules,
  type SourceKind,
} from "@conclave/sdk";
import { t } from "../messages/messages.ts";
import { type Cell, cell, type Readable } from "./cells.ts";
import type { LocalMedia } from "./localMedia.ts";
import type { Notices } from "./notices.ts";
import type { DeviceKind } from "./ports.ts";

/** What people turn on and off: a screen is its picture and its sound. */
export type Sendable = DeviceKind | "screen";

export interface Asked {
  readonly kind: DeviceKind;
  /** Of whoever asks. */
  readonly name: string;
}

/** What this person may do here, and what others do to them; what they may do to others is in hostActs.ts. */
export interface Hosting {
  readonly room: Room;
  readonly role: Readable<Role>;
  readonly moderates: Readable<boolean>;
  readonly rules: Readable<RoomRules>;
  /** Somebody who moderates would like this person to turn something on. */
  readonly asked: Readable<Asked | undefined>;
  /** Whether what a host sets and does for all is shown. */
  readonly sheetShown: Readable<boolean>;
  setSheetShown(shown: boolean): void;
  /** Whether this person may say it to all, or to that one. */
  maySay(message: ReservableMessage, to?: ParticipantId): boolean;
  /** Turns on what was asked for, or does not. */
  answer(yes: boolean): void;
  /** Whether this person may show or say something; tells them where they may not. */
  maySend(kind: Sendable): boolean;
  stop(): void;
}

export interface HostingContext {
  readonly room: Room;
  readonly local: LocalMedia;
  readonly notices: Notices;
  /** Ends what this person shows of a screen. */
  readonly stopShare: () => void;
}

const DEVICES: readonly DeviceKind[] = ["microphone", "camera"];

export function createHosting(context: HostingContext): Hosting {
  return new HostingModel(context);
}

export function sourcesOf(kind: Sendable): readonly SourceKind[] {
  return kind === "screen" ? ["screen-video", "screen-audio"] : [kind];
}

class HostingModel implements Hosting {
  readonly room: Room;
  readonly role: Cell<Role>;
  readonly moderates: Cell<boolean>;
  readonly rules: Cell<RoomRules>;
  readonly asked = cell<Asked | undefined>(undefined);
  readonly sheetShown = cell(false);
  readonly #context: HostingContext;
  /** What a host has asked for, though the rules reserve it. */
  readonly #granted = new Set<SourceKind>();
  readonly #stops: readonly (() => void)[];

  constructor(context: HostingContext) {
    this.#context = context;
    const { room, local } = context;
    this.room = room;
    this.role = cell(this.#ownRole());
    this.moderates = cell(moderates(this.role.peek()));
    this.rules = cell(room.rules);
    local.setGate((kind) => this.maySend(kind));
    this.#obeyRole();
    this.#obeyStart();
    this.#stops = [
      room.on("roster", () => this.#followRole()),
      room.on("rules", (rules) => this.#followRules(rules)),
      room.on("silenced", ({ sources, by }) => this.#onSilenced(sources, by)),
      room.on("asked", ({ sources, by }) => this.#onAsked(sources, by)),
      () => local.setGate(undefined),
    ];
  }

  setSheetShown(shown: boolean): void {
    this.sheetShown.value = shown;
  }

  answer(yes: boolean): void {
    const asked = this.asked.peek();
    this.asked.value = undefined;
    if (yes && asked !== undefined) void this.#context.local.set(asked.kind, true);
  }

  maySend(kind: Sendable): boolean {
    if (this.role.peek() === "viewer") return this.#refuse("notice.viewerCannot");
    const { reserved } = this.rules.peek();
    const isFree = (source: SourceKind) => !reserved.includes(source) || this.#granted.has(source);
    if (this.moderates.peek() || sourcesOf(kind).every(isFree)) return true;
    return this.#refuse("notice.reserved");
  }

  maySay(message: ReservableMessage, to?: ParticipantId): boolean {
    const isReserved = this.rules.value.reservedMessages.includes(message);
    if (!isReserved || this.moderates.value) return true;
    const role = to === undefined ? undefined : this.room.participants.get(to)?.role;
    return role !== undefined && moderates(role);
  }

  stop(): void {
    for (const stop of this.#stops) stop();
  }

  #refuse(why: "notice.viewerCannot" | "notice.reserved"): false {
    this.#context.notices.show(t(why), { topic: "role" });
    return false;
  }

  #ownRole(): Role {
    const { room } = this.#context;
    return room.participants.get(room.localId)?.role ?? "participant";
  }

  #followRole(): void {
    const next = this.#ownRole();
    if (next === this.role.peek()) return;
    this.role.value = next;
    this.moderates.value = moderates(next);
    this.#context.notices.show(t(`notice.role.${next}`), { topic: "role" });
    this.#obeyRole();
  }

  #obeyRole(): void {
    if (this.role.peek() !== "viewer") return;
    this.asked.value = undefined;
    for (const kind of DEVICES) this.#context.local.silence(kind);
    this.#context.stopShare();
  }

  /** What the rules have off at the start was muted while joining, before there was anybody to tell. */
  #obeyStart(): void {
    const { room, local, notices } = this.#context;
    const { reserved, startMuted } = this.rules.peek();
    if (this.moderates.peek()) return;
    const off = DEVICES.filter((kind) => [...reserved, ...startMuted].includes(kind));
    const wereOn = off.filter((kind) => local[kind].on.peek() && room.isMuted(kind));
    for (const kind of wereOn) local.silence(kind);
    if (wereOn.length > 0) notices.show(t("notice.startsOff"), { topic: "role" });
  }

  #followRules(rules: RoomRules): void {
    const before = this.rules.peek();
    this.rules.value = rules;
    if (String(rules.reserved) !== String(before.reserved)) this.#granted.clear();
    const { room, notices } = this.#context;
    // In an encrypted meeting the group says it.
    if (rules.locked === before.locked || room.encryption !== undefined) return;
    notices.show(t(rules.locked ? "notice.locked" : "notice.unlocked"), { topic: "lock" });
  }

  #onSilenced(sources: readonly SourceKind[], by: ParticipantId | undefined): void {
    const { local, notices, stopShare } = this.#context;
    for (const source of sources) this.#granted.delete(source);
    this.asked.value = undefined;
    for (const kind of DEVICES) if (sources.includes(kind)) local.silence(kind);
    if (sources.includes("screen-video")) stopShare();
    const what = DEVICES.find((kind) => sources.includes(kind)) ?? "screen";
    const text =
      by === undefined && what !== "screen" && this.#isStart(what)
        ? t("notice.startsOff")
        : t(`notice.silenced.${what}`, { name: this.#nameOf(by) });
    notices.show(text, { topic: "role" });
  }

  #isStart(kind: DeviceKind): boolean {
    const { reserved, startMuted } = this.rules.peek();
    return reserved.includes(kind) || startMuted.includes(kind);
  }

  #onAsked(sources: readonly SourceKind[], by: ParticipantId | undefined): void {
    const kind = DEVICES.find((one) => sources.includes(one));
    if (kind === undefined) return;
    for (const source of sources) this.#granted.add(source);
    if (this.#context.local[kind].on.peek()) return;
    this.asked.value = { kind, name: this.#nameOf(by) };
    this.#context.notices.say(t(`asked.${kind}`, { name: this.#nameOf(by) }));
  }

  #nameOf(id: ParticipantId | undefined): string {
    const person = id === undefined ? undefined : this.#context.room.participants.get(id);
    return person?.profile.displayName || t("hosting.someHost");
  }
}
