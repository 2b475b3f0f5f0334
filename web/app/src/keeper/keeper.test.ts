import { beforeEach, describe, expect, test } from "vitest";
import { Keeper } from "./keeper.ts";
import { readRelease } from "./release.ts";
import { FakeCaches, FakeServer } from "./testing/fakeOrigin.ts";

const SCRIPT = "/assets/index-Ab12Cd34.js";
const FILES = {
  "/index.html": `<script type="module" src="${SCRIPT}"></script>`,
  [SCRIPT]: "first()",
  "/assets/late-Ab12Cd34.js": "late()",
  "/404.html": "no such page",
  "/service-worker.js": "keep()",
};

let server: FakeServer;
let caches: FakeCaches;
let keeper: Keeper;

/** The browser ends workers and starts them again. */
const restarted = () =>
  new Keeper({
    caches: caches.asCacheStorage,
    fetch: server.fetch,
    now: () => 1000,
    random: () => 0,
  });
const page = (path: string) => respond({ path, navigates: true, destination: "document" });
const script = (path: string) => respond({ path, navigates: false, destination: "script" });
function respond(wanted: { path: string; navigates: boolean; destination: string }) {
  return keeper.respond(wanted, () => server.fetch(wanted.path));
}
const textOf = async (response: Promise<Response>) => (await response).text();
const isRefused = async (response: Promise<Response>) => (await response).type === "error";

beforeEach(() => {
  server = new FakeServer(FILES);
  caches = new FakeCaches();
  keeper = restarted();
});

describe("before anything is held", () => {
  test("everything comes from the server", async () => {
    expect(await textOf(page("/other.html"))).toBe("nothing");
    expect(await textOf(script(SCRIPT))).toBe("first()");
  });

  test("the first look holds the release, and nothing else is stored", async () => {
    server.files.set("/branding.json", "{}");
    const held = { id: server.id, since: 1000 };
    expect(await keeper.check()).toEqual({ kind: "kept", held });
    const stored = [...caches.all.values()].flatMap(({ entries }) => [...entries.keys()]);
    expect(stored.sort()).toEqual([...Object.keys(FILES), "/pin", "/release.sha384"].sort());
  });

  test("a file that is not as listed is told, and nothing is held", async () => {
    server.files.set("/assets/late-Ab12Cd34.js", "late() ");
    const altered = { kind: "altered", held: undefined, path: "/assets/late-Ab12Cd34.js" };
    expect(await keeper.check()).toEqual(altered);
    expect(await restarted().check()).toEqual(altered);
    expect(await textOf(script(SCRIPT))).toBe("first()");
  });

  test("a server without a list is nothing to speak of", async () => {
    server.files.delete("/release.sha384");
    expect(await keeper.check()).toEqual({ kind: "none" });
  });
});

describe("a file of megabytes", () => {
  const MODEL = "/assets/model-Ab12Cd34.wasm";
  const fetched = () => respond({ path: MODEL, navigates: false, destination: "" });
  const isStored = () => [...caches.all.values()].some(({ entries }) => entries.has(MODEL));
  beforeEach(async () => {
    server.files.set(MODEL, "weights");
    server.list();
    await keeper.check();
    await keeper.check();
  });

  test("is fetched and kept when it is first asked for, not with the others", async () => {
    expect(server.asked).not.toContain(MODEL);
    expect(isStored()).toBe(false);
    expect(await textOf(fetched())).toBe("weights");
    expect(isStored()).toBe(true);
    server.isDown = true;
    expect(await textOf(fetched())).toBe("weights");
  });

  test("has to be the release's", async () => {
    server.files.set(MODEL, "other weights");
    expect(await isRefused(fetched())).toBe(true);
    expect(isStored()).toBe(false);
  });

  test("goes along to a release that has the same one", async () => {
    await fetched();
    server.files.set(SCRIPT, "second()");
    server.list();
    server.asked.length = 0;
    expect(await keeper.take(server.id)).toBe(true);
    keeper = restarted();
    expect(await textOf(fetched())).toBe("weights");
    expect(server.asked).not.toContain(MODEL);
  });
});

