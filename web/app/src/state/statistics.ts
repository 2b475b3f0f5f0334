import type { InboundStats, OutboundStats, Room, RoomStats, SourceKind } from "@conclave/sdk";
import { cell, type Readable } from "./cells.ts";
import type { Clock } from "./clock.ts";

/** The connection in numbers, for whoever looks for what is wrong with it. */
export interface Statistics {
  /** Undefined while it is not shown, or nothing is known yet. */
  readonly latest: Readable<RoomStats | undefined>;
  readonly shown: Readable<boolean>;
  setShown(shown: boolean): void;
  /** Without names: it may be sent to whoever runs the server. */
  report(): string;
  stop(): void;
}

/** The SDK looks no more often either. */
const LOOK_EVERY_MS = 1000;

export function createStatistics(room: Room, clock: Clock): Statistics {
  const latest = cell<RoomStats | undefined>(undefined);
  const shown = cell(false);
  let cancel: (() => void) | undefined;

  const look = async () => {
    cancel = clock.after(LOOK_EVERY_MS, () => void look());
    const stats = await room.getStats().catch(() => undefined);
    if (shown.peek() && stats !== undefined) latest.value = stats;
  };
  const setShown = (next: boolean) => {
    if (next === shown.peek()) return;
    shown.value = next;
    cancel?.();
    latest.value = undefined;
    if (next) void look();
  };
  return {
    latest,
    shown,
    setShown,
    report: () => reportOf(latest.peek(), clock.now()),
    stop: () => cancel?.(),
  };
}

/** What is in use now: a slot that carries nobody is nobody's concern. */
export function carried(stats: RoomStats): readonly InboundStats[] {
  return stats.inbound.filter(({ source, kbps }) => source !== undefined && kbps > 0);
}

export function sent(stats: RoomStats): readonly OutboundStats[] {
  return stats.outbound.filter(({ active, kbps }) => active && kbps > 0);
}

export function isPicture(source: SourceKind | undefined): boolean {
  return source === "camera" || source === "screen-video";
}

/** In English whatever the page's language: it is read by whoever mends things. */
function reportOf(stats: RoomStats | undefined, nowMs: number): string {
  const lines = [`Conclave connection report, ${new Date(nowMs).toISOString()}`];
  if (stats === undefined) return `${lines[0]}\nno statistics\n`;
  const { roundTripMs, availableOutgoingKbps } = stats;
  lines.push(`round trip ${number(roundTripMs, "ms")}`);
  lines.push(`available upload ${number(availableOutgoingKbps, "kbps")}`);
  for (const one of sent(stats)) {
    const size = isPicture(one.source) ? ` ${one.width}x${one.height} ${fps(one)}` : "";
    const loss = one.lossRatio === undefined ? "unknown" : percent(one.lossRatio);
    lines.push(
      `sent ${one.source} ${one.rid ?? "-"}${size} ${number(one.kbps, "kbps")} loss ${loss} limited by ${one.limitedBy}`,
    );
  }
  for (const one of carried(stats)) {
    const what = isPicture(one.source)
      ? ` ${one.width}x${one.height} ${fps(one)} freezes ${one.freezeCount} (${number(one.freezesMs, "ms")})`
      : ` made up ${percent(one.concealedRatio)}`;
    lines.push(
      `received ${one.source}${what} ${number(one.kbps, "kbps")} loss ${percent(one.lossRatio)} buffer ${number(one.jitterBufferMs, "ms")}`,
    );
  }
  return `${lines.join("\n")}\n`;
}

function number(value: number | undefined, unit: string): string {
  return value === undefined ? "unknown" : `${Math.round(value)} ${unit}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function fps({ framesPerSecond }: { readonly framesPerSecond: number }): string {
  return `${Math.round(framesPerSecond)} fps`;
}
