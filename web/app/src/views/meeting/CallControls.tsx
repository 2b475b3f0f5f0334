import { t } from "../../messages/messages.ts";
import type { Meeting } from "../../state/meeting.ts";
import { SHORTCUT_KEYS } from "../../state/shortcuts.ts";
import { ControlButton } from "../controls/ControlButton.tsx";
import { DeviceControls } from "../controls/DeviceControls.tsx";
import { Toolbar } from "../controls/Toolbar.tsx";
import { MoreMenu } from "./MoreMenu.tsx";
import { ReactMenu } from "./ReactMenu.tsx";

export function CallControls({ meeting }: { meeting: Meeting }) {
  const { share, chat, panels } = meeting;
  const chatOpen = panels.shown.value === "chat" || panels.shown.value === "polls";
  const peopleOpen = panels.shown.value === "people";
  return (
    <Toolbar>
      <DeviceControls local={meeting.local} />
      {share.supported && (
        <ControlButton
          icon="share"
          name={t(share.on.value ? "control.stopShare" : "control.startShare")}
          label={t(share.on.value ? "control.shareStop" : "control.share")}
          testId="share-button"
          spare
          shortcut={SHORTCUT_KEYS.share}
          look={share.on.value ? "active" : "plain"}
          onPress={() => void share.toggle()}
        />
      )}
      <ControlButton
        icon="chat"
        name={t("control.chat")}
        label={t("control.chat")}
        testId="chat-button"
        shortcut={SHORTCUT_KEYS.chat}
        expanded={chatOpen}
        look={chatOpen ? "active" : "plain"}
        unread={chat.unread.value + (meeting.polls.part.value?.unseen.value ?? 0)}
        onPress={() => (chatOpen ? panels.close() : panels.open("chat"))}
      />
      <ControlButton
        icon="people"
        name={t("control.peopleCount", { count: meeting.people.count.value })}
        label={t("control.people")}
        testId="people-button"
        shortcut={SHORTCUT_KEYS.people}
        expanded={peopleOpen}
        count={meeting.people.count.value}
        look={peopleOpen ? "active" : "plain"}
        onPress={() => meeting.panels.toggle("people")}
      />
      <ReactMenu gestures={meeting.gestures} mayReact={meeting.hosting.maySay("reaction")} />
      <MoreMenu meeting={meeting} />
      <ControlButton
        icon="leave"
        name={t("control.leaveMeeting")}
        label={t("control.leave")}
        testId="leave-button"
        look="danger"
        onPress={() => meeting.leave()}
      />
    </Toolbar>
  );
}
