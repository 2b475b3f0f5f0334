import "../../messages/later/english.ts";
import { t } from "../../messages/messages.ts";
import type { Meeting } from "../../state/meeting.ts";
import { Icon } from "../common/Icon.tsx";
import { RoomSelect } from "./RoomSelect.tsx";

/** Where one is, who asks for help, and what a host says to all rooms. */
export function BreakoutBanners({ meeting }: { meeting: Meeting }) {
  return (
    <>
      {meeting.breakouts.open.value && <PlaceBanner meeting={meeting} />}
      {meeting.hosting.moderates.value && <HelpBanners meeting={meeting} />}
      <WordBanner meeting={meeting} />
    </>
  );
}

function PlaceBanner({ meeting: { breakouts, hosting } }: { meeting: Meeting }) {
  const open = breakouts.open.value;
  if (open === undefined) return null;
  const own = breakouts.own.value;
  const moderates = hosting.moderates.value;
  const time = breakouts.timeLeft.value;
  const isOut = own !== 0;
  return (
    <div class="banner" data-testid="breakout-banner" data-breakout={own}>
      <Icon name="people" />
      <p>
        {isOut ? t("breakout.youAreIn", { room: breakouts.nameOf(own) }) : t("breakout.opened")}
        {time !== undefined && ` ${t("breakout.left", { time })}`}
      </p>
      {(open.choose || moderates) && (
        <RoomSelect
          testId="breakout-go"
          label={t("breakout.pick")}
          breakouts={breakouts}
          value={own}
          withMain={open.mayReturn || moderates || !isOut}
          onPick={(room) => breakouts.go(room)}
        />
      )}
      {isOut && open.mayReturn && !open.choose && !moderates && (
        <button
          type="button"
          class="button small"
          data-testid="breakout-return"
          onClick={() => breakouts.go(0)}
        >
          {t("breakout.return")}
        </button>
      )}
      {isOut && !moderates && (
        <button
          type="button"
          class="button small"
          data-testid="breakout-help"
          aria-pressed={breakouts.asksForHelp.value}
          onClick={() => breakouts.askForHelp(!breakouts.asksForHelp.peek())}
        >
          {breakouts.asksForHelp.value && <Icon name="check" />}
          {t("breakout.help")}
        </button>
      )}
      {moderates && (
        <button
          type="button"
          class="button small"
          data-testid="breakout-manage"
          onClick={() => breakouts.setSheetShown(true)}
        >
          {t("breakout.title")}
        </button>
      )}
    </div>
  );
}

function HelpBanners({ meeting: { breakouts } }: { meeting: Meeting }) {
  return breakouts.help.value.map(({ id, name, breakout }) => (
    <div key={id} class="banner" data-testid="breakout-help-banner">
      <Icon name="hand" />
      <p>{t("breakout.helpAsked", { name, room: breakouts.nameOf(breakout) })}</p>
      <button
        type="button"
        class="button small primary"
        data-testid="breakout-help-go"
        onClick={() => breakouts.go(breakout)}
      >
        {t("breakout.goThere")}
      </button>
    </div>
  ));
}

function WordBanner({ meeting: { breakouts } }: { meeting: Meeting }) {
  const word = breakouts.word.value;
  if (word === undefined) return null;
  return (
    <div class="banner" data-testid="breakout-word">
      <Icon name="chat" />
      <p dir="auto">{t("breakout.toAll", { ...word })}</p>
      <button type="button" class="button small quiet" onClick={() => breakouts.dismissWord()}>
        {t("sheet.close")}
      </button>
    </div>
  );
}
