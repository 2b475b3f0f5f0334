import "../../messages/later/english.ts";
import { useId, useState } from "preact/hooks";
import { formatDay } from "../../messages/formats.ts";
import { t } from "../../messages/messages.ts";
import { groupsOf, type ReleaseModel, release, shortOf } from "../../state/release.ts";

/** The code of the page's own files, to compare with the server's and with other people's. */
export function ReleaseInfo({ canTake }: { readonly canTake: boolean }) {
  const id = useId();
  const model = release.value;
  const running = model?.running.value;
  if (model === undefined || running === undefined) return null;
  const { since } = running;
  return (
    <section class="release-info" data-testid="release-info" aria-labelledby={id}>
      <h3 id={id}>{t("release.title")}</h3>
      <ol class="release-code" data-testid="release-code" data-id={running.id}>
        {groupsOf(running.id).map((group, place) => (
          <li key={place}>{group}</li>
        ))}
      </ol>
      <p>{t("release.text")}</p>
      <p>
        {since === undefined ? t("release.notKept") : t("release.since", { day: formatDay(since) })}
      </p>
      <Copy id={running.id} />
      <Other model={model} canTake={canTake} />
    </section>
  );
}

function Copy({ id }: { id: string }) {
  const [copied, setCopied] = useState(false);
  const copy = () => navigator.clipboard.writeText(id).then(() => setCopied(true));
  return (
    <button type="button" class="button small" onClick={() => void copy().catch(() => {})}>
      <span role="status">{t(copied ? "release.copied" : "release.copy")}</span>
    </button>
  );
}

/** What was declined can still be taken. */
function Other({ model, canTake }: { model: ReleaseModel; canTake: boolean }) {
  const other = model.other.value;
  if (other === undefined) return null;
  return (
    <>
      <p data-testid="release-other">{t("release.other", { offered: shortOf(other) })}</p>
      {canTake && (
        <button type="button" class="button small" onClick={model.take}>
          {t(model.taking.value ? "release.taking" : "release.take")}
        </button>
      )}
      {model.failed.value && <p role="alert">{t("release.failed")}</p>}
    </>
  );
}
