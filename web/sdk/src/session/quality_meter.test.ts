import { describe, expect, it } from "vitest";
import type { QualityLevel } from "../room/types.ts";
import { QualityMeter } from "./quality_meter.ts";

const SEEN = { g: "good", f: "fair", p: "poor" } as const;

/** One look a second; returns the level after each as a letter. */
function told(looks: string): string {
  const meter = new QualityMeter();
  return [...looks]
    .map((one, second) =>
      meter.update(second * 1000, SEEN[one as keyof typeof SEEN] as QualityLevel),
    )
    .map((level) => level[0])
    .join("");
}

describe("QualityMeter", () => {
  it("tells trouble that lasts four seconds", () => {
    expect(told("gppppppp")).toBe("gggggppp");
  });

  it("tells nothing of what passes, however often", () => {
    expect(told("gpppgpppgpppg")).toBe("ggggggggggggg");
  });

  it("takes the milder of what alternates", () => {
    expect(told("gpfpfpfpf")).toBe("gggggffff");
  });

  it("goes from bad to worse after four seconds more", () => {
    expect(told("gffffffpppppp")).toBe("gggggffffffpp");
  });

  it("tells that all is well after ten seconds without trouble", () => {
    expect(told("ppppp" + "ggggggggggg")).toBe("ggggp" + "ppppppppppg");
    expect(told("ppppp" + "gggggggggpgggggggggg")).toBe(`ggggp${"p".repeat(20)}`);
  });

  it("gets better only as far as it was all the time", () => {
    expect(told("ppppp" + "ggggfgggggg")).toBe("ggggp" + "ppppppppppf");
  });
});
