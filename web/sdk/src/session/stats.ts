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
  /** Whether the picture of a slot stands still, see FreezeWatch. */
  readonly isFrozen?: (mid: string) => boolean;
}

/** Rates and ratios are over the time since `before`, or since the beginning without it. */
export function shapeStats(
  report: StatsReport,
  before: StatsReport | undefined,
  names: SectionNames,
): RoomStats {
  return {
    roundTripMs: roundTripMs(report),
    availableOutgoingKbps: availableOutgoingKbps(report),
    server: serverOf(report),
    inbound: ofType(report, "inbound-rtp").map((now) => inbound(now, before?.get(now.id), names)),
    outbound: ofType(report, "outbound-rtp").flatMap((now) =>
      outbound(now, before?.get(now.id), report, names),
    ),
  };
}

export function roundTripMs(report: StatsReport): number | undefined {
  const seconds = optional(selectedPair(report), "currentRoundTripTime");
  return seconds === undefined ? undefined : seconds * 1000;
}

/** What the browser thinks that its uplink carries; undefined where it does not say. */
export function availableOutgoingKbps(report: StatsReport): number | undefined {
  const available = optional(selectedPair(report), "availableOutgoingBitrate");
  return available === undefined ? undefined : available / 1000;
}

function serverOf(report: StatsReport): RoomStats["server"] {
  const pair = selectedPair(report);
  const remote = pair && report.get(text(pair, "remoteCandidateId"));
  const address = remote ? text(remote, "address") : "";
  const port = optional(remote, "port");
  return address === "" || port === undefined ? undefined : { address, port };
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
  const mid = text(now, "mid");
  const named = names.inbound(mid);
  const lost = Math.max(0, delta(now, before, "packetsLost"));
  return {
    trackId: named?.trackId,
    source: named?.source,
    kbps: kbps(now, before, "bytesReceived"),
    framesDecoded: number(now, "framesDecoded"),
    framesPerSecond: number(now, "framesPerSecond"),
    width: number(now, "frameWidth"),
    height: number(now, "frameHeight"),
    freezeCount: number(now, "freezeCount"),
    freezesMs: number(now, "totalFreezesDuration") * 1000,
    frozen: names.isFrozen?.(mid) ?? false,
    packetsLost: number(now, "packetsLost"),
    lossRatio: share(lost, lost + delta(now, before, "packetsReceived")),
    jitterBufferMs: jitterBufferMs(now, before),
    concealedRatio: share(
      delta(now, before, "concealedSamples") - delta(now, before, "silentConcealedSamples"),
      delta(now, before, "totalSamplesReceived"),
    ),
  };
}

function outbound(
  now: StatsEntry,
  before: StatsEntry | undefined,
  report: StatsReport,
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
      framesSent: number(now, "framesSent"),
      limitedBy: LIMITS.find((limit) => limit === now["qualityLimitationReason"]) ?? "none",
      // RFC 3550 section 6.4.1: since the report before.
      lossRatio: optional(report.get(text(now, "remoteId")), "fractionLost"),
    },
  ];
}

const LIMITS = ["cpu", "bandwidth", "other"] as const;

function selectedPair(report: StatsReport): StatsEntry | undefined {
  return [...report.values()].find(isSelectedPair);
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
  return share(delta(now, before, part), delta(now, before, whole));
}

/** 0 where there is no whole. */
function share(part: number, whole: number): number {
  return whole > 0 ? Math.max(0, part) / whole : 0;
}

function delta(now: StatsEntry, before: StatsEntry | undefined, name: string): number {
  return number(now, name) - number(before, name);
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
