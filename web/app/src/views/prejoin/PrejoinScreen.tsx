import { useEffect, useRef, useState } from "preact/hooks";
import { type MessageKey, t } from "../../messages/messages.ts";
import type { Effects } from "../../state/effects.ts";
import { DISPLAY_NAME_MAX, type Prejoin } from "../../state/prejoin.ts";
import { EncryptionBadge } from "../common/EncryptionBadge.tsx";
import { Icon } from "../common/Icon.tsx";
import { LegalLinks } from "../common/LegalLinks.tsx";
import { Logo } from "../common/Logo.tsx";
import { lazyView } from "../common/lazyView.tsx";
import { PrivateAddressSwitch } from "../common/PrivateAddressSwitch.tsx";
import { ReleaseNotice } from "../common/ReleaseNotice.tsx";
import { WithheldActs } from "../common/WithheldActs.tsx";
import { DeviceControls } from "../controls/DeviceControls.tsx";
import { useShortcuts } from "../controls/keyboard.ts";
import { Toolbar } from "../controls/Toolbar.tsx";
import { Preview } from "./Preview.tsx";

const LobbyCard = lazyView(async () => (await import("../hosting/LobbyCard.tsx")).LobbyCard);

const SettingsSheet = lazyView(
  async () => (await import("../settings/SettingsSheet.tsx")).SettingsSheet,
);

export function PrejoinScreen({ prejoin }: { prejoin: Prejoin }) {
  useShortcuts(prejoin.act);
  const lobby = prejoin.lobby.value;
  return (
    <div class="prejoin">
      <header>
        <Logo />
        <EncryptionBadge sealed={prejoin.sealed} />
      </header>
      <ReleaseNotice />
      <main>
        <div class="prejoin-preview">
          <Preview local={prejoin.local} mirrored={prejoin.mirrored.value} />
          <Toolbar>
            <DeviceControls local={prejoin.local} />
          </Toolbar>
          <DeviceNotices prejoin={prejoin} />
        </div>
        <div class="prejoin-form">
          <p class="eyebrow">{t("prejoin.room")}</p>
          <h1 class="room-name">{prejoin.roomName}</h1>
          <p class="prejoin-encryption" data-testid="prejoin-encryption">
            {t(admission(prejoin))}
          </p>
          <SightLine prejoin={prejoin} />
          {lobby === undefined ? (
            <JoinForm prejoin={prejoin} />
          ) : (
            <LobbyCard prejoin={prejoin} lobby={lobby} />
          )}
          {prejoin.sealed && lobby === undefined && (
            <PrivateAddressSwitch
              isPrivate={prejoin.addressPrivate.value}
              onChange={prejoin.setAddressPrivate}
            />
          )}
          <NetworkNotice prejoin={prejoin} />
        </div>
      </main>
      <footer>
        <SettingsButton prejoin={prejoin} />
        <CheckLink />
        <LegalLinks />
      </footer>
    </div>
  );
}

/** How many are in, and what awaits whoever comes. */
function SightLine({ prejoin }: { prejoin: Prejoin }) {
  const sight = prejoin.sight.value;
  return (
    <p class="prejoin-sight" role="status" data-testid="prejoin-sight">
      {sight && (
        <>
          {sight.participants === 0
            ? t("prejoin.nobody")
            : t("prejoin.inside", { count: sight.participants })}{" "}
          {sight.locked && t("prejoin.locked")}
          {!sight.locked && sight.lobby && t("prejoin.lobby")}{" "}
          {sight.recorded && (
            <strong data-testid="prejoin-recorded">{t("prejoin.recorded")}</strong>
          )}
        </>
      )}
    </p>
  );
}

/** Among them the picture by which one is seen without a camera. */
function SettingsButton({ prejoin }: { prejoin: Prejoin }) {
  const [shown, setShown] = useState(false);
  const close = () => {
    setShown(false);
    prejoin.onSettingsClosed();
  };
  return (
    <>
      <button
        type="button"
        class="link-button"
        data-testid="settings-button"
        onClick={() => setShown(true)}
      >
        {t("settings.title")}
      </button>
      {shown && <SettingsSheet context={prejoin.settingsContext} onClose={close} />}
    </>
  );
}

/** In a tab of its own: the meeting's link stays where it is. */
function CheckLink() {
  return (
    <a class="link-button" data-testid="check-link" href="/check" target="_blank" rel="noopener">
      {t("check.title")}
    </a>
  );
}

