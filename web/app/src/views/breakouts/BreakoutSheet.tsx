import "../../messages/later/english.ts";
import type { ParticipantId } from "@conclave/sdk";
import { useState } from "preact/hooks";
import { t } from "../../messages/messages.ts";
import { MINUTES_MAX, ROOMS_MAX, shareOut, stillHolds } from "../../state/breakoutPlan.ts";
import type { Meeting } from "../../state/meeting.ts";
import { Sheet } from "../common/Sheet.tsx";
import { Switch } from "../common/Switch.tsx";
import { RoomSelect } from "./RoomSelect.tsx";

/** What those who moderate do with breakout rooms: before they are open, and while they are. */
export function BreakoutSheet({ meeting }: { meeting: Meeting }) {
  const { breakouts } = meeting;
  return (
    <Sheet
      title={t("breakout.title")}
      testId="breakout-sheet"
      onClose={() => breakouts.setSheetShown(false)}
    >
      <div class="host-sheet breakout-sheet">
        {breakouts.open.value ? <Running meeting={meeting} /> : <Planning meeting={meeting} />}
      </div>
    </Sheet>
  );
}

function Planning({ meeting }: { meeting: Meeting }) {
  const { room } = meeting.hosting;
  const [names, setNames] = useState<readonly string[]>(["", ""]);
  const [plan, setPlan] = useState<ReadonlyMap<ParticipantId, number>>(new Map());
  const [choose, setChoose] = useState(false);
  const [mayReturn, setMayReturn] = useState(true);
  const [minutes, setMinutes] = useState(0);
  const resize = (count: number) =>
    setNames(Array.from({ length: count }, (_, index) => names[index] ?? ""));
  const rename = (at: number, to: string) =>
    setNames(names.map((name, index) => (index === at ? to : name)));
  const open = () =>
    room.moderate({
      type: "open-breakouts",
      names: names.map((name, index) => name.trim() || t("breakout.room", { number: index + 1 })),
      places: stillHolds(plan, room.participants, names.length),
      ...{ choose, mayReturn },
      seconds: minutes > 0 ? minutes * 60 : undefined,
    });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        open();
      }}
    >
      <div class="breakout-numbers">
        <Whole
          testId="breakout-count"
          label={t("breakout.count")}
          {...{ min: 1, max: ROOMS_MAX, value: names.length }}
          onValue={resize}
        />
        <Whole
          testId="breakout-minutes"
          label={t("breakout.minutes")}
          {...{ min: 0, max: MINUTES_MAX, value: minutes }}
          onValue={setMinutes}
        />
      </div>
      <div class="breakout-names">
        {names.map((name, index) => (
          <input
            // Rooms have no other identity than their number.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            key={index}
            type="text"
            class="field"
            data-testid="breakout-name"
            maxLength={60}
            aria-label={t("breakout.name", { number: index + 1 })}
            placeholder={t("breakout.room", { number: index + 1 })}
            value={name}
            onInput={({ currentTarget }) => rename(index, currentTarget.value)}
          />
        ))}
      </div>
      <Switch
        testId="breakout-choose"
        label={t("breakout.choose")}
        on={choose}
        onChange={setChoose}
      />
      <Switch
        testId="breakout-may-return"
        label={t("breakout.mayReturn")}
        on={mayReturn}
        onChange={setMayReturn}
      />
      <div class="host-acts">
        <Act
          testId="breakout-evenly"
          text={t("breakout.evenly")}
          onPress={() => setPlan(shareOut(room.participants.values(), names.length, Math.random))}
        />
      </div>
      <Places
        meeting={meeting}
        names={names}
        placeOf={(person) => plan.get(person) ?? 0}
        onPlace={(person, number) => setPlan(new Map([...plan, [person, number]]))}
      />
      <div class="host-acts">
        <button type="submit" class="button primary" data-testid="breakout-open">
          {t("breakout.open")}
        </button>
      </div>
    </form>
  );
}

function Running({ meeting }: { meeting: Meeting }) {
  const { breakouts, hosting, people } = meeting;
  const { room } = hosting;
  // Who is where is the roster's.
  people.rows.value;
  const time = breakouts.timeLeft.value;
  return (
    <>
      {time !== undefined && <p class="breakout-time">{t("breakout.left", { time })}</p>}
      <div class="host-acts">
        <Act
          testId="breakout-extend"
          text={t("breakout.extend")}
          onPress={() => room.moderate({ type: "extend-breakouts", seconds: secondsMore() })}
        />
        <Act
          testId="breakout-close"
          text={t("breakout.close")}
          onPress={() => room.moderate({ type: "close-breakouts" })}
        />
      </div>
      <Word meeting={meeting} />
      <Places
        meeting={meeting}
        names={breakouts.open.value?.names ?? []}
        placeOf={(person) => room.participants.get(person)?.breakout ?? 0}
        onPlace={(person, number) =>
          room.moderate({ type: "move", places: new Map([[person, number]]) })
        }
      />
    </>
  );

  function secondsMore(): number {
    const endsAt = breakouts.open.peek()?.endsAt;
    const left = endsAt === undefined ? 0 : Math.max(0, endsAt - Date.now());
    return Math.round(left / 1000) + 300;
  }
}

function Word({ meeting: { breakouts } }: { meeting: Meeting }) {
  const [text, setText] = useState("");
  return (
    <form
      class="host-acts"
      onSubmit={(event) => {
        event.preventDefault();
        breakouts.sayToAll(text);
        setText("");
      }}
    >
      <input
        type="text"
        class="field"
        data-testid="breakout-say"
        maxLength={500}
        aria-label={t("breakout.say")}
        placeholder={t("breakout.say")}
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
      <button type="submit" class="button small" data-testid="breakout-say-send">
        {t("chat.send")}
      </button>
    </form>
  );
}

function Places(props: {
  readonly meeting: Meeting;
  readonly names: readonly string[];
  readonly placeOf: (person: ParticipantId) => number;
  readonly onPlace: (person: ParticipantId, room: number) => void;
}) {
  return (
    <ul class="breakout-people">
      {props.meeting.people.rows.value.map(({ id, name, isLocal }) => {
        const shown = name || t("person.guest");
        return (
          <li key={id} data-testid="breakout-person" data-participant={id}>
            <span dir="auto">{isLocal ? t("person.you", { name: shown }) : shown}</span>
            <RoomSelect
              testId="breakout-place"
              label={t("breakout.place", { name: shown })}
              breakouts={props.meeting.breakouts}
              names={props.names}
              value={props.placeOf(id)}
              withMain={true}
              onPick={(number) => props.onPlace(id, number)}
            />
          </li>
        );
      })}
    </ul>
  );
}

function Whole(props: {
  readonly testId: string;
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly value: number;
  readonly onValue: (value: number) => void;
}) {
  const { min, max } = props;
  return (
    <label class="labelled">
      <span>{props.label}</span>
      <input
        type="number"
        class="field"
        data-testid={props.testId}
        {...{ min, max }}
        value={props.value}
        onInput={({ currentTarget: { valueAsNumber } }) => {
          if (valueAsNumber >= min && valueAsNumber <= max)
            props.onValue(Math.floor(valueAsNumber));
        }}
      />
    </label>
  );
}

function Act(props: { testId: string; text: string; onPress: () => void }) {
  return (
    <button type="button" class="button small" data-testid={props.testId} onClick={props.onPress}>
      {props.text}
    </button>
  );
}
