import { t } from "../../messages/messages.ts";

/** Whether the other one of two may see this machine's address. */
export function PrivateAddressSwitch(props: {
  readonly isPrivate: boolean;
  readonly onChange: (isPrivate: boolean) => void;
}) {
  return (
    <label class="switch-row">
      <span>
        {t("path.private")}
        <small>{t("path.privateText")}</small>
      </span>
      <input
        type="checkbox"
        role="switch"
        data-testid="private-address-switch"
        checked={props.isPrivate}
        aria-checked={props.isPrivate}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
    </label>
  );
}
