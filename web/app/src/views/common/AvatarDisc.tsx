import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { avatarOf } from "../../state/avatar.ts";

/** What people in the meeting have chosen to be shown by, by their numbers. */
export const FacesContext = createContext<ReadonlyMap<number, string>>(new Map());

export function AvatarDisc({ id, name }: { id: number; name: string }) {
  const { initials, hue } = avatarOf(id, name);
  const face = useContext(FacesContext).get(id);
  if (face !== undefined) {
    return (
      <span class="avatar" aria-hidden="true">
        <img src={face} alt="" draggable={false} data-testid="face" />
      </span>
    );
  }
  return (
    <span class="avatar" style={{ "--hue": hue }} aria-hidden="true">
      {initials || (
        <svg viewBox="0 0 24 24" class="avatar-figure" aria-hidden="true">
          <circle cx="12" cy="9" r="4" />
          <path d="M4.500 20.500c.6-4 3.700-6 7.500-6s6.900 2 7.500 6z" />
        </svg>
      )}
    </span>
  );
}
