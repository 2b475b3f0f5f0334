import type { SystemAction, SystemControls } from "../state/systemControls.ts";

const ACTIONS: Readonly<Record<string, SystemAction>> = {
  togglemicrophone: "microphone",
  togglecamera: "camera",
  hangup: "leave",
};

/** Media Session (W3C): each browser knows some of it, or nothing. */
export const systemControls: SystemControls = {
  begin(title, act) {
    const session = mediaSession();
    if (session === undefined) return;
    session.metadata = new MediaMetadata({ title });
    session.playbackState = "playing";
    for (const [name, action] of Object.entries(ACTIONS)) handle(session, name, () => act(action));
  },
  setOn(what, on) {
    const session = mediaSession();
    const told =
      what === "microphone" ? session?.setMicrophoneActive?.(on) : session?.setCameraActive?.(on);
    // Refused for a page that sends nothing: then the system shows nothing, as it should.
    Promise.resolve(told).catch(() => {});
  },
  end() {
    const session = mediaSession();
    if (session === undefined) return;
    session.metadata = null;
    session.playbackState = "none";
    for (const name of Object.keys(ACTIONS)) handle(session, name, null);
  },
};

/** Not in every browser. */
type Optional = "setMicrophoneActive" | "setCameraActive";
type CallSession = Omit<MediaSession, Optional> & Partial<Pick<MediaSession, Optional>>;

function mediaSession(): CallSession | undefined {
  return "mediaSession" in navigator ? navigator.mediaSession : undefined;
}

function handle(session: CallSession, name: string, run: (() => void) | null): void {
  try {
    session.setActionHandler(name as MediaSessionAction, run);
  } catch {
    // An action that this browser does not know.
  }
}
