/** What a call needs, loaded while the person is still getting ready. */
import "./styles/meeting.css";
import "./styles/panel.css";
import "./styles/chat.css";
import "./styles/talk.css";
import "./styles/board.css";
import "./styles/verify.css";

import * as sdk from "@conclave/sdk";
import { meetingsAt } from "./state/branding.ts";

export { createMeeting } from "./state/meeting.ts";
export { MeetingScreen } from "./views/meeting/MeetingScreen.tsx";

export const join = (options: sdk.JoinOptions): Promise<sdk.Room> =>
  sdk.join({ ...options, ...meetingsAt() });
export const prepare = (options: sdk.PrepareOptions): Promise<sdk.Prepared | undefined> =>
  sdk.prepare(options);
export const look = (room: string): Promise<sdk.Sight | undefined> => sdk.look(room, meetingsAt());
