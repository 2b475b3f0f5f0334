import { t } from "../../messages/messages.ts";
import {
  type ReleaseNotice as Notice,
  type ReleaseModel,
  release,
  shortOf,
} from "../../state/release.ts";
import { Icon } from "./Icon.tsx";

/** Before and after meetings: the server offers other code than what runs, or none at all. */
export function ReleaseNotice() {
  const model = release.value;
  const notice = model?.notice.value;
  if (model === undefined || notice === undefined) return null;
  return (
    <aside
      class="release-notice"
      data-testid="release-notice"
      data-kind={notice.kind}
      aria-label={t("release.title")}
    >
      <Words notice={notice} />
      {notice.kind === "offered" && <Choice model={model} />}
    </aside>
  );
}

function Words({ notice }: { notice: Notice }) {
  switch (notice.kind) {
    case "offered": {
      const { held, offered } = notice;
      return (
        <div role="status">
          <h2>{t("release.offered.title")}</h2>
          <p>{t("release.offered.text", { held: shortOf(held), offered: shortOf(offered) })}</p>
        </div>
      );
    }
    case "altered":
      return (
        <div role="alert">
          <h2>
            <Icon name="alert" />
            {t("release.altered.title")}
          </h2>
          <p>{t(`release.altered.${notice.isKept ? "kept" : "text"}`, { path: notice.path })}</p>
        </div>
      );
    case "unreachable":
      return <p role="status">{t("release.unreachable")}</p>;
  }
}

function Choice({ model }: { model: ReleaseModel }) {
  const taking = model.taking.value;
  return (
    <div class="release-choice">
      <button
        type="button"
        class="button small primary"
        data-testid="release-take"
        aria-disabled={taking}
        onClick={model.take}
      >
        {taking && <span class="spinner" aria-hidden="true" />}
        {t(taking ? "release.taking" : "release.take")}
      </button>
      <button
        type="button"
        class="button small quiet"
        data-testid="release-decline"
        onClick={model.decline}
      >
        {t("release.decline")}
      </button>
      {model.failed.value && <p role="alert">{t("release.failed")}</p>}
    </div>
  );
}
