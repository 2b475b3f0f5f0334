import { watch } from "./cells.ts";
import type { LocalMedia } from "./localMedia.ts";

export type SystemAction = "microphone" | "camera" | "leave";

/** What the system shows of a meeting outside the page: lock screen, headset, small window. */
export interface SystemControls {
  /** `act` is called for its buttons. */
  begin(title: string, act: (action: SystemAction) => void): void;
  setOn(what: "microphone" | "camera", on: boolean): void;
  end(): void;
}

/** Keeps the system's buttons the same as the page's, for as long as the meeting lasts. */
export function followSystemControls(
  controls: SystemControls,
  title: string,
  local: Pick<LocalMedia, "microphone" | "camera" | "toggle">,
  leave: () => void,
): () => void {
  controls.begin(title, (action) => {
    if (action === "leave") leave();
    else void local.toggle(action);
  });
  const stops = [local.microphone, local.camera].map(({ kind, on }) =>
    watch(() => controls.setOn(kind, on.value)),
  );
  return () => {
    for (const stop of stops) stop();
    controls.end();
  };
}
