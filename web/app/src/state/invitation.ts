import { t } from "../messages/messages.ts";
import { type CalendarEntry, calendarFile } from "./calendar.ts";
import { cell, type Readable } from "./cells.ts";
import type { Clock } from "./clock.ts";
import type { Notices } from "./notices.ts";
import type { Page } from "./ports.ts";

/** Ways to bring others into the meeting. The link is given to nobody but whom this person picks. */
export interface Invitation {
  readonly link: Readable<string>;
  /** The meeting has another link, which the page's address has already; it is said. */
  replace(): void;
  /** Whether the sheet with all of them is shown. */
  readonly shown: Readable<boolean>;
  /** Whether the browser hands texts to other programs. */
  readonly canShare: boolean;
  setShown(shown: boolean): void;
  /** Whether the link is where it can be pasted from; what is the matter is said. */
  copy(): Promise<boolean>;
  share(): Promise<void>;
  /** A file for a calendar, an hour long from the next full hour on; there it can be moved. */
  saveEvent(): void;
}

export interface InvitationContext {
  readonly roomName: string;
  readonly page: Page;
  readonly clock: Clock;
  readonly notices: Notices;
}

const HOUR_MS = 3_600_000;

export function createInvitation(context: InvitationContext): Invitation {
  const { roomName, page, clock, notices } = context;
  const address = (): string => page.origin + page.path;
  const link = cell(address());
  const shown = cell(false);
  return {
    link,
    shown,
    canShare: page.canShare,
    setShown(next) {
      shown.value = next;
    },
    replace() {
      link.value = address();
      notices.show(t("notice.linkReplaced"), { topic: "link" });
    },
    async copy() {
      const copied = await page.copy(link.peek());
      const key = copied ? "notice.linkCopied" : "notice.linkNotCopied";
      const text = t(key, { link: link.peek() });
      notices.show(text, { topic: "link" });
      return copied;
    },
    share: () => page.share(t("invite.subject", { name: roomName }), link.peek()),
    saveEvent() {
      const startsAt = Math.ceil(clock.now() / HOUR_MS) * HOUR_MS;
      const event: CalendarEntry = {
        link: link.peek(),
        title: t("invite.subject", { name: roomName }),
        text: t("invite.eventText", { link: link.peek() }),
        madeAt: clock.now(),
        startsAt,
        endsAt: startsAt + HOUR_MS,
      };
      page.save(`${roomName}.ics`, calendarFile(event));
    },
  };
}
