import { useEffect, useMemo } from "preact/hooks";
import "../../messages/later/english.ts";
import { type MessageKey, t } from "../../messages/messages.ts";
import {
  CHECK_ROWS,
  type Check,
  type CheckContext,
  type CheckGrade,
  type CheckRow,
  createCheck,
} from "../../state/check.ts";
import { deviceNotice } from "../../state/prejoin.ts";
import { Icon, type IconName } from "../common/Icon.tsx";
import { LegalLinks } from "../common/LegalLinks.tsx";
import { Logo } from "../common/Logo.tsx";
import { DeviceControls } from "../controls/DeviceControls.tsx";
import { Toolbar } from "../controls/Toolbar.tsx";
import { Preview } from "../prejoin/Preview.tsx";

const ICONS: Readonly<Record<CheckGrade, IconName | undefined>> = {
  none: undefined,
  running: undefined,
  good: "check",
  fair: "alert",
  bad: "close",
};

/** Camera, microphone, speakers, and what the network does to a call. */
export function CheckScreen({ context }: { context: CheckContext }) {
  const check = useMemo(() => createCheck(context), [context]);
  useEffect(() => check.stop, [check]);
  return (
    <div class="prejoin check">
      <header>
        <Logo />
      </header>
      <main>
        <div class="prejoin-preview">
          <Preview local={check.local} mirrored />
          <Toolbar>
            <DeviceControls local={check.local} />
          </Toolbar>
          <Devices check={check} />
        </div>
        <div class="check-network">
          <h1>{t("check.title")}</h1>
          <p class="settings-text">{t("check.lead")}</p>
          <button
            type="button"
            class="button primary large"
            data-testid="check-start"
            aria-disabled={check.running.value}
            onClick={check.start}
          >
            {check.running.value && <span class="spinner" aria-hidden="true" />}
            {t(startLabel(check))}
          </button>
          <ul class="check-rows" aria-label={t("check.title")}>
            {CHECK_ROWS.map((row) => (
              <Row key={row} row={row} check={check} />
            ))}
          </ul>
          <p role="status" class="visually-hidden">
            {check.done.value && t("check.done")}
          </p>
          {check.done.value && <Report check={check} />}
        </div>
      </main>
      <footer>
        <LegalLinks />
      </footer>
    </div>
  );
}

function startLabel(check: Check): MessageKey {
  if (check.running.value) return "check.running";
  return check.done.value ? "check.again" : "check.start";
}

function Row({ row, check }: { row: CheckRow; check: Check }) {
  const { grade, text } = check.results.value[row];
  const icon = ICONS[grade];
  return (
    <li data-testid={`check-${row}`} data-grade={grade}>
      <span class="check-mark" aria-hidden="true">
        {grade === "running" ? <span class="spinner" /> : icon && <Icon name={icon} />}
      </span>
      <div>
        <h2>{t(`check.${row}.title`)}</h2>
        {text !== "" && <p>{text}</p>}
      </div>
    </li>
  );
}

function Devices({ check }: { check: Check }) {
  const { local } = check;
  const devices = [local.microphone, local.camera];
  const notices = devices.flatMap((device) => {
    return deviceNotice(device.kind, device.status.value) ?? [];
  });
  return (
    <div class="check-devices" role="status">
      {notices.map((notice) => (
        <p key={notice.kind} data-testid={`notice-${notice.kind}`}>
          {notice.text}
        </p>
      ))}
      <p>{t("check.deviceText")}</p>
      <button type="button" class="button" data-testid="check-sound" onClick={check.playSound}>
        <Icon name="speaker" />
        {t("check.sound")}
      </button>
    </div>
  );
}

function Report({ check }: { check: Check }) {
  return (
    <div class="check-report">
      <button type="button" class="button" data-testid="check-copy" onClick={check.copyReport}>
        <Icon name="copy" />
        <span role="status">{t(check.copied.value ? "release.copied" : "check.copy")}</span>
      </button>
      <small>{t("check.copyText")}</small>
    </div>
  );
}
