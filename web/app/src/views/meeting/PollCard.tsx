import { useId } from "preact/hooks";
import "../../messages/later/english.ts";
import { formatList, formatWholeShare } from "../../messages/formats.ts";
import { t } from "../../messages/messages.ts";
import type { PollOptionRow, PollRow, Polls } from "../../state/polls.ts";

/** One poll: its options are the buttons, and show what they have. */
export function PollCard({ polls, row, sealed }: { polls: Polls; row: PollRow; sealed: boolean }) {
  const id = useId();
  const name = row.isOwn ? t("tile.you") : row.authorName || t("person.guest");
  return (
    <section class="poll" data-testid="poll" data-over={row.over} aria-labelledby={id}>
      <header>
        <h3 id={id} dir="auto">
          {row.question}
        </h3>
        <p>{kind(row, name, sealed)}</p>
      </header>
      <ul>
        {row.options.map((option, index) => (
          <li key={option.text}>
            <Option row={row} option={option} onPress={() => polls.choose(row.key, index)} />
          </li>
        ))}
      </ul>
      <footer>
        <p role="status">
          {t("polls.voters", { count: row.voters })}
          {row.over && ` · ${t(`polls.over.${row.over}`)}`}
        </p>
        {row.isOwn && !row.over && (
          <button
            type="button"
            class="button small"
            data-testid="poll-close"
            onClick={() => polls.close(row.key)}
          >
            {t("polls.close")}
          </button>
        )}
      </footer>
      {row.again && <p class="poll-note">{t("polls.again", { name })}</p>}
    </section>
  );
}

function Option(props: { row: PollRow; option: PollOptionRow; onPress: () => void }) {
  const { row, option, onPress } = props;
  const names = option.voters.map((name) => name || t("person.guest"));
  const share = Math.round(option.share * 100);
  return (
    <>
      <button
        type="button"
        class="poll-option"
        data-testid="poll-option"
        aria-pressed={option.chosen}
        disabled={row.over !== undefined}
        onClick={onPress}
      >
        <span class="poll-bar" style={{ inlineSize: `${share}%` }} />
        <span class="poll-check" aria-hidden="true" />
        <span class="poll-text" dir="auto">
          {option.text}
        </span>
        <span class="poll-count">{t("polls.count", { count: option.count })}</span>
        <span class="poll-share">{formatWholeShare(option.share)}</span>
      </button>
      {names.length > 0 && <p class="poll-names">{formatList(names)}</p>}
    </>
  );
}

/** By whom, and what is known of who chose what. */
function kind({ isOwn, anonymous, multiple }: PollRow, name: string, sealed: boolean): string {
  const secret = isOwn
    ? t(sealed ? "polls.anonymousText" : "polls.anonymousTextOpen")
    : t(sealed ? "polls.anonymousBy" : "polls.anonymousByOpen", { name });
  const parts = [
    isOwn ? t("polls.byYou") : t("polls.by", { name }),
    ...(multiple ? [t("polls.multiple")] : []),
    anonymous ? secret : t("polls.named"),
  ];
  return parts.join(" · ");
}
