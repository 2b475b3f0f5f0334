import { describe, expect, it } from "vitest";
import { Role as WireRole } from "../protocol/index.ts";
import { fromWireRole, mayChangeRole, mayModerate, toWireRole } from "./roles.ts";

describe("roles", () => {
  it("go over the wire and back", () => {
    for (const role of ["viewer", "participant", "co-host", "host"] as const) {
      expect(fromWireRole(toWireRole(role))).toBe(role);
    }
  });

  it("of a newer server are none that may do more than most", () => {
    expect(fromWireRole(WireRole.UNSPECIFIED)).toBe("participant");
    expect(fromWireRole(99 as WireRole)).toBe("participant");
  });

  it("let co-hosts act on those who do not moderate, and hosts on all", () => {
    expect(mayModerate("co-host", "participant")).toBe(true);
    expect(mayModerate("co-host", "co-host")).toBe(false);
    expect(mayModerate("host", "host")).toBe(true);
    expect(mayModerate("participant", "viewer")).toBe(false);
    expect(mayChangeRole("co-host", "viewer", "participant")).toBe(true);
    expect(mayChangeRole("co-host", "participant", "co-host")).toBe(false);
  });
});
