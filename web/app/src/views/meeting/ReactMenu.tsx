import { useRef } from "preact/hooks";
import { t } from "../../messages/messages.ts";
import type { Gestures } from "../../state/gestures.ts";
import { Icon } from "../common/Icon.tsx";

const MENU = "menu-react";

/** A hand to raise and signs to give, behind one control. */
export function ReactMenu(props: { readonly gestures: Gestures; readonly mayReact: boolean }) {
  const { gestures, mayReact } = props;
  const menu = useRef<HTMLElement>(null);
  const raised = gestures.handRaised.value;
  const close = () => menu.current?.hidePopover();
  return (
    <>
      <button
        type="button"
        class="control"
        data-testid="react-button"
        data-anchor="react"
        // On a phone it is among what there is more.
        data-spare
        data-look={raised ? "active" : "plain"}
        aria-label={t("control.reactMenu")}
        aria-haspopup="true"
        popovertarget={MENU}
      >
        <span class="control-face">
          <Icon name="hand" />
        </span>
        <span class="control-label" aria-hidden="true">
          {t("control.react")}
        </span>
      </button>
      <section
        ref={menu}
        class="menu react-menu"
        id={MENU}
        data-anchor="react"
        popover="auto"
        aria-label={t("control.reactMenu")}
      >
        <Reactions gestures={gestures} mayReact={mayReact} onDone={close} />
      </section>
    </>
  );
}

export function Reactions(props: {
  readonly gestures: Gestures;
  readonly mayReact: boolean;
  readonly onDone: () => void;
}) {
  const { gestures, mayReact, onDone } = props;
  const raised = gestures.handRaised.value;
  return (
    <>
      {mayReact && (
        <div class="reactions">
          {gestures.choices.map((emoji) => (
            <button
              key={emoji}
              type="button"
              class="reaction-choice"
              data-testid="reaction"
              onClick={() => {
                gestures.react(emoji);
                onDone();
              }}
            >
              {emoji}
            </button>
          ))}
        </div>
      )}
      <button
        type="button"
        class="button wide"
        data-testid="hand-button"
        aria-pressed={raised}
        onClick={() => {
          gestures.setHand(!raised);
          onDone();
        }}
      >
        <Icon name="hand" />
        {t(raised ? "control.lowerHand" : "control.raiseHand")}
      </button>
    </>
  );
}
