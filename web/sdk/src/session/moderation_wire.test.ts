import { describe, expect, it } from "vitest";
import { Role, RoomRules, SourceKind } from "../protocol/index.ts";
import { encodeModeration } from "./moderation_wire.ts";
import { fromWireRules, NO_RULES } from "./room_rules.ts";

const wireId = (person: number) => (person === 5 ? 72 : undefined);
const encode = (act: Parameters<typeof encodeModeration>[0]) =>
  encodeModeration(act, NO_RULES, wireId);

describe("what a moderator does", () => {
  it("names people by the server's numbers", () => {
    expect(encode({ type: "give-role", person: 5, role: "co-host" })).toEqual({
      $case: "moderate",
      value: { act: { $case: "setRole", value: { participant: 72, role: Role.CO_HOST } } },
    });
    expect(encode({ type: "ask", person: 5, sources: ["camera"] })).toMatchObject({
      value: { act: { value: { participant: 72, sources: [SourceKind.CAMERA] } } },
    });
  });

  it("is not said of somebody whose number is not known", () => {
    expect(encode({ type: "remove", person: 6, ban: true })).toBeUndefined();
    expect(encode({ type: "silence", person: 6, sources: ["microphone"] })).toBeUndefined();
  });

  it("is of all others where it names nobody", () => {
    expect(encode({ type: "silence", sources: ["microphone"] })).toMatchObject({
      value: { act: { value: { participant: 0, sources: [SourceKind.MICROPHONE] } } },
    });
  });

  it("opens breakout rooms for those whose number is known", () => {
    const places = new Map([
      [5, 2],
      [6, 1],
    ]);
    const act = { type: "open-breakouts", names: ["a", "b"], places } as const;
    const rest = { choose: true, mayReturn: false, seconds: undefined } as const;
    const names = [Uint8Array.of(1), Uint8Array.of(2)];
    expect(encodeModeration({ ...act, ...rest }, NO_RULES, wireId, names)).toEqual({
      $case: "moderate",
      value: {
        act: {
          $case: "openBreakouts",
          value: {
            ...{ names, choose: true, mayReturn: false, seconds: 0 },
            places: [{ participant: 72, breakout: 2 }],
          },
        },
      },
    });
    expect(encode({ type: "move", places })).toMatchObject({
      value: { act: { $case: "move", value: { places: [{ participant: 72, breakout: 2 }] } } },
    });
    expect(encode({ type: "extend-breakouts", seconds: 300 })).toMatchObject({
      value: { act: { value: { seconds: 300 } } },
    });
    expect(encode({ type: "close-breakouts" })).toMatchObject({
      value: { act: { $case: "closeBreakouts" } },
    });
  });

  it("changes one rule and leaves the others as they stand", () => {
    const rules = { ...NO_RULES, reserved: ["screen-video" as const] };
    expect(
      encodeModeration({ type: "set-rules", rules: { locked: true } }, rules, wireId),
    ).toMatchObject({
      value: { act: { value: { locked: true, reserved: [SourceKind.SCREEN_VIDEO] } } },
    });
  });
});

describe("rules of the wire", () => {
  it("are read without kinds that are not known here", () => {
    const wire = RoomRules.fromPartial({
      locked: true,
      reserved: [SourceKind.CAMERA, 99 as SourceKind],
      banned: 2,
    });
    const expected = { ...NO_RULES, locked: true, reserved: ["camera"], banned: 2 };
    expect(fromWireRules(wire)).toEqual(expected);
    expect(fromWireRules(undefined)).toEqual(NO_RULES);
  });
});
