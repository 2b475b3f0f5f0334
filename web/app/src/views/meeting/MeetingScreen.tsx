import { t } from "../../messages/messages.ts";
import type { Meeting } from "../../state/meeting.ts";
import { FacesContext } from "../common/AvatarDisc.tsx";
import { EncryptionBadge } from "../common/EncryptionBadge.tsx";
import { Icon } from "../common/Icon.tsx";
import { LogoMark } from "../common/Logo.tsx";
import { lazyView } from "../common/lazyView.tsx";
import { usePushToTalk, useShortcuts } from "../controls/keyboard.ts";
import { Banners, LostOverlay } from "./Banners.tsx";
import { CallControls } from "./CallControls.tsx";
import { LockMenu } from "./LockMenu.tsx";
import { QualityMenu } from "./QualityMenu.tsx";
import { SmallWindowButton } from "./SmallWindowView.tsx";
import { StageView } from "./StageView.tsx";
import { Toasts } from "./Toasts.tsx";
import { ViewMenu } from "./ViewMenu.tsx";

const ChatPanel = lazyView(async () => (await import("./ChatPanel.tsx")).ChatPanel);
const PeoplePanel = lazyView(async () => (await import("./PeoplePanel.tsx")).PeoplePanel);
const PollsPanel = lazyView(async () => (await import("./PollsPanel.tsx")).PollsPanel);
const BreakoutSheet = lazyView(async () => (await import("../breakouts/index.ts")).BreakoutSheet);
const HostSheet = lazyView(async () => (await import("../hosting/index.ts")).HostSheet);

const RecordingSheet = lazyView(async () => (await import("../recording/index.ts")).RecordingSheet);
const InviteSheet = lazyView(async () => (await import("./InviteSheet.tsx")).InviteSheet);
const SettingsSheet = lazyView(
  async () => (await import("../settings/SettingsSheet.tsx")).SettingsSheet,
);
const ShortcutSheet = lazyView(async () => (await import("./ShortcutSheet.tsx")).ShortcutSheet);
const StatisticsSheet = lazyView(
  async () => (await import("./StatisticsSheet.tsx")).StatisticsSheet,
);

const NO_FACES: ReadonlyMap<number, string> = new Map();

export function MeetingScreen({ meeting }: { meeting: Meeting }) {
  useShortcuts(meeting.act, meeting.keys.letters);
  usePushToTalk(meeting.pushToTalk);
  const panel = meeting.panels.shown.value;
  const { hosting } = meeting;
  const lock = meeting.encryption.state.value;
  const faces = meeting.files.part.value?.faces.shown.value ?? NO_FACES;
  return (
    <FacesContext.Provider value={faces}>
      <div class="meeting" data-testid="meeting" data-panel={panel}>
        <a class="skip-link" href="#controls">
          {t("control.skip")}
        </a>
        <header class="meeting-head">
          <LogoMark />
          <h1 class="room-name">{meeting.roomName}</h1>
          {lock === undefined ? <EncryptionBadge /> : <LockMenu meeting={meeting} state={lock} />}
          <QualityMenu meeting={meeting} />
          <ViewMenu meeting={meeting} />
          <SmallWindowButton meeting={meeting} />
          <button
            type="button"
            class="button small quiet invite"
            data-testid="invite"
            onClick={() => meeting.invitation.setShown(true)}
          >
            <Icon name="invite" />
            <span>{t("people.invite")}</span>
          </button>
        </header>
        <Banners meeting={meeting} />
        <main class="meeting-main" aria-label={t("stage.label")}>
          <StageView meeting={meeting} />
        </main>
        {panel === "chat" && <ChatPanel meeting={meeting} />}
        {panel === "polls" && <PollsPanel meeting={meeting} />}
        {panel === "people" && <PeoplePanel meeting={meeting} />}
        <nav class="meeting-bar">
          <CallControls meeting={meeting} />
        </nav>
        <Toasts notices={meeting.notices} />
        <Sheets meeting={meeting} />
        {meeting.breakouts.sheetShown.value && hosting.moderates.value && (
          <BreakoutSheet meeting={meeting} />
        )}
        {hosting.sheetShown.value && hosting.moderates.value && <HostSheet meeting={meeting} />}
        <LostOverlay meeting={meeting} />
      </div>
    </FacesContext.Provider>
  );
}

function Sheets({ meeting }: { meeting: Meeting }) {
  return (
    <>
      {meeting.recording.sheetShown.value && <RecordingSheet meeting={meeting} />}
      {meeting.invitation.shown.value && <InviteSheet meeting={meeting} />}
      {meeting.statistics.shown.value && <StatisticsSheet meeting={meeting} />}
      {meeting.keys.listed.value && <ShortcutSheet keys={meeting.keys} />}
      {meeting.settingsShown.value && (
        <SettingsSheet
          context={meeting.settingsContext}
          live={meeting}
          onClose={() => meeting.setSettingsShown(false)}
        />
      )}
    </>
  );
}
