import { CHAT_TEXT_MAX } from "@conclave/sdk/messages";
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import "../../messages/later/english.ts";
import { t } from "../../messages/messages.ts";
import type { Chat } from "../../state/chat.ts";
import { excerpt } from "../../state/chatGroups.ts";
import type { Compose, ComposeMode } from "../../state/compose.ts";
import { Icon } from "../common/Icon.tsx";

export interface ComposerProps {
  readonly chat: Chat;
  readonly input: RefObject<HTMLTextAreaElement | null>;
  /** The meeting is end-to-end encrypted. */
  readonly sealed: boolean;
  /** Whoever moderates lets this person write to whom it is for. */
  readonly maySend: boolean;
  /** Undefined: files cannot be given now. */
  readonly onFiles: ((files: readonly File[]) => void) | undefined;
}

/** Where one writes: to whom, in answer to what, and the words. */
export function Composer({ chat, input, sealed, maySend, onFiles }: ComposerProps) {
  const { compose } = chat;
  const mode = compose.mode.value;
  useEffect(() => input.current?.focus({ preventScroll: true }), [input, mode]);
  const to = recipientName(compose);
  const label = to === undefined ? t("chat.inputLabel") : t("chat.inputPrivate", { name: to });
  const send = () => {
    if (maySend) chat.send();
  };
  return (
    <form
      class="composer"
      data-private={to !== undefined}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || mode.kind === "new") return;
        // Not the panel: only what was begun.
        event.stopPropagation();
        compose.cancel();
      }}
    >
      {mode.kind !== "new" && <About mode={mode} onCancel={compose.cancel} />}
      <Recipient compose={compose} sealed={sealed} />
      <div class="composer-row">
        {onFiles && <Attach onFiles={onFiles} />}
        <textarea
          ref={input}
          class="field"
          rows={1}
          data-testid="chat-input"
          aria-label={label}
          placeholder={chat.waiting.value ? t("chat.waiting") : label}
          maxLength={CHAT_TEXT_MAX}
          enterkeyhint="send"
          value={compose.draft}
          onInput={(event) => compose.setDraft(event.currentTarget.value)}
          onPaste={(event) => {
            const files = [...(event.clipboardData?.files ?? [])];
            if (files.length === 0 || onFiles === undefined) return;
            event.preventDefault();
            onFiles(files);
          }}
          onKeyDown={(event) => {
            if (event.isComposing) return;
            if (event.key === "ArrowUp" && compose.draft.peek() === "") {
              event.preventDefault();
              chat.editLast();
            }
            if (event.key !== "Enter" || event.shiftKey) return;
            event.preventDefault();
            send();
          }}
        />
        <button
          type="submit"
          class="icon-button send"
          aria-label={t("chat.send")}
          data-testid="chat-send"
          disabled={!maySend || !chat.canSend.value}
        >
          <Icon name={mode.kind === "edit" ? "check" : "send"} />
        </button>
      </div>
    </form>
  );
}

function Attach({ onFiles }: { onFiles: (files: readonly File[]) => void }) {
  const chooser = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        class="icon-button"
        aria-label={t("file.attach")}
        title={t("file.attach")}
        data-testid="chat-attach"
        onClick={() => chooser.current?.click()}
      >
        <Icon name="file" />
      </button>
      <input
        ref={chooser}
        type="file"
        multiple
        hidden
        data-testid="chat-file"
        onChange={({ currentTarget }) => {
          onFiles([...(currentTarget.files ?? [])]);
          // The same one may be chosen again.
          currentTarget.value = "";
        }}
      />
    </>
  );
}

/** What is answered or changed. */
function About(props: { mode: Exclude<ComposeMode, { kind: "new" }>; onCancel: () => void }) {
  const { kind, message } = props.mode;
  const name = message.name || t("person.guest");
  const answering = message.isLocal ? t("chat.replyingToYou") : t("chat.replyingTo", { name });
  return (
    <div class="composer-about" data-testid="chat-about">
      <Icon name={kind === "edit" ? "edit" : "reply"} />
      <p>
        <strong>{kind === "edit" ? t("chat.editing") : answering}</strong>
        <span dir="auto">{excerpt(message.text)}</span>
      </p>
      <button
        type="button"
        class="icon-button"
        aria-label={t("chat.cancel")}
        data-testid="chat-cancel"
        onClick={props.onCancel}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}

function Recipient({ compose, sealed }: { compose: Compose; sealed: boolean }) {
  const people = compose.people.value;
  const to = compose.to.value;
  const name = recipientName(compose);
  if (people.length === 0) return null;
  const who = { name: name ?? "" };
  return (
    <div class="composer-to">
      <label>
        <span>{t("chat.to")}</span>
        <select
          data-testid="chat-to"
          value={to ?? ""}
          disabled={compose.mode.value.kind === "edit"}
          onChange={({ currentTarget: { value } }) =>
            compose.setTo(value === "" ? undefined : Number(value))
          }
        >
          <option value="">{t("chat.everyone")}</option>
          {people.map((person) => (
            <option key={person.id} value={person.id}>
              {person.name || t("person.guest")}
            </option>
          ))}
        </select>
      </label>
      <p role="status">
        {compose.recipientGone.value && t("chat.recipientGone", who)}
        {name !== undefined &&
          !compose.recipientGone.value &&
          t(sealed ? "chat.privateSealed" : "chat.privateOpen", who)}
      </p>
    </div>
  );
}

/** Undefined: everybody. */
function recipientName({ to, people }: Compose): string | undefined {
  if (to.value === undefined) return undefined;
  return people.value.find(({ id }) => id === to.value)?.name || t("person.guest");
}
