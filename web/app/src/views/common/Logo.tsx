import { t } from "../../messages/messages.ts";
import { branding } from "../../state/branding.ts";

/** Seats around a table: one of them is yours. */
const SEATS = [0, 60, 120, 180, 240, 300].map((degrees) => {
  const angle = ((degrees - 90) * Math.PI) / 180;
  return { degrees, x: 16 + 10.5 * Math.cos(angle), y: 16 + 10.5 * Math.sin(angle) };
});

export function LogoMark() {
  return (
    <svg class="logo-mark" viewBox="0 0 32 32" aria-hidden="true">
      {SEATS.map(({ degrees, x, y }) => (
        <circle key={degrees} cx={x} cy={y} r="4" data-own={degrees === 0} />
      ))}
    </svg>
  );
}

/** The operator's where there is one. */
export function Logo() {
  const { name, logo } = branding.value;
  const label = name === undefined ? t("app.home") : t("branding.home", { name });
  return (
    <a class="logo" data-testid="logo" href="/" aria-label={label}>
      {logo === undefined ? <LogoMark /> : <img class="logo-mark" src={logo} alt="" />}
      <span>{name ?? t("app.name")}</span>
    </a>
  );
}
