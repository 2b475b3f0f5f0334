import { avatarOf } from "../../state/avatar.ts";

export function AvatarDisc({ id, name }: { id: number; name: string }) {
  const { initials, hue } = avatarOf(id, name);
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
