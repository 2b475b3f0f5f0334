import type { Plugin } from "vite";

/** While developing, an address with `?fake` opens the client on a fake room (dev/main.tsx). */
export function fakeEntry(): Plugin {
  return {
    name: "conclave-fake-entry",
    apply: "serve",
    transformIndexHtml: {
      order: "pre",
      handler(html, { originalUrl }) {
        const fake = new URL(originalUrl ?? "/", "http://localhost").searchParams.has("fake");
        return fake ? html.replace("/src/main.tsx", "/dev/main.tsx") : html;
      },
    },
  };
}
