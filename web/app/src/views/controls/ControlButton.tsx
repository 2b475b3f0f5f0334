import { t } from "../../messages/messages.ts";
import { Icon, type IconName } from "../common/Icon.tsx";

export interface ControlButtonProps {
  readonly icon: IconName;
  /** What it does, for the tooltip and for screen readers. */
  readonly name: string;
  /** The short word under the icon. */
  readonly label: string;
  readonly testId: string;
  readonly shortcut?: string;
  /** For a switch: whether it is on. */
  readonly pressed?: boolean;
  readonly look?: "plain" | "off" | "active" | "danger";
  readonly badge?: number;
  readonly onPress: () => void;
}

export function ControlButton(props: ControlButtonProps) {
  const { icon, name, label, testId, shortcut, pressed, look = "plain", badge = 0 } = props;
  const spoken = badge > 0 ? t("control.unread", { name, count: badge }) : name;
  return (
    <button
      type="button"
      class="control"
      data-testid={testId}
      data-look={look}
      aria-label={spoken}
      aria-pressed={pressed}
      aria-keyshortcuts={shortcut}
      data-tip={shortcut ? t("control.withShortcut", { name, key: shortcut }) : name}
      onClick={props.onPress}
    >
      <span class="control-face">
        <Icon name={icon} />
        {badge > 0 && <span class="badge">{badge > 99 ? "99+" : badge}</span>}
      </span>
      <span class="control-label" aria-hidden="true">
        {label}
      </span>
    </button>
  );
}
