import "../../messages/later/english.ts";
import type { EncryptionState } from "@conclave/sdk";
import { t } from "../../messages/messages.ts";
import type { Encryption } from "../../state/encryption.ts";
import type { Verification } from "../../state/verification.ts";
import { Icon } from "../common/Icon.tsx";
import { ReleaseInfo } from "../common/ReleaseInfo.tsx";
import { KnownPeople } from "./KnownPeople.tsx";

/** What is behind the lock. */
export function LockMenuPanel(props: {
  readonly encryption: Encryption;
  readonly verification: Verification | undefined;
  readonly state: EncryptionState;
  readonly onCompare: () => void;
}) {
  const { encryption, verification, state, onCompare } = props;
  return (
    <>
      <h2>{t(`encryption.state.${state}`)}</h2>
      <p>{t(`encryption.text.${state}`)}</p>
      {encryption.isNamed && <p data-testid="lock-named">{t("encryption.named")}</p>}
      {state === "sealed" && <Code encryption={encryption} />}
      {state === "sealed" && verification && (
        <KnownPeople verification={verification} onCompare={onCompare} />
      )}
      {state === "sealed" && <LockSwitch encryption={encryption} />}
      <ReleaseInfo canTake={false} />
    </>
  );
}

/** Whoever may not turn it is told how it stands. */
function LockSwitch({ encryption }: { encryption: Encryption }) {
  const locked = encryption.locked.value;
  if (!encryption.moderates.value) return locked ? <p>{t("encryption.locked")}</p> : null;
  return (
    <label class="switch-row">
      <span>
        {t("encryption.lock")}
        <small>{t("encryption.lockText")}</small>
      </span>
      <input
        type="checkbox"
        role="switch"
        data-testid="lock-switch"
        checked={locked}
        aria-checked={locked}
        onChange={(event) => encryption.setLocked(event.currentTarget.checked)}
      />
    </label>
  );
}

function Code({ encryption }: { encryption: Encryption }) {
  const groups = encryption.code.value;
  return (
    <>
      <p class="lock-people" data-testid="lock-people">
        <Icon name="people" />
        {t("encryption.people", { count: encryption.people.value })}
      </p>
      <h3 id="lock-code-title">{t("encryption.codeTitle")}</h3>
      {groups.length === 0 ? (
        <p class="lock-code" data-pending="true">
          {t("encryption.codeComputing")}
        </p>
      ) : (
        <ol class="lock-code" data-testid="room-code" aria-labelledby="lock-code-title">
          {groups.map((group, place) => (
            <li key={place}>{group}</li>
          ))}
        </ol>
      )}
      <p>{t("encryption.codeText")}</p>
    </>
  );
}
