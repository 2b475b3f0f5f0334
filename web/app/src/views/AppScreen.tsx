import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import type { App } from "../state/app.ts";
import type { Meeting } from "../state/meeting.ts";
import { titleOf } from "../state/title.ts";
import { lazyView } from "./common/lazyView.tsx";
import { ProblemScreen } from "./end/ProblemScreen.tsx";
import { LandingScreen } from "./landing/LandingScreen.tsx";
import { PrejoinScreen } from "./prejoin/PrejoinScreen.tsx";

const CheckScreen = lazyView(async () => (await import("./check/CheckScreen.tsx")).CheckScreen);

/** `call` comes with the lazily loaded part, so it is there whenever there is a meeting. */
export function AppScreen(props: {
  readonly app: App;
  readonly call: () => ComponentType<{ meeting: Meeting }> | undefined;
}) {
  const screen = props.app.screen.value;
  const title = titleOf(screen);
  useEffect(() => {
    document.title = title;
  }, [title]);
  if (screen.kind === "landing") return <LandingScreen landing={screen.landing} />;
  if (screen.kind === "prejoin") return <PrejoinScreen prejoin={screen.prejoin} />;
  if (screen.kind === "check") return <CheckScreen context={screen.context} />;
  if (screen.kind === "problem") return <ProblemScreen app={props.app} state={screen} />;
  const Call = props.call();
  return Call ? <Call meeting={screen.meeting} /> : null;
}
