import { useState } from "preact/hooks";
import { t } from "../../messages/messages.ts";
import type { Landing } from "../../state/landing.ts";
import { Icon } from "../common/Icon.tsx";
import { LanguageSelect } from "../common/LanguageSelect.tsx";
import { LegalLinks } from "../common/LegalLinks.tsx";
import { Logo } from "../common/Logo.tsx";
import { lazyView } from "../common/lazyView.tsx";
import { ReleaseNotice } from "../common/ReleaseNotice.tsx";
import { Gathering } from "./Gathering.tsx";
import { RecentList } from "./RecentList.tsx";

const SettingsSheet = lazyView(
  async () => (await import("../settings/SettingsSheet.tsx")).SettingsSheet,
);

export function LandingScreen({ landing }: { landing: Landing }) {
  const [settings, setSettings] = useState(false);
  return (
    <div class="landing">
      <header>
        <Logo />
      </header>
      <ReleaseNotice />
      <main>
        <div class="landing-words">
          <h1>{t("landing.title")}</h1>
          <p class="lead">{t("landing.text")}</p>
          <div class="landing-actions">
            <button
              type="button"
              class="button primary large"
              data-testid="new-meeting"
              onClick={landing.newMeeting}
            >
              <Icon name="camera" />
              {t("landing.new")}
            </button>
            <span class="or">{t("landing.or")}</span>
            <JoinForm landing={landing} />
          </div>
          <p class="field-error" role="alert" id="join-error">
            {landing.error}
          </p>
          <RecentList landing={landing} />
          <div class="notes">
            <p class="note">
              <Icon name="locked" />
              {t("landing.encryption")}
            </p>
            <p class="note">
              <Icon name="unlocked" />
              <span>
                {t("landing.openText")}{" "}
                <button
                  type="button"
                  class="link-button"
                  data-testid="new-open-meeting"
                  onClick={landing.newOpenMeeting}
                >
                  {t("landing.newOpen")}
                </button>
              </span>
            </p>
          </div>
        </div>
        <Gathering />
      </main>
      <footer>
        <LanguageSelect choice={landing.language} />
        <button
          type="button"
          class="link-button"
          data-testid="settings-button"
          onClick={() => setSettings(true)}
        >
          {t("settings.title")}
        </button>
        <a
          class="link-button"
          data-testid="check-link"
          href="/check"
          onClick={(event) => {
            if (event.ctrlKey || event.metaKey || event.shiftKey) return;
            event.preventDefault();
            landing.goTo("/check");
          }}
        >
          {t("check.title")}
        </a>
        <LegalLinks />
      </footer>
      {settings && (
        <SettingsSheet context={landing.settingsContext} onClose={() => setSettings(false)} />
      )}
    </div>
  );
}

function JoinForm({ landing }: { landing: Landing }) {
  return (
    <form
      class="join-form"
      onSubmit={(event) => {
        event.preventDefault();
        landing.join();
      }}
    >
      <input
        type="text"
        class="field"
        data-testid="join-field"
        aria-label={t("landing.joinLabel")}
        aria-describedby="join-error"
        placeholder={t("landing.joinPlaceholder")}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        enterkeyhint="go"
        value={landing.typed}
        onInput={(event) => landing.setTyped(event.currentTarget.value)}
      />
      <button type="submit" class="button" data-testid="join-by-name">
        {t("landing.join")}
      </button>
    </form>
  );
}
