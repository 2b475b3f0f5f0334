import "../../messages/later/english.ts";
import { t } from "../../messages/messages.ts";
import type { KnownPerson, Verification } from "../../state/verification.ts";
import { Icon } from "../common/Icon.tsx";

/** Behind the lock: who of the others is known, and how to be sure of somebody. */
export function KnownPeople(props: {
  readonly verification: Verification;
  /** A comparison takes the place of the menu. */
  readonly onCompare: () => void;
}) {
  const people = props.verification.people.value;
  if (people.length === 0) return null;
  return (
    <>
      <h3 id="known-people-title">{t("verify.title")}</h3>
      <p>{t("verify.text")}</p>
      <ul class="known-people" aria-labelledby="known-people-title" data-testid="known-people">
        {people.map((person) => (
          <Person
            key={person.id}
            person={person}
            onCompare={() => {
              props.onCompare();
              props.verification.compare(person.id);
            }}
          />
        ))}
      </ul>
    </>
  );
}

function Person({ person, onCompare }: { person: KnownPerson; onCompare: () => void }) {
  const { standing, earlierName, isBack, isNamesake } = person;
  const name = person.name || t("person.guest");
  return (
    <li data-standing={standing}>
      <span>
        <span class="known-name">{name}</span>
        <small>
          {standing === "verified" && <Icon name="check" />}
          {t(`verify.standing.${standing}`)}
        </small>
        {isBack && <small>{t("verify.back")}</small>}
        {earlierName && <small>{t("verify.earlier", { name: earlierName })}</small>}
        {isNamesake && <small data-tone="problem">{t("verify.namesake")}</small>}
      </span>
      {standing !== "verified" && (
        <button
          type="button"
          class="button small"
          data-testid="compare"
          aria-label={t("verify.compareWith", { name })}
          onClick={onCompare}
        >
          {t("verify.compare")}
        </button>
      )}
    </li>
  );
}
