import { Icon } from "./Icon.tsx";

export interface ChoiceProps<T extends string> {
  readonly title: string;
  /** What stands above says it already, to those who see. */
  readonly titleHidden?: boolean;
  readonly name: string;
  readonly values: readonly T[];
  readonly chosen: T;
  readonly textOf: (value: T) => string;
  readonly onChoose: (value: T) => void;
}

/** One of a few. */
export function Choice<T extends string>(props: ChoiceProps<T>) {
  const { title, titleHidden, name, values, chosen, textOf, onChoose } = props;
  return (
    <fieldset>
      <legend class={titleHidden ? "visually-hidden" : ""}>{title}</legend>
      {values.map((value) => (
        <label key={value} class="menu-item">
          <input
            type="radio"
            name={name}
            data-testid={`${name}-${value}`}
            checked={value === chosen}
            onChange={() => onChoose(value)}
          />
          <Icon name="check" />
          <span>{textOf(value)}</span>
        </label>
      ))}
    </fieldset>
  );
}
