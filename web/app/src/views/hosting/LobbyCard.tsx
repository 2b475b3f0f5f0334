import "../../messages/later/english.ts";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../../messages/messages.ts";
import type { Prejoin, PrejoinLobby } from "../../state/prejoin.ts";

/** Somebody has to let this person in: what they can do meanwhile. */
export function LobbyCard({ prejoin, lobby }: { prejoin: Prejoin; lobby: PrejoinLobby }) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  return (
    <section class="lobby-card" data-testid="lobby" aria-labelledby="lobby-title">
      <header>
        <span class="spinner" aria-hidden="true" />
        <h2 id="lobby-title" ref={title} tabIndex={-1}>
          {t("lobby.title")}
        </h2>
      </header>
      <p>{t("lobby.text")}</p>
      <Talk lobby={lobby} />
      <button
        type="button"
        class="button wide"
        data-testid="lobby-leave"
        onClick={prejoin.stopWaiting}
      >
        {t("lobby.leave")}
      </button>
    </section>
  );
}

function Talk({ lobby }: { lobby: PrejoinLobby }) {
  const [draft, setDraft] = useState("");
  const lines = lobby.lines.value;
  return (
    <form
      class="waiting-talk"
      onSubmit={(event) => {
        event.preventDefault();
        lobby.say(draft);
        setDraft("");
      }}
    >
      <div role="log" aria-label={t("lobby.talkHosts")} data-testid="lobby-talk">
        {lines.map(({ text, fromHost }, index) => (
          <p key={index} data-own={!fromHost}>
            {text}
          </p>
        ))}
      </div>
      <input
        type="text"
        class="field"
        data-testid="lobby-input"
        aria-label={t("lobby.writeHosts")}
        placeholder={t("lobby.writeHosts")}
        maxLength={500}
        value={draft}
        onInput={({ currentTarget }) => setDraft(currentTarget.value)}
      />
      <button type="submit" class="button small">
        {t("lobby.send")}
      </button>
    </form>
  );
}
