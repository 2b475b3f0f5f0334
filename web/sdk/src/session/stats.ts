import type { InboundStats, OutboundStats, RoomStats, SourceKind, TrackId } from "../room/types.ts";

/** One entry of an RTCStatsReport; members differ by type and browser, so none is trusted. */
export type StatsEntry = Readonly<Record<string, unknown>> & {
  readonly id: string;
  readonly type: string;
  readonly timestamp: number;
};

export type StatsReport = ReadonlyMap<string, StatsEntry>;

/** What the room knows about a media section. */
export interface SectionNames {
  readonly inbound: (mid: string) => { trackId: TrackId; source: SourceKind } | undefined;
  readonly outbound: (mid: string) => SourceKind | undefined;
}

/** Rates and ratios are over the time since `before`, or since the beginning without it. */
export function shapeStats(
  report: StatsReport,
  before: StatsReport | undefined,
  names: SectionNames,
): RoomStats {
  const pair = [...report.values()].find(isSelectedPair);
  const seconds = optional(pair, "currentRoundTripTime");
  const available = optional(pair, "availableOutgoingBitrate");
  return {
    roundTripMs: seconds === undefined ? undefined : seconds * 1000,
    availableOutgoingKbps: available === undefined ? undefined : available / 1000,
    inbound: ofType(report, "inbound-rtp").map((now) => inbound(now, before?.get(now.id), names)),
    outbound: ofType(report, "outbound-rtp").flatMap((now) =>
      outbound(now, before?.get(now.id), names),
    ),
  };
}

/** The delay of the jitter buffer in milliseconds between two looks at one inbound-rtp entry. */
export function jitterBufferMs(now: StatsEntry, before: StatsEntry | undefined): number {
  return ratio(now, before, "jitterBufferDelay", "jitterBufferEmittedCount") * 1000;
}

function inbound(
  now: StatsEntry,
  before: StatsEntry | undefined,
  names: SectionNames,
): InboundStats {
  const named = names.inbound(text(now, "mid"));
  return {
    trackId: named?.trackId,
    source: named?.source,
    kbps: kbps(now, before, "bytesReceived"),
    framesDecoded: number(now, "framesDecoded"),
    framesPerSecond: number(now, "framesPerSecond"),
    width: number(now, "frameWidth"),
    height: number(now, "frameHeight"),
    freezeCount: number(now, "freezeCount"),
    packetsLost: number(now, "packetsLost"),
    jitterBufferMs: jitterBufferMs(now, before),
    concealedRatio: ratio(now, before, "concealedSamples", "totalSamplesReceived"),
  };
}

function outbound(
  now: StatsEntry,
  before: StatsEntry | undefined,
  names: SectionNames,
): OutboundStats[] {
  const source = names.outbound(text(now, "mid"));
  if (source === undefined) return [];
  const rid = text(now, "rid");
  return [
    {
      source,
      rid: rid === "" ? undefined : rid,
      kbps: kbps(now, before, "bytesSent"),
      framesPerSecond: number(now, "framesPerSecond"),
      width: number(now, "frameWidth"),
      height: number(now, "frameHeight"),
      // Firefox does not say; a layer that sends is active.
      active: typeof now["active"] === "boolean" ? now["active"] : number(now, "bytesSent") > 0,
    },
  ];
}

function isSelectedPair(entry: StatsEntry): boolean {
  return (
    entry.type === "candidate-pair" && entry["nominated"] === true && entry["state"] === "succeeded"
  );
}

function ofType(report: StatsReport, type: string): StatsEntry[] {
  return [...report.values()].filter((entry) => entry.type === type);
}

function kbps(now: StatsEntry, before: StatsEntry | undefined, bytes: string): number {
  const elapsedMs = now.timestamp - (before?.timestamp ?? Number.NaN);
  if (!(elapsedMs > 0)) return 0;
  return Math.max(0, ((number(now, bytes) - number(before, bytes)) * 8) / elapsedMs);
}

/** Of two counters since the last look; 0 where the second did not move. */
function ratio(
  now: StatsEntry,
  before: StatsEntry | undefined,
  part: string,
  whole: string,
): number {
  const count = number(now, whole) - number(before, whole);
  return count > 0 ? Math.max(0, number(now, part) - number(before, part)) / count : 0;
}

function number(entry: StatsEntry | undefined, name: string): number {
  return optional(entry, name) ?? 0;
}

function optional(entry: StatsEntry | undefined, name: string): number | undefined {
  const value = entry?.[name];
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function text(entry: StatsEntry, name: string): string {
  const value = entry[name];
  return typeof value === "string" ? value : "";
}