/** Only where something stands in the way of a meeting. */
function NetworkNotice({ prejoin }: { prejoin: Prejoin }) {
  const obstacle = prejoin.network.value;
  return (
    <div class="device-notices" role="status">
      {obstacle && (
        <div class="device-notice" data-testid="notice-network" data-obstacle={obstacle}>
          <Icon name="alert" />
          <p>{t(obstacle === "server" ? "check.server.bad" : "check.media.bad")}</p>
          <CheckLink />
        </div>
      )}
    </div>
  );
}

function JoinForm({ prejoin }: { prejoin: Prejoin }) {
  const joining = prejoin.joining.value;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        prejoin.join();
      }}
    >
      <label class="labelled">
        <span>{t("prejoin.nameLabel")}</span>
        <input
          type="text"
          class="field"
          data-testid="name-input"
          placeholder={t("prejoin.namePlaceholder")}
          autocomplete="name"
          maxLength={DISPLAY_NAME_MAX}
          value={prejoin.name}
          onInput={(event) => prejoin.setName(event.currentTarget.value)}
        />
      </label>
      <PasscodeField prejoin={prejoin} />
      <button
        type="submit"
        class="button primary large wide"
        data-testid="join-button"
        aria-disabled={joining}
      >
        {joining && <span class="spinner" aria-hidden="true" />}
        {t(joining ? "prejoin.joining" : "prejoin.join")}
      </button>
      <button
        type="button"
        class="button quiet wide"
        data-testid="join-without"
        onClick={prejoin.joinWithoutDevices}
      >
        {t("prejoin.joinWithout")}
      </button>
    </form>
  );
}

const PASSCODE_TEXTS = {
  "passcode-needed": "prejoin.passcodeNeeded",
  "passcode-wrong": "prejoin.passcodeWrong",
  "rate-limited": "prejoin.passcodeSoon",
} as const;

function PasscodeField({ prejoin }: { prejoin: Prejoin }) {
  const why = prejoin.passcodeProblem.value;
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // Who has not tried yet types their name first.
    if (why === "passcode-wrong") field.current?.focus({ preventScroll: true });
  }, [why]);
  if (why === undefined) return null;
  return (
    <label class="labelled">
      <span>{t("prejoin.passcode")}</span>
      <input
        ref={field}
        type="password"
        class="field"
        data-testid="passcode-input"
        autocomplete="off"
        aria-describedby="passcode-why"
        aria-invalid={why === "passcode-wrong"}
        maxLength={64}
        value={prejoin.passcode}
        onInput={(event) => prejoin.setPasscode(event.currentTarget.value)}
      />
      <small
        id="passcode-why"
        class={why === "passcode-needed" ? "field-note" : "field-error"}
        role="alert"
      >
        {t(PASSCODE_TEXTS[why])}
      </small>
    </label>
  );
}

function DeviceNotices({ prejoin }: { prejoin: Prejoin }) {
  return (
    <div class="device-notices" role="status">
      {prejoin.asking.value && <p class="asking">{t("prejoin.asking")}</p>}
      <EffectNotice effects={prejoin.local.effects} />
      {prejoin.notices.value.map((notice) => (
        <div key={notice.kind} class="device-notice" data-testid={`notice-${notice.kind}`}>
          <Icon name={notice.kind === "camera" ? "cameraOff" : "microphoneOff"} />
          <p>{notice.text}</p>
          <button type="button" class="button small" onClick={() => prejoin.retry(notice.kind)}>
            {notice.retry}
          </button>
        </div>
      ))}
    </div>
  );
}

function EffectNotice({ effects }: { effects: Effects }) {
  const problem = effects.problem.value;
  if (effects.starting.value) return <p class="asking">{t("effects.starting")}</p>;
  if (problem === undefined) return null;
  return (
    <div class="device-notice" data-testid="notice-effect">
      <Icon name="alert" />
      <p>{t(`effects.problem.${problem}`)}</p>
      {effects.withheld.value && <WithheldActs effects={effects} />}
    </div>
  );
}

/** Who may see and hear what is said. */
function admission({ sealed, named }: Prejoin): MessageKey {
  if (!sealed) return "encryption.prejoinOpen";
  return named ? "encryption.named" : "encryption.prejoin";
}
