import type { DeepPartial, Moderate } from "../protocol/index.ts";
import type { Moderation, ParticipantId } from "../room/types.ts";

export type BreakoutAct = Extract<
  Moderation,
  { type: "open-breakouts" | "move" | "extend-breakouts" | "close-breakouts" }
>;

export function isBreakoutAct(act: Moderation): act is BreakoutAct {
  return act.type === "move" || act.type.endsWith("-breakouts");
}

/** `names`: sealed. Of people whose number at the server is not known nothing is said. */
export function encodeBreakoutAct(
  act: BreakoutAct,
  names: readonly Uint8Array[],
  wireId: (person: ParticipantId) => ParticipantId | undefined,
): NonNullable<DeepPartial<Moderate>["act"]> {
  switch (act.type) {
    case "open-breakouts": {
      const { choose, mayReturn, seconds = 0 } = act;
      const value = { names: [...names], choose, mayReturn, seconds };
      return { $case: "openBreakouts", value: { ...value, places: placesOf(act.places, wireId) } };
    }
    case "move":
      return { $case: "move", value: { places: placesOf(act.places, wireId) } };
    case "extend-breakouts":
      return { $case: "extendBreakouts", value: { seconds: act.seconds ?? 0 } };
    case "close-breakouts":
      return { $case: "closeBreakouts", value: {} };
  }
}

function placesOf(
  places: ReadonlyMap<ParticipantId, number>,
  wireId: (person: ParticipantId) => ParticipantId | undefined,
) {
  return [...places].flatMap(([person, breakout]) => {
    const participant = wireId(person);
    return participant === undefined ? [] : [{ participant, breakout }];
  });
}
