/** What a call needs, loaded while the person is still getting ready. */
import "./styles/meeting.css";
import "./styles/panel.css";
import "./styles/chat.css";
import "./styles/talk.css";
import "./styles/board.css";
import "./styles/verify.css";

export { join, look } from "@conclave/sdk";
export { createMeeting } from "./state/meeting.ts";
export { MeetingScreen } from "./views/meeting/MeetingScreen.tsx";
