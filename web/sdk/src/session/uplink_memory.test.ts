import { describe, expect, it } from "vitest";
import { UplinkMemory } from "./uplink_memory.ts";

const NOW = 1_700_000_000_000;
const LONG = 60_000;

function memory(text = ""): UplinkMemory {
  let held = text;
  return new UplinkMemory({
    read: () => held,
    write: (next) => {
      held = next;
    },
  });
}

describe("UplinkMemory", () => {
  it("begins with half of what the last connection had at its end", () => {
    const uplink = memory();
    expect(uplink.startKbps(NOW)).toBeUndefined();
    uplink.note(NOW, LONG, 4000);
    uplink.note(NOW + 1000, LONG, 2400);
    expect(uplink.startKbps(NOW + 5000)).toBe(1200);
  });

  it("never begins with more than a camera needs, nor with what browsers begin with anyway", () => {
    const uplink = memory();
    uplink.note(NOW, LONG, 50_000);
    expect(uplink.startKbps(NOW)).toBe(3000);
    uplink.note(NOW, LONG, 1100);
    expect(uplink.startKbps(NOW)).toBeUndefined();
  });

  it("believes no estimate of a connection that has just begun", () => {
    const uplink = memory();
    uplink.note(NOW, 2000, 5000);
    uplink.note(NOW, LONG, undefined);
    expect(uplink.startKbps(NOW)).toBeUndefined();
  });

  it("forgets after a while, and where the connection failed", () => {
    const uplink = memory();
    uplink.note(NOW, LONG, 4000);
    expect(uplink.startKbps(NOW + 11 * 60_000)).toBeUndefined();
    uplink.forget();
    expect(uplink.startKbps(NOW)).toBeUndefined();
  });

  it("takes nonsense for nothing", () => {
    for (const text of ["x", "4000", "4000 x", "NaN NaN", `Infinity ${NOW}x`]) {
      expect(memory(text).startKbps(NOW)).toBeUndefined();
    }
  });
});
