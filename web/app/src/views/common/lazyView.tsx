import type { ComponentType } from "preact";
import { useEffect, useReducer } from "preact/hooks";
import { t } from "../../messages/messages.ts";

/**
 * A part of the page whose code is fetched when it is first shown, so that a meeting begins without it.
 * Where that fails it says so and can be tried again.
 */
export function lazyView<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props> {
  let View: ComponentType<Props> | undefined;
  let failed = false;
  return function LazyView(props: Props) {
    const [, redraw] = useReducer((count: number) => count + 1, 0);
    const fetchIt = () => {
      failed = false;
      load().then(
        (loaded) => {
          View = loaded;
          redraw(0);
        },
        () => {
          failed = true;
          redraw(0);
        },
      );
    };
    useEffect(() => {
      if (View === undefined) fetchIt();
    }, []);
    if (View !== undefined) return <View {...props} />;
    if (!failed) return null;
    return (
      <div class="not-loaded" role="alert">
        <p>{t("end.notLoaded.title")}</p>
        <button type="button" class="button small" onClick={fetchIt}>
          {t("device.retry")}
        </button>
      </div>
    );
  };
}
