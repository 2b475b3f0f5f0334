import { t } from "../../messages/messages.ts";
import type { BreakoutRooms } from "../../state/breakouts.ts";

/** One of the rooms, by name. `names`: of rooms that are not open yet. */
export function RoomSelect(props: {
  readonly testId: string;
  readonly label: string;
  readonly breakouts: BreakoutRooms;
  readonly value: number;
  readonly withMain: boolean;
  readonly names?: readonly string[];
  readonly onPick: (room: number) => void;
}) {
  const { breakouts, names = breakouts.open.value?.names ?? [] } = props;
  return (
    <select
      class="field breakout-select"
      data-testid={props.testId}
      aria-label={props.label}
      value={props.value}
      onChange={({ currentTarget }) => props.onPick(Number(currentTarget.value))}
    >
      {props.withMain && <option value={0}>{t("breakout.main")}</option>}
      {names.map((name, index) => (
        // Rooms have no other identity than their number.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <option key={index} value={index + 1}>
          {name || t("breakout.room", { number: index + 1 })}
        </option>
      ))}
    </select>
  );
}
