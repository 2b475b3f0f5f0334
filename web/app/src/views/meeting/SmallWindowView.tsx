import { render } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "../../messages/messages.ts";
import type { Meeting } from "../../state/meeting.ts";
import { Icon } from "../common/Icon.tsx";
import { lazyView } from "../common/lazyView.tsx";

const SmallPicture = lazyView(async () => (await import("./SmallPicture.tsx")).SmallPicture);

/** Opens and closes the small window; nothing where the browser has none. */
export function SmallWindowButton({ meeting }: { meeting: Meeting }) {
  const { smallWindow } = meeting;
  const opened = smallWindow.opened.value;
  useEffect(() => {
    if (opened === undefined) return;
    render(<SmallPicture meeting={meeting} />, opened.root);
    return () => render(null, opened.root);
  }, [meeting, opened]);
  if (!smallWindow.supported) return null;
  const name = t(opened ? "smallWindow.close" : "smallWindow.open");
  return (
    <button
      type="button"
      class="icon-button small-window-button"
      data-testid="small-window-button"
      aria-label={name}
      aria-pressed={opened !== undefined}
      title={name}
      onClick={() => void smallWindow.toggle()}
    >
      <Icon name="popOut" />
    </button>
  );
}
