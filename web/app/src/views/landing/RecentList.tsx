import { formatDay } from "../../messages/formats.ts";
import { t } from "../../messages/messages.ts";
import type { Landing } from "../../state/landing.ts";
import type { RecentMeeting } from "../../state/ports.ts";
import { isSealed } from "../../state/recents.ts";
import { Icon } from "../common/Icon.tsx";

/** Where one was lately, to go there again or to have it forgotten. */
export function RecentList({ landing }: { landing: Landing }) {
  const list = landing.recents.list.value;
  if (list.length === 0) return null;
  return (
    <section class="recents" data-testid="recents" aria-labelledby="recents-title">
      <header>
        <h2 id="recents-title">{t("recents.title")}</h2>
        <small>{t("recents.text")}</small>
        <button
          type="button"
          class="link-button"
          data-testid="forget-all"
          onClick={landing.recents.forgetAll}
        >
          {t("recents.forgetAll")}
        </button>
      </header>
      <ul>
        {list.map((meeting) => (
          <Row key={meeting.path} landing={landing} meeting={meeting} />
        ))}
      </ul>
    </section>
  );
}

function Row({ landing, meeting }: { landing: Landing; meeting: RecentMeeting }) {
  const { path, name, at } = meeting;
  const sealed = isSealed(meeting);
  return (
    <li>
      <a
        href={path}
        data-testid="recent"
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          landing.goTo(path);
        }}
      >
        <Icon name={sealed ? "locked" : "unlocked"} />
        <span>{name}</span>
        <time dateTime={new Date(at).toISOString()}>{formatDay(at)}</time>
      </a>
      <button
        type="button"
        class="icon-button"
        aria-label={t("recents.forget", { name })}
        title={t("recents.forget", { name })}
        onClick={() => landing.recents.forget(path)}
      >
        <Icon name="close" />
      </button>
    </li>
  );
}
