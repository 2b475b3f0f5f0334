import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import "../../messages/later/english.ts";
import { t } from "../../messages/messages.ts";
import { HAPPENINGS } from "../../state/noticeChoices.ts";
import type { Appearance, StageArrangement } from "../../state/ports.ts";
import {
  createSettings,
  type LiveSettings,
  type Settings,
  type SettingsContext,
} from "../../state/settings.ts";
import { Choice } from "../common/Choice.tsx";
import { LanguageSelect } from "../common/LanguageSelect.tsx";
import { ReleaseInfo } from "../common/ReleaseInfo.tsx";
import { Sheet } from "../common/Sheet.tsx";
import { Switch } from "../common/Switch.tsx";
import { BackgroundSettings } from "./BackgroundSettings.tsx";
import { DeviceSettings } from "./DeviceSettings.tsx";
import { FaceSettings } from "./FaceSettings.tsx";
import { NoiseSettings } from "./NoiseSettings.tsx";

const ARRANGEMENTS: readonly StageArrangement[] = ["grid", "speaker"];
const APPEARANCES: readonly Appearance[] = ["system", "light", "dark"];

export interface SettingsSheetProps {
  readonly context: SettingsContext;
  /** Of the meeting that one is in. */
  readonly live?: LiveSettings;
  readonly onClose: () => void;
}

/** All that one can set, each with a word on what it does. */
export function SettingsSheet({ context, live, onClose }: SettingsSheetProps) {
  const settings = useMemo(() => createSettings(context, live), [context, live]);
  useEffect(() => settings.stop, [settings]);
  const { choices } = settings;
  return (
    <Sheet title={t("settings.title")} testId="settings" onClose={onClose}>
      <div class="settings">
        <Part title={t("settings.devices")} text={t("settings.devicesText")}>
          <DeviceSettings local={settings.local} mirrored={choices.mirrored.value} />
          <Switch
            testId="settings-mirrored"
            label={t("view.mirrored")}
            text={t("settings.mirroredText")}
            on={choices.mirrored.value}
            onChange={choices.setMirrored}
          />
        </Part>
        <Part title={t("effects.noise")} text={t("effects.noiseText")}>
          <NoiseSettings effects={settings.local.effects} />
        </Part>
        <Part title={t("effects.background")} text={t("effects.backgroundText")}>
          <BackgroundSettings effects={settings.local.effects} />
        </Part>
        <Part title={t("avatar.title")} text={t("avatar.text")}>
          <FaceSettings settings={settings} />
        </Part>
        <Part title={t("settings.meeting")}>
          <Choice
            title={t("view.arrangement")}
            name="settings-arrangement"
            values={ARRANGEMENTS}
            chosen={choices.arrangement.value}
            textOf={(value) => t(`view.arrangement.${value}`)}
            onChoose={choices.setArrangement}
          />
          <Switch
            testId="settings-self-view"
            label={t("view.selfView")}
            text={t("settings.selfViewText")}
            on={choices.selfView.value === "shown"}
            onChange={(on) => choices.setSelfView(on ? "shown" : "hidden")}
          />
          <Switch
            testId="settings-letters"
            label={t("keys.letters")}
            text={t("settings.lettersText")}
            on={settings.letters.value}
            onChange={settings.setLetters}
          />
        </Part>
        <Part title={t("settings.notices")} text={t("settings.noticesText")}>
          <NoticeTable settings={settings} />
        </Part>
        <Part title={t("settings.look")}>
          <Choice
            title={t("view.appearance")}
            name="settings-appearance"
            values={APPEARANCES}
            chosen={choices.appearance.value}
            textOf={(value) => t(`view.appearance.${value}`)}
            onChoose={choices.setAppearance}
          />
          <LanguageSelect choice={choices.language} />
        </Part>
        <Part title={t("settings.privacy")}>
          <Switch
            testId="settings-private"
            label={t("path.private")}
            text={t("path.privateText")}
            on={settings.addressPrivate.value}
            onChange={settings.setAddressPrivate}
          />
          <Switch
            testId="settings-recognisable"
            label={t("verify.recognisable")}
            text={t("verify.recognisableText")}
            on={settings.recognisable.value}
            onChange={settings.setRecognisable}
          />
          <Stored settings={settings} />
        </Part>
        <ReleaseInfo canTake={live === undefined} />
      </div>
    </Sheet>
  );
}

function Part(props: { title: string; text?: string; children: ComponentChildren }) {
  return (
    <section>
      <h3>{props.title}</h3>
      {props.text && <p class="settings-text">{props.text}</p>}
      {props.children}
    </section>
  );
}

function NoticeTable({ settings }: { settings: Settings }) {
  const { notices } = settings;
  return (
    <table class="notice-table">
      <thead>
        <tr>
          <td />
          <th scope="col">{t("settings.shown")}</th>
          <th scope="col">{t("settings.heard")}</th>
        </tr>
      </thead>
      <tbody>
        {HAPPENINGS.map((what) => (
          <tr key={what}>
            <th scope="row">{t(`settings.happening.${what}`)}</th>
            {(["shown", "heard"] as const).map((way) => (
              <td key={way} class="switch-row">
                <input
                  type="checkbox"
                  role="switch"
                  data-testid={`settings-${way}-${what}`}
                  aria-label={`${t(`settings.happening.${what}`)}: ${t(`settings.${way}`)}`}
                  checked={notices[way].value.has(what)}
                  aria-checked={notices[way].value.has(what)}
                  onChange={({ currentTarget }) =>
                    settings.setNotice(way, what, currentTarget.checked)
                  }
                />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What is kept here, and how to be rid of it. */
function Stored({ settings }: { settings: Settings }) {
  const [wiped, setWiped] = useState(false);
  const stored = settings.stored.value;
  return (
    <div class="settings-stored">
      <h4>{t("settings.stored")}</h4>
      <p class="settings-text">{t("settings.storedText")}</p>
      {stored.length === 0 ? (
        <p data-testid="stored-nothing">{t("settings.storedNothing")}</p>
      ) : (
        <ul data-testid="stored">
          {stored.map((kind) => (
            <li key={kind}>{t(`settings.stored.${kind}`)}</li>
          ))}
        </ul>
      )}
      <button
        type="button"
        class="button"
        data-testid="wipe"
        disabled={stored.length === 0}
        onClick={() => {
          settings.wipe();
          setWiped(true);
        }}
      >
        {t("settings.wipe")}
      </button>
      <p role="status">{wiped && stored.length === 0 && t("settings.wiped")}</p>
    </div>
  );
}
