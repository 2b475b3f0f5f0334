import { useState } from "preact/hooks";

/** Whether a popover has been opened yet, so that nothing is fetched or drawn for one that never is. */
export function useOpened(): [opened: boolean, onToggle: (event: { newState: string }) => void] {
  const [opened, setOpened] = useState(false);
  return [opened, (event) => event.newState === "open" && setOpened(true)];
}
