import { cell, type Readable } from "./cells.ts";

/** What the server's configuration says of whoever runs it. */
export interface Branding {
  readonly name?: string;
  /** Of this server. */
  readonly logo?: string;
  /** Addresses of http(s) pages. */
  readonly imprint?: string;
  readonly privacy?: string;
  /** The origin of the server at which meetings take place, where that is another one. */
  readonly meetings?: string;
}

const current = cell<Branding>({});
export const branding: Readable<Branding> = current;

/** What the SDK has to be told to join there. */
export function meetingsAt(): { readonly signalUrl?: string } {
  const { meetings } = current.peek();
  if (meetings === undefined) return {};
  const url = new URL("/signal", meetings);
  url.protocol = url.protocol === "http:" ? "ws:" : "wss:";
  return { signalUrl: url.href };
}

const NAME_MAX = 80;
const LOGO = /^\/branding\/logo\.(svg|png|webp)$/;

/** `answer` as the server gave it; anything odd in it counts as not said. */
export function setBranding(answer: unknown): void {
  const said: Readonly<Record<string, unknown>> =
    typeof answer === "object" && answer !== null ? { ...answer } : {};
  const { name, logo } = { name: said["name"], logo: said["logo"] };
  current.value = {
    ...(typeof name === "string" && name !== "" && { name: name.slice(0, NAME_MAX) }),
    ...(typeof logo === "string" && LOGO.test(logo) && { logo }),
    ...(isPage(said["imprint"]) && { imprint: said["imprint"] }),
    ...(isPage(said["privacy"]) && { privacy: said["privacy"] }),
    ...(isPage(said["meetings"]) && { meetings: said["meetings"] }),
  };
}

function isPage(value: unknown): value is string {
  return typeof value === "string" && /^https?:\/\//.test(value) && URL.canParse(value);
}
