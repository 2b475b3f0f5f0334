import { t } from "../../messages/messages.ts";
import type { DeviceChoice } from "../../state/ports.ts";
import { Icon } from "../common/Icon.tsx";

export interface MenuSection {
  readonly title: string;
  readonly choices: readonly DeviceChoice[];
  readonly selectedId: string | undefined;
  readonly onSelect: (id: string) => void;
  /** Why there is nothing to choose. */
  readonly empty?: string;
}

/** The arrow beside a device's button, and the list that it opens (a native popover). */
export function DeviceMenu(props: {
  readonly id: string;
  readonly name: string;
  readonly sections: readonly MenuSection[];
}) {
  const menuId = `menu-${props.id}`;
  return (
    <>
      <button
        type="button"
        class="control-more"
        data-anchor={props.id}
        data-testid={`${props.id}-menu-button`}
        aria-label={props.name}
        aria-haspopup="true"
        popovertarget={menuId}
      >
        <Icon name="chevron" />
      </button>
      <div class="menu" id={menuId} data-anchor={props.id} popover="auto">
        {props.sections.map((section) => (
          <Section key={section.title} menuId={menuId} section={section} />
        ))}
      </div>
    </>
  );
}

function Section({ menuId, section }: { menuId: string; section: MenuSection }) {
  const name = `${menuId}-${section.title}`;
  return (
    <fieldset>
      <legend>{section.title}</legend>
      {section.choices.length === 0 && (
        <p class="menu-empty">{section.empty ?? t("device.noChoice")}</p>
      )}
      {section.choices.map((choice) => (
        <label key={choice.id} class="menu-item">
          <input
            type="radio"
            value={choice.id}
            name={name}
            checked={choice.id === section.selectedId}
            onChange={() => section.onSelect(choice.id)}
          />
          <Icon name="check" />
          <span>{choice.label}</span>
        </label>
      ))}
    </fieldset>
  );
}
