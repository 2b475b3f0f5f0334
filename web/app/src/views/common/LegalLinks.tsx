import { t } from "../../messages/messages.ts";
import { branding } from "../../state/branding.ts";

/** Who runs this server, and what happens to people's data, where its operator says so. */
export function LegalLinks() {
  const { imprint, privacy } = branding.value;
  if (imprint === undefined && privacy === undefined) return null;
  return (
    <nav class="legal" data-testid="legal" aria-label={t("branding.links")}>
      {imprint !== undefined && <Link href={imprint} text={t("branding.imprint")} />}
      {privacy !== undefined && <Link href={privacy} text={t("branding.privacy")} />}
    </nav>
  );
}

function Link({ href, text }: { href: string; text: string }) {
  return (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {text}
    </a>
  );
}
