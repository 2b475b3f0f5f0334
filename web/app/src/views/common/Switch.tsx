/** On or off, with a word on what it does. */
export function Switch(props: {
  readonly testId: string;
  readonly label: string;
  readonly text?: string;
  readonly on: boolean;
  readonly onChange: (on: boolean) => void;
}) {
  return (
    <label class="switch-row">
      <span>
        {props.label}
        {props.text && <small>{props.text}</small>}
      </span>
      <input
        type="checkbox"
        role="switch"
        data-testid={props.testId}
        checked={props.on}
        aria-checked={props.on}
        onChange={({ currentTarget }) => props.onChange(currentTarget.checked)}
      />
    </label>
  );
}
