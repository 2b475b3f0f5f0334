import "../../messages/later/english.ts";
import { useState } from "preact/hooks";
import { t } from "../../messages/messages.ts";
import { HostActs } from "../../state/hostActs.ts";
import type { Hosting } from "../../state/hosting.ts";
import type { Meeting } from "../../state/meeting.ts";
import { Sheet } from "../common/Sheet.tsx";
import { Switch } from "../common/Switch.tsx";

const MESSAGES = [
  ["chat", "hosting.mayChat"],
  ["file", "hosting.mayFile"],
  ["poll", "hosting.mayPoll"],
  ["reaction", "hosting.mayReact"],
] as const;

/** What those who moderate set and do for the whole meeting. */
export function HostSheet({ meeting }: { meeting: Meeting }) {
  const { hosting } = meeting;
  const acts = new HostActs(hosting);
  return (
    <Sheet
      title={t("hosting.title")}
      testId="host-sheet"
      onClose={() => hosting.setSheetShown(false)}
    >
      <div class="host-sheet">
        <div class="host-acts">
          <Act
            testId="mute-all"
            text={t("hosting.muteAll")}
            onPress={() => acts.silence(undefined, "microphone")}
          />
          <Act
            testId="stop-all"
            text={t("hosting.stopAll")}
            onPress={() => acts.silence(undefined, "camera")}
          />
        </div>
        <Rules meeting={meeting} />
        <Passcode meeting={meeting} />
        <Bans meeting={meeting} />
        {hosting.role.value === "host" && <End meeting={meeting} />}
      </div>
    </Sheet>
  );
}

function Rules({ meeting: { hosting, encryption } }: { meeting: Meeting }) {
  const acts = new HostActs(hosting);
  const { locked, lobby, reserved, startMuted, reservedMessages } = hosting.rules.value;
  return (
    <>
      <Switch
        testId="rule-lock"
        label={t("encryption.lock")}
        text={t("encryption.lockText")}
        on={locked || encryption.locked.value}
        onChange={(on) => acts.setLocked(on)}
      />
      <Switch
        testId="rule-lobby"
        label={t("hosting.lobby")}
        text={t("hosting.lobbyText")}
        on={lobby}
        onChange={(on) => acts.setLobby(on)}
      />
      <Switch
        testId="rule-unmute"
        label={t("hosting.mayUnmute")}
        on={!reserved.includes("microphone")}
        onChange={(on) => acts.setReserved("microphone", !on)}
      />
      <Switch
        testId="rule-camera"
        label={t("hosting.mayCamera")}
        on={!reserved.includes("camera")}
        onChange={(on) => acts.setReserved("camera", !on)}
      />
      <Switch
        testId="rule-share"
        label={t("hosting.mayShare")}
        on={!reserved.includes("screen-video")}
        onChange={(on) => acts.setReserved("screen", !on)}
      />
      {MESSAGES.map(([message, label]) => (
        <Switch
          key={message}
          testId={`rule-${message}`}
          label={t(label)}
          on={!reservedMessages.includes(message)}
          onChange={(on) => acts.setMessageReserved(message, !on)}
        />
      ))}
      <Switch
        testId="rule-start-muted"
        label={t("hosting.startMuted")}
        on={startMuted.includes("microphone")}
        onChange={(on) => acts.setStartMuted("microphone", on)}
      />
      <Switch
        testId="rule-start-camera-off"
        label={t("hosting.startCameraOff")}
        on={startMuted.includes("camera")}
        onChange={(on) => acts.setStartMuted("camera", on)}
      />
    </>
  );
}

function Passcode({ meeting: { hosting } }: { meeting: Meeting }) {
  if (hosting.rules.value.passcodeFixed) return <FixedPasscode />;
  return <OwnPasscode hosting={hosting} />;
}

function FixedPasscode() {
  return (
    <p class="host-passcode labelled" data-testid="fixed-passcode">
      <span>{t("prejoin.passcode")}</span>
      <small>{t("hosting.passcodeFixed")}</small>
    </p>
  );
}

/** Nobody is told it, this client neither: it is shown only while it is typed. */
function OwnPasscode({ hosting }: { hosting: Hosting }) {
  const [typed, setTyped] = useState("");
  const acts = new HostActs(hosting);
  const isSet = hosting.rules.value.passcode;
  return (
    <form
      class="host-passcode"
      onSubmit={(event) => {
        event.preventDefault();
        if (typed.trim() !== "") acts.setPasscode(typed.trim());
        setTyped("");
      }}
    >
      <label class="labelled">
        <span>{t("prejoin.passcode")}</span>
        <small>{t(isSet ? "hosting.passcodeOn" : "hosting.passcodeText")}</small>
        <input
          type="text"
          class="field"
          data-testid="set-passcode-input"
          autocomplete="off"
          maxLength={64}
          value={typed}
          onInput={({ currentTarget }) => setTyped(currentTarget.value)}
        />
      </label>
      <div class="host-acts">
        <button type="submit" class="button small" data-testid="set-passcode">
          {t(isSet ? "hosting.passcodeChange" : "hosting.passcodeSet")}
        </button>
        {isSet && (
          <Act
            testId="remove-passcode"
            text={t("hosting.passcodeRemove")}
            onPress={() => acts.setPasscode("")}
          />
        )}
      </div>
    </form>
  );
}

function Bans({ meeting: { hosting } }: { meeting: Meeting }) {
  const count = hosting.rules.value.banned;
  if (count === 0) return null;
  const acts = new HostActs(hosting);
  return (
    <div class="host-acts" data-testid="bans">
      <p>{t("hosting.bans", { count })}</p>
      <Act testId="lift-bans" text={t("hosting.liftBans")} onPress={() => acts.liftBans()} />
    </div>
  );
}

function End({ meeting: { hosting } }: { meeting: Meeting }) {
  const [asks, setAsks] = useState(false);
  const acts = new HostActs(hosting);
  if (!asks) {
    return (
      <div class="host-acts">
        <Act testId="end-all" text={t("hosting.end")} onPress={() => setAsks(true)} />
      </div>
    );
  }
  return (
    <div class="host-acts" role="alertdialog" aria-label={t("hosting.endSure")}>
      <p>{t("hosting.endSure")}</p>
      <Act testId="end-all-confirm" text={t("hosting.end")} onPress={() => acts.end()} />
      <Act testId="end-all-keep" text={t("people.keep")} onPress={() => setAsks(false)} />
    </div>
  );
}

function Act(props: { testId: string; text: string; onPress: () => void }) {
  return (
    <button type="button" class="button small" data-testid={props.testId} onClick={props.onPress}>
      {props.text}
    </button>
  );
}
