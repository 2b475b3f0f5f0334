import { type ComponentType, render } from "preact";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/screens.css";
import "./styles/settings.css";
import { language, speak } from "./messages/messages.ts";
import { loadBranding } from "./platform/branding.ts";
import { browserClock } from "./platform/clock.ts";
import { createDevices } from "./platform/devices.ts";
import { effectPorts } from "./platform/effectPorts.ts";
import { meterLevel } from "./platform/levelMeter.ts";
import { createPage, showLanguage } from "./platform/page.ts";
import { createPreferences } from "./platform/preferences.ts";
import { preloadCall } from "./platform/preloadCall.ts";
import { type CallModule, createApp } from "./state/app.ts";
import { setBranding } from "./state/branding.ts";
import type { ConnectionProbe } from "./state/check.ts";
import { languageAtStart } from "./state/languageChoice.ts";
import { createLocalMedia } from "./state/localMedia.ts";
import type { Meeting } from "./state/meeting.ts";
import type { ProblemCode } from "./state/problems.ts";
import { createRelease, release } from "./state/release.ts";
import { AppScreen } from "./views/AppScreen.tsx";

/** The page itself came from the same server: a language that takes longer may not come at all. */
const LANGUAGE_WAIT_MS = 5000;

export interface Call extends CallModule {
  readonly MeetingScreen: ComponentType<{ meeting: Meeting }>;
}

/** Puts the parts together and shows the address that the page was opened with. */
export function startApp(
  importCall: () => Promise<Call>,
  importProbe: () => Promise<ConnectionProbe> = loadProbe,
): void {
  const devices = createDevices();
  const preferences = createPreferences();
  const page = createPage();
  language.subscribe(showLanguage);
  const spoken = speak(languageAtStart(new URL(location.href), preferences, navigator.languages));
  page.setAppearance(preferences.read().appearance ?? "system");
  // Also says where meetings take place: nothing is joined before.
  const branded = loadBranding().then(setBranding);
  let call: Call | undefined;
  const app = createApp({
    devices,
    preferences,
    local: createLocalMedia(devices, preferences, meterLevel, {
      ports: effectPorts,
      clock: browserClock,
    }),
    clock: browserClock,
    page,
    randomBytes: (into) => crypto.getRandomValues(into),
    loadCall: async () => {
      [call] = await Promise.all([importCall(), branded]);
      return call;
    },
    preloadCall,
    loadProbe: async () => {
      const [probe] = await Promise.all([importProbe(), branded]);
      return probe;
    },
    pushAddress: (path) => {
      history.pushState(null, "", path);
      app.show(new URL(location.href));
    },
    reload: () => location.reload(),
    canEncrypt,
    obstacle: obstacle(),
  });
  // While developing, files have no list.
  if (import.meta.env.PROD) release.value = createRelease({ ...releaseContext, preferences });
  release.value?.check();
  addEventListener("popstate", () => app.show(new URL(location.href)));
  addEventListener("pagehide", () => app.close());
  // The browser may bring back a page that it had put aside.
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) app.show(new URL(location.href));
  });
  app.show(new URL(location.href));
  const root = document.getElementById("app");
  const draw = () => root && render(<AppScreen app={app} call={() => call?.MeetingScreen} />, root);
  // No flash of English; but English is better than nothing.
  void Promise.race([Promise.all([spoken, branded]), sleep(LANGUAGE_WAIT_MS)]).then(draw);
}

async function loadProbe(): Promise<ConnectionProbe> {
  return (await import("./platform/connectionProbe.ts")).probe;
}

const releaseContext = {
  loadKeeper: async () => (await import("./platform/releaseKeeper.ts")).createReleaseKeeper(),
  clock: browserClock,
  reload: () => location.reload(),
};

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Frames are sealed in a worker, with keys that need these two curves. */
async function canEncrypt(): Promise<boolean> {
  if (
    typeof (globalThis as { RTCRtpScriptTransform?: unknown }).RTCRtpScriptTransform !== "function"
  ) {
    return false;
  }
  try {
    await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
    await crypto.subtle.generateKey("X25519", false, ["deriveBits"]);
    return true;
  } catch {
    return false;
  }
}

function obstacle(): ProblemCode | undefined {
  if (!isSecureContext) return "insecure-page";
  if (typeof RTCPeerConnection === "undefined") return "unsupported-browser";
  return undefined;
}
