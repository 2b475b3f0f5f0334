import { describe, expect, it } from "vitest";
import { type StatsEntry, shapeStats } from "./stats.ts";

function report(...entries: (Record<string, unknown> & { id: string; type: string })[]) {
  return new Map(
    entries.map((entry) => [entry.id, { timestamp: 0, ...entry } as unknown as StatsEntry]),
  );
}

const names = {
  inbound: (mid: string) => (mid === "8" ? { trackId: 20, source: "camera" as const } : undefined),
  outbound: (mid: string) => (mid === "1" ? ("camera" as const) : undefined),
};

describe("shapeStats", () => {
  it("gives rates and ratios since the last look", () => {
    const before = report({
      id: "in",
      type: "inbound-rtp",
      mid: "8",
      timestamp: 1000,
      bytesReceived: 1000,
      jitterBufferDelay: 10,
      jitterBufferEmittedCount: 100,
      concealedSamples: 0,
      totalSamplesReceived: 48_000,
    });
    const now = report({
      id: "in",
      type: "inbound-rtp",
      mid: "8",
      timestamp: 2000,
      bytesReceived: 126_000,
      framesDecoded: 30,
      frameWidth: 320,
      frameHeight: 180,
      freezeCount: 1,
      jitterBufferDelay: 11.5,
      jitterBufferEmittedCount: 130,
      totalFreezesDuration: 0.6,
      packetsLost: 5,
      packetsReceived: 95,
      concealedSamples: 1480,
      silentConcealedSamples: 1000,
      totalSamplesReceived: 96_000,
    });
    const [inbound] = shapeStats(now, before, names).inbound;
    expect(inbound).toMatchObject({
      trackId: 20,
      source: "camera",
      kbps: 1000,
      framesDecoded: 30,
      height: 180,
      freezeCount: 1,
      freezesMs: 600,
      frozen: false,
      lossRatio: 0.05,
      concealedRatio: 0.01,
    });
    const frozen = shapeStats(now, before, { ...names, isFrozen: (mid) => mid === "8" });
    expect(frozen.inbound[0]?.frozen).toBe(true);
    expect(inbound?.jitterBufferMs).toBeCloseTo(50);
  });

  it("gives a row for each layer that is sent, and the path that is used", () => {
    const stats = shapeStats(
      report(
        { id: "old", type: "candidate-pair", nominated: false, state: "succeeded" },
        {
          id: "pair",
          type: "candidate-pair",
          nominated: true,
          state: "succeeded",
          currentRoundTripTime: 0.025,
          availableOutgoingBitrate: 2_000_000,
          remoteCandidateId: "server",
        },
        { id: "server", type: "remote-candidate", address: "192.0.2.1", port: 7000 },
        { id: "r", type: "remote-inbound-rtp", fractionLost: 0.25 },
        {
          ...{ id: "q", type: "outbound-rtp", mid: "1", rid: "q", active: true, frameHeight: 180 },
          ...{ remoteId: "r", framesSent: 7, qualityLimitationReason: "bandwidth" },
        },
        { id: "f", type: "outbound-rtp", mid: "1", rid: "f", active: false },
        { id: "x", type: "outbound-rtp", mid: "77" },
      ),
      undefined,
      names,
    );
    expect(stats).toMatchObject({ roundTripMs: 25, availableOutgoingKbps: 2000 });
    expect(stats.server).toEqual({ address: "192.0.2.1", port: 7000 });
    expect(stats.outbound.map(({ rid, active, height }) => [rid, active, height])).toEqual([
      ["q", true, 180],
      ["f", false, 0],
    ]);
    const limits = stats.outbound.map(({ limitedBy, lossRatio }) => [limitedBy, lossRatio]);
    expect(limits).toEqual([
      ["bandwidth", 0.25],
      ["none", undefined],
    ]);
  });

  it("survives members that are missing or of another type", () => {
    const odd = report({ id: "in", type: "inbound-rtp", bytesReceived: "many", mid: 8 });
    expect(shapeStats(odd, odd, names).inbound).toMatchObject([
      { trackId: undefined, kbps: 0, framesDecoded: 0, jitterBufferMs: 0 },
    ]);
    expect(shapeStats(new Map(), undefined, names)).toEqual({
      roundTripMs: undefined,
      availableOutgoingKbps: undefined,
      server: undefined,
      inbound: [],
      outbound: [],
    });
  });
});
