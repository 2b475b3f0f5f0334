import type { Room } from "@conclave/sdk";
import { t } from "../messages/messages.ts";
import type { Clock } from "./clock.ts";
import type { Effects } from "./effects.ts";
import type { Notices } from "./notices.ts";

/** As often as its watch needs to tell some seconds from a moment. */
const LOOK_EVERY_MS = 2000;

/** That an effect is being prepared, or was switched off and why. Returns how to stop. */
export function reportEffects(effects: Effects, notices: Notices): () => void {
  const stops = [
    effects.problem.subscribe((problem) => {
      // A banner says the others, with what to do.
      if (problem === undefined || effects.withheld.peek()) return;
      notices.show(t(`effects.problem.${problem}`), { tone: "problem", topic: "effects" });
    }),
    effects.starting.subscribe((starting) => {
      if (starting) notices.show(t("effects.starting"), { topic: "effects" });
      else if (effects.problem.peek() === undefined) notices.dismissTopic("effects");
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** Tells the effects whether the camera's encoder has enough of the processor. Returns how to stop. */
export function watchEncoder(room: Room, clock: Clock, effects: Effects): () => void {
  let cancel: (() => void) | undefined;
  const look = async () => {
    if (effects.background.peek() !== "none") {
      const stats = await room.getStats().catch(() => undefined);
      const sent = stats?.outbound.filter(({ source, active }) => source === "camera" && active);
      if (sent) effects.onEncoder(sent.some(({ limitedBy }) => limitedBy === "cpu"));
    }
    if (cancel !== undefined) wait();
  };
  const wait = () => {
    cancel = clock.after(LOOK_EVERY_MS, () => void look());
  };
  wait();
  return () => {
    cancel?.();
    cancel = undefined;
  };
}
