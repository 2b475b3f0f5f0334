import type { ComponentChildren } from "preact";
import { formatNumber, t } from "../../messages/messages.ts";
import { Icon, type IconName } from "../common/Icon.tsx";

export interface ControlButtonProps {
  readonly icon: IconName;
  /** What pressing it does now, for the tooltip and for screen readers. */
  readonly name: string;
  /** The short word under the icon. */
  readonly label: string;
  readonly testId: string;
  readonly shortcut?: string;
  readonly look?: "plain" | "off" | "active" | "danger";
  /** How many messages are unread. */
  readonly unread?: number;
  /** A number that is no news. */
  readonly count?: number;
  /** For what opens a panel: whether it is open. */
  readonly expanded?: boolean;
  /** The first to go where there is no room: it has another way, or little use there. */
  readonly spare?: boolean;
  /** Drawn on the button's face, over the icon. */
  readonly children?: ComponentChildren;
  readonly onPress: () => void;
}

/** More than this does not fit the badge, and makes no difference. */
const UNREAD_MAX = 99;

export function ControlButton(props: ControlButtonProps) {
  const { icon, name, label, testId, shortcut, look = "plain", unread = 0, count } = props;
  const spoken = unread > 0 ? t("control.unread", { name, count: unread }) : name;
  return (
    <button
      type="button"
      class="control"
      data-testid={testId}
      data-look={look}
      data-spare={props.spare}
      aria-label={spoken}
      aria-expanded={props.expanded}
      aria-keyshortcuts={shortcut}
      data-tip={shortcut ? t("control.withShortcut", { name, key: shortcut }) : name}
      onClick={props.onPress}
    >
      <span class="control-face">
        <Icon name={icon} />
        {unread > 0 && (
          <span class="badge" aria-hidden="true">
            {unread > UNREAD_MAX ? `${formatNumber(UNREAD_MAX)}+` : formatNumber(unread)}
          </span>
        )}
        {count !== undefined && <span class="count" data-count={formatNumber(count)} />}
        {props.children}
      </span>
      <span class="control-label" aria-hidden="true">
        {label}
      </span>
    </button>
  );
}
