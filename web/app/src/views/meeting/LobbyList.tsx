import { useState } from "preact/hooks";
import "../../messages/later/english.ts";
import { t } from "../../messages/messages.ts";
import type { Lobby, WaitingRow } from "../../state/lobby.ts";
import { AvatarDisc } from "../common/AvatarDisc.tsx";
import { Icon } from "../common/Icon.tsx";

/** Who waits to be let in, above those who are in. */
export function LobbyList({ lobby }: { lobby: Lobby }) {
  const people = lobby.people.value;
  if (people.length === 0) return null;
  return (
    <section class="lobby-list" data-testid="lobby-list" aria-labelledby="lobby-title">
      <header>
        <h3 id="lobby-title">{t("lobby.waiting", { count: people.length })}</h3>
        {people.length > 1 && (
          <button
            type="button"
            class="button small primary"
            data-testid="admit-all"
            onClick={lobby.admitAll}
          >
            {t("lobby.admitAll")}
          </button>
        )}
      </header>
      <ul>
        {people.map((row) => (
          <WaitingItem key={row.number} lobby={lobby} row={row} />
        ))}
      </ul>
    </section>
  );
}

function WaitingItem({ lobby, row }: { lobby: Lobby; row: WaitingRow }) {
  const [writes, setWrites] = useState(false);
  const { number, name } = row;
  return (
    <li class="waiting-row" data-testid="waiting-row">
      <AvatarDisc id={-number} name={name} />
      <span class="person-name">{name}</span>
      <button
        type="button"
        class="icon-button"
        data-testid="write-waiting"
        aria-label={t("lobby.write", { name })}
        title={t("lobby.write", { name })}
        aria-expanded={writes}
        onClick={() => setWrites(!writes)}
      >
        <Icon name="chat" />
      </button>
      <div class="waiting-acts">
        <Act
          testId="admit"
          label={t("lobby.admitName", { name })}
          text={t("lobby.admit")}
          onPress={() => lobby.admit(number)}
        />
        <Act
          testId="deny"
          label={t("lobby.denyName", { name })}
          text={t("lobby.deny")}
          onPress={() => lobby.deny(number)}
        />
      </div>
      {(writes || row.lines.length > 0) && <Conversation lobby={lobby} row={row} />}
    </li>
  );
}

function Act(props: { testId: string; label: string; text: string; onPress: () => void }) {
  const { testId, label, text, onPress } = props;
  return (
    <button
      type="button"
      class="button small"
      data-testid={testId}
      aria-label={label}
      onClick={onPress}
    >
      {text}
    </button>
  );
}

function Conversation({ lobby, row }: { lobby: Lobby; row: WaitingRow }) {
  const [draft, setDraft] = useState("");
  return (
    <form
      class="waiting-talk"
      onSubmit={(event) => {
        event.preventDefault();
        lobby.say(row.number, draft);
        setDraft("");
      }}
    >
      <div role="log" aria-label={t("lobby.talk", { name: row.name })}>
        {row.lines.map((line, index) => (
          <p key={index} data-own={line.fromHost}>
            {line.text}
          </p>
        ))}
      </div>
      <input
        type="text"
        class="field"
        data-testid="waiting-input"
        aria-label={t("lobby.write", { name: row.name })}
        placeholder={t("lobby.write", { name: row.name })}
        maxLength={500}
        value={draft}
        onInput={({ currentTarget }) => setDraft(currentTarget.value)}
      />
      <button type="submit" class="button small">
        {t("chat.send")}
      </button>
    </form>
  );
}
