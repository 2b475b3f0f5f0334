import { type MessageKey, t } from "../../messages/messages.ts";
import type { App, Screen } from "../../state/app.ts";
import type { Problem } from "../../state/problems.ts";
import { LegalLinks } from "../common/LegalLinks.tsx";
import { Logo, LogoMark } from "../common/Logo.tsx";
import { ReleaseNotice } from "../common/ReleaseNotice.tsx";
import { InstallOffer } from "./InstallOffer.tsx";

type ProblemState = Extract<Screen, { kind: "problem" }>;

const LABELS: Readonly<Record<Exclude<Problem["action"], "none">, MessageKey>> = {
  rejoin: "end.rejoin",
  home: "end.home",
  reload: "end.reload",
  open: "landing.newOpen",
};

/** After a meeting, or instead of one: what happened, and one thing to do. */
export function ProblemScreen({ app, state }: { app: App; state: ProblemState }) {
  const { title, text, action } = state.problem;
  const busy = state.busy.value;
  const act = {
    rejoin: () => app.rejoin(),
    home: () => app.goHome(),
    reload: () => app.reload(),
    open: () => app.goToOpenMeeting(),
  };
  return (
    <div class="end">
      <header>
        <Logo />
      </header>
      <ReleaseNotice />
      <main data-testid="end-screen">
        <LogoMark />
        <h1>{title}</h1>
        <p class="lead">{text}</p>
        {action !== "none" && (
          <button
            type="button"
            class="button primary large"
            data-testid="end-action"
            aria-disabled={busy}
            onClick={act[action]}
          >
            {busy && <span class="spinner" aria-hidden="true" />}
            {t(busy ? "end.rejoining" : LABELS[action])}
          </button>
        )}
        <InstallOffer install={app.install} />
        {(action === "rejoin" || action === "open") && (
          <button type="button" class="button quiet" onClick={act.home}>
            {t("end.home")}
          </button>
        )}
      </main>
      <footer>
        <LegalLinks />
      </footer>
    </div>
  );
}