describe("with a release held", () => {
  beforeEach(async () => {
    await keeper.check();
    keeper = restarted();
    server.asked.length = 0;
  });
  const held = () => ({ id: expect.any(String), since: 1000 });

  test("pages and their parts come without the server", async () => {
    server.isDown = true;
    for (const path of ["/", "/r/bimofa", "/open/standup", "/n/x"]) {
      expect(await textOf(page(path))).toBe(FILES["/index.html"]);
    }
    expect(await textOf(script("/assets/late-Ab12Cd34.js"))).toBe("late()");
    expect(server.asked).toEqual([]);
    expect(await keeper.check()).toEqual({ kind: "unreachable", held: held() });
  });

  test("a server in trouble is not one that changed", async () => {
    const broken = async () => new Response("", { status: 502 });
    const { asCacheStorage } = caches;
    const other = { caches: asCacheStorage, fetch: broken, now: () => 0, random: () => 0 };
    expect(await new Keeper(other).check()).toEqual({ kind: "unreachable", held: held() });
  });

  test("code that the release does not name does not run; other things pass", async () => {
    server.files.set("/evil.js", "evil()").set("/branding/logo.svg", "<svg/>");
    expect(await isRefused(script("/evil.js"))).toBe(true);
    const logo = { path: "/branding/logo.svg", navigates: false, destination: "image" };
    expect(await textOf(respond(logo))).toBe("<svg/>");
  });

  test("another page of the origin is a stranger to it", async () => {
    server.files.set("/imprint.html", "us");
    const answer = await page("/imprint.html");
    expect(await answer.text()).toBe("us");
    expect(answer.headers.get("Content-Security-Policy")).toMatch(/^sandbox (?!.*allow-s)/);
    const missing = await page("/nowhere");
    expect([missing.status, await missing.text()]).toEqual([404, "no such page"]);
  });

  test("what somebody wrote into the store is not believed", async () => {
    const cache = [...caches.all.values()].find(({ entries }) => entries.has(SCRIPT));
    cache?.entries.set(SCRIPT, new Response("evil()"));
    expect(await textOf(script(SCRIPT))).toBe("first()");
    cache?.entries.set(SCRIPT, new Response("evil()"));
    server.files.set(SCRIPT, "evil()");
    expect(await isRefused(script(SCRIPT))).toBe(true);
  });

  test("a damaged store that the server cannot mend is as a first visit", async () => {
    const cache = [...caches.all.values()].find(({ entries }) => entries.has("/index.html"));
    cache?.entries.set("/index.html", new Response("damage"));
    server.isDown = true;
    expect(await isRefused(page("/"))).toBe(true);
    server.isDown = false;
    server.files.set("/index.html", "another");
    server.files.set("/", "another");
    expect(await textOf(page("/"))).toBe("another");
  });

  test.each(["/index.html", SCRIPT, "/service-worker.js"])(
    "a server that gives another %s than it lists is told of",
    async (path) => {
      server.files.set(path, `${server.files.get(path)} `);
      expect(await keeper.check()).toEqual({ kind: "altered", held: held(), path });
      expect(await textOf(page("/"))).toBe(FILES["/index.html"]);
    },
  );

  test("a server that has no list any more is told of", async () => {
    server.files.delete("/release.sha384");
    const altered = { kind: "altered", held: held(), path: "/release.sha384" };
    expect(await keeper.check()).toEqual(altered);
  });

  test("another release is offered, runs only when taken, and leaves the one before for open tabs", async () => {
    server.files.delete(SCRIPT);
    server.files.set("/index.html", "second").set("/assets/index-Zz99Yy88.js", "second()");
    server.list();
    const offered = server.id;
    expect(await keeper.check()).toEqual({ kind: "offered", held: held(), offered });
    expect(await textOf(page("/"))).toBe(FILES["/index.html"]);
    server.asked.length = 0;
    expect(await keeper.take(offered)).toBe(true);
    // What is the same is not fetched again.
    const fetched = ["/release.sha384", "/index.html", "/assets/index-Zz99Yy88.js"];
    expect(server.asked.sort()).toEqual(fetched.sort());
    keeper = restarted();
    expect(await textOf(page("/"))).toBe("second");
    expect(await textOf(script(SCRIPT))).toBe("first()");
    expect(await keeper.check()).toEqual({ kind: "kept", held: { id: offered, since: 1000 } });
    server.files.set("/index.html", "third");
    server.list();
    await keeper.take(server.id);
    expect(await isRefused(script(SCRIPT))).toBe(true);
    expect(caches.all.size).toBe(3);
  });

  test("a release that does not come as listed is not taken", async () => {
    server.files.set("/index.html", "second");
    server.list();
    server.files.set("/index.html", "other");
    expect(await keeper.take(server.id)).toBe(false);
    expect(await keeper.take("0".repeat(64))).toBe(false);
    expect(await textOf(page("/"))).toBe(FILES["/index.html"]);
  });

  test("a release that was being put up just then is offered, not complained about", async () => {
    const fetch = server.fetch;
    let lists = 0;
    const racing = async (path: string) => {
      const answer = await fetch(path);
      if (path !== "/release.sha384" || lists++ > 0) return answer;
      server.files.set("/index.html", "second");
      server.list();
      return answer;
    };
    const ports = { caches: caches.asCacheStorage, fetch: racing, now: () => 0, random: () => 0 };
    const verdict = await new Keeper(ports).check();
    expect(verdict).toEqual({ kind: "offered", held: held(), offered: server.id });
  });
});

describe("a list", () => {
  const hash = "a".repeat(96);

  test("is read as sha384sum writes it", async () => {
    const release = await readRelease(`${hash}  index.html\n${hash}  assets/x-_1.js\n`);
    expect([...(release?.files ?? [])]).toEqual([
      ["/index.html", hash],
      ["/assets/x-_1.js", hash],
    ]);
    // sha256sum of that text.
    expect(release?.id).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each([
    ["without a page", `${hash}  x.js\n`],
    ["with a file twice", `${hash}  index.html\n${hash}  index.html\n`],
    ["that leaves its folder", `${hash}  index.html\n${hash}  ../x.js\n`],
    ["with an absolute path", `${hash}  index.html\n${hash}  /x.js\n`],
    ["with another hash", `${hash.slice(1)}  index.html\n`],
    ["that is a page", "<!doctype html>"],
    ["that is endless", `${hash}  index.html\n`.padEnd((1 << 20) + 1, "\n")],
  ])("%s is none", async (_what, text) => {
    expect(await readRelease(text)).toBeUndefined();
  });
});
