import { useEffect, useRef, useState } from "preact/hooks";
import "../../messages/later/english.ts";
import { t } from "../../messages/messages.ts";
import type { Meeting } from "../../state/meeting.ts";
import { Icon } from "../common/Icon.tsx";
import { Sheet } from "../common/Sheet.tsx";

/** The ways to bring others in: by link, by another program, by camera, by calendar. */
export function InviteSheet({ meeting }: { meeting: Meeting }) {
  const { invitation } = meeting;
  const sealed = meeting.encryption.state.value !== undefined;
  return (
    <Sheet
      title={t("invite.title")}
      testId="invite-sheet"
      onClose={() => invitation.setShown(false)}
    >
      <div class="invite-sheet">
        <p>{t(sealed ? "invite.textSealed" : "invite.text")}</p>
        <p class="link-box" data-testid="invite-link">
          {invitation.link.value.replace(/^https?:\/\//, "")}
        </p>
        <div class="invite-ways">
          <CopyButton meeting={meeting} />
          {invitation.canShare && (
            <button
              type="button"
              class="button"
              data-testid="invite-share"
              onClick={() => void invitation.share()}
            >
              <Icon name="passOn" />
              {t("invite.share")}
            </button>
          )}
          <button
            type="button"
            class="button"
            data-testid="invite-event"
            onClick={invitation.saveEvent}
          >
            <Icon name="calendar" />
            {t("invite.event")}
          </button>
        </div>
        <LinkPicture link={invitation.link.value} />
      </div>
    </Sheet>
  );
}

/** The notice about it is behind the sheet. */
function CopyButton({ meeting }: { meeting: Meeting }) {
  const [copied, setCopied] = useState(false);
  return (
    <button
      type="button"
      class="button primary"
      data-testid="invite-copy"
      onClick={() => void meeting.invitation.copy().then(setCopied)}
    >
      <Icon name={copied ? "check" : "copy"} />
      {t(copied ? "notice.linkCopied" : "alone.copy")}
    </button>
  );
}

/** Dark on light in any color scheme: cameras read nothing else well. */
const DARK = [0, 0, 0] as const;
const LIGHT = [255, 255, 255] as const;

function LinkPicture({ link }: { link: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    // Few ask for it, so it is fetched when somebody does; without it the link is there all the same.
    void import("lean-qr").then(
      ({ generate }) => {
        if (canvas.current) generate(link).toCanvas(canvas.current, { on: DARK, off: LIGHT });
      },
      () => {},
    );
  }, [link]);
  return (
    <figure class="link-picture">
      <canvas ref={canvas} width={1} height={1} role="img" aria-label={t("invite.code")} />
      <figcaption>{t("invite.codeText")}</figcaption>
    </figure>
  );
}
