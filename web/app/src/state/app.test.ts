import {
  ConclaveError,
  type JoinOptions,
  type PrepareOptions,
  type Room,
  type Sight,
} from "@conclave/sdk";
import { FakeRoom } from "@conclave/sdk/testing";
import { describe, expect, test } from "vitest";
import { type AppContext, createApp, type Screen } from "./app.ts";
import { createMeeting } from "./meeting.ts";
import { createSettings } from "./settings.ts";
import { FakeClock } from "./testing/fakeClock.ts";
import { FakePage, fakeMedia } from "./testing/fakePorts.ts";

function setUp(change: Partial<AppContext> = {}) {
  const media = fakeMedia({ displayName: "Maya" });
  const joins: JoinOptions[] = [];
  const rooms: FakeRoom[] = [];
  const went: string[] = [];
  const server = {
    answer: async (): Promise<Room> => new FakeRoom(),
    preloads: 0,
    sight: undefined as Sight | undefined,
    prepared: [] as { options: PrepareOptions; isClosed: boolean; close: () => void }[],
  };
  const app = createApp({
    devices: media.devices,
    preferences: media.preferences,
    local: media.local,
    clock: new FakeClock(),
    page: new FakePage(),
    randomBytes: (into) => into.fill(7),
    loadCall: async () => ({
      createMeeting,
      look: async () => server.sight,
      prepare: async (options) => {
        const prepared = { options, isClosed: false, close: () => undefined as void };
        prepared.close = () => {
          prepared.isClosed = true;
        };
        server.prepared.push(prepared);
        return prepared;
      },
      join: async (options) => {
        joins.push(options);
        const room = await server.answer();
        rooms.push(room as FakeRoom);
        return room;
      },
    }),
    canEncrypt: async () => true,
    loadProbe: () => Promise.reject(new Error("no probe in this test")),
    preloadCall: () => server.preloads++,
    pushAddress: (path) => {
      went.push(path);
      app.show(new URL(path, "https://meet.example"));
    },
    reload: () => went.push("reload"),
    obstacle: undefined,
    ...change,
  });
  const show = (path: string) => app.show(new URL(path, "https://meet.example"));
  return { app, media, joins, rooms, went, server, show };
}

type Of<K extends Screen["kind"]> = Extract<Screen, { kind: K }>;

function expectScreen<K extends Screen["kind"]>(screen: Screen, kind: K): Of<K> {
  expect(screen.kind).toBe(kind);
  return screen as Of<K>;
}

/** Until nothing that was promised is outstanding. */
const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

async function enter(setup: ReturnType<typeof setUp>) {
  setup.show("/open/standup");
  await settled();
  expectScreen(setup.app.screen.value, "prejoin").prejoin.join();
  await settled();
  return expectScreen(setup.app.screen.value, "meeting").meeting;
}

describe("what a join takes", () => {
  test("is made while the person gets ready, and is the join's", async () => {
    const { app, joins, server, show } = setUp();
    show("/open/standup");
    await settled();
    const [prepared] = server.prepared;
    expect(prepared?.options).toEqual({ room: "open/standup", recognisable: true });
    expectScreen(app.screen.value, "prejoin").prejoin.join();
    await settled();
    expect(joins[0]?.prepared).toBe(prepared);
    expect(prepared?.isClosed).toBe(false);
  });

  test("is closed where nobody joins, and is another one's elsewhere", async () => {
    const { server, show, app, joins } = setUp();
    show("/open/standup");
    await settled();
    show("/open/retro");
    await settled();
    expect(server.prepared.map(({ isClosed }) => isClosed)).toEqual([true, false]);
    expectScreen(app.screen.value, "prejoin").prejoin.join();
    await settled();
    expect(joins[0]?.prepared).toBe(server.prepared[1]);
  });

  test("is used once: who joins again makes it anew", async () => {
    const setup = setUp();
    await enter(setup);
    setup.app.rejoin();
    await settled();
    expect(setup.joins).toHaveLength(2);
    expect(setup.joins[1]?.prepared).toBeUndefined();
  });
});

describe("the door", () => {
  async function atTheDoor() {
    const setup = setUp();
    let decide: (room: Room) => void = () => undefined;
    let turnAway: (error: Error) => void = () => undefined;
    setup.server.answer = () =>
      new Promise((resolve, reject) => {
        decide = resolve;
        turnAway = reject;
      });
    setup.show("/open/standup");
    await settled();
    const { prejoin } = expectScreen(setup.app.screen.value, "prejoin");
    prejoin.join();
    await settled();
    const said: string[] = [];
    let hear: (text: string) => void = () => undefined;
    setup.joins[0]?.onWaiting?.({
      say: (text) => said.push(text),
      onWord: (listener) => {
        hear = listener;
      },
    });
    const door = { decide: () => decide(new FakeRoom()), turnAway: () => turnAway(denied()) };
    return { ...setup, prejoin, said, hear: (text: string) => hear(text), ...door };
  }
  const denied = () => new ConclaveError("denied", "no");

  test("whoever waits can write, hears the answer, and is let in", async () => {
    const { app, prejoin, said, hear, decide } = await atTheDoor();
    const lobby = prejoin.lobby.value;
    lobby?.say(" it is me ");
    lobby?.say("  ");
    hear("one moment");
    expect(said).toEqual(["it is me"]);
    expect(lobby?.lines.value).toEqual([
      { text: "it is me", fromHost: false },
      { text: "one moment", fromHost: true },
    ]);
    decide();
    await settled();
    expectScreen(app.screen.value, "meeting");
  });

  test("whoever is turned away is told so, and may knock again", async () => {
    const { app, joins, turnAway } = await atTheDoor();
    turnAway();
    await settled();
    const { problem } = expectScreen(app.screen.value, "problem");
    expect(problem).toMatchObject({ title: "You were not let in", action: "rejoin" });
    app.rejoin();
    await settled();
    joins[1]?.onWaiting?.({ say: () => undefined, onWord: () => undefined });
    const { prejoin } = expectScreen(app.screen.value, "prejoin");
    expect(prejoin.lobby.value).toBeDefined();
    prejoin.stopWaiting();
    expect(joins[1]?.signal?.aborted).toBe(true);
  });

  test("whoever stops waiting is asked nothing more, and can join anew", async () => {
    const { app, prejoin, joins } = await atTheDoor();
    prejoin.stopWaiting();
    expect(joins[0]?.signal?.aborted).toBe(true);
    expect(prejoin.lobby.value).toBeUndefined();
    expect(prejoin.joining.value).toBe(false);
    prejoin.join();
    await settled();
    expect(joins).toHaveLength(2);
    expectScreen(app.screen.value, "prejoin");
  });

  test("before joining one sees how many are in, and gives the passcode at once", async () => {
    const { app, show, joins, server } = setUp();
    server.sight = {
      participants: 3,
      passcode: true,
      lobby: false,
      locked: false,
      recorded: false,
    };
    show("/open/standup");
    await settled();
    const { prejoin } = expectScreen(app.screen.value, "prejoin");
    expect(prejoin.sight.value?.participants).toBe(3);
    expect(prejoin.passcodeProblem.value).toBe("passcode-needed");
    prejoin.setPasscode("tea");
    prejoin.join();
    await settled();
    expect(joins[0]?.passcode).toBe("tea");
  });

  test("a passcode is asked for where one is needed, and given with the next attempt", async () => {
    const { app, show, joins, server } = setUp();
    server.answer = async () => {
      throw new ConclaveError("passcode-needed", "");
    };
    show("/open/standup");
    await settled();
    const { prejoin } = expectScreen(app.screen.value, "prejoin");
    expect(prejoin.passcodeProblem.value).toBeUndefined();
    prejoin.join();
    await settled();
    expectScreen(app.screen.value, "prejoin");
    expect(prejoin.passcodeProblem.value).toBe("passcode-needed");
    expect(joins[0]?.passcode).toBeUndefined();
    prejoin.setPasscode(" tea ");
    server.answer = async () => new FakeRoom();
    prejoin.join();
    await settled();
    expect(joins[1]?.passcode).toBe("tea");
    expectScreen(app.screen.value, "meeting");
  });
});

describe("the first page", () => {
  test("a new meeting is end-to-end encrypted: its link has a secret that is made here", () => {
    let next = 0;
    const { app, show, went } = setUp({
      randomBytes: (into) => {
        for (let i = 0; i < into.length; i++) into[i] = next++ % 256;
      },
    });
    show("/");
    expectScreen(app.screen.value, "landing").landing.newMeeting();
    expect(went[0]).toMatch(/^\/r\/([a-z]{6}-){3}[a-z]{6}#1\.[A-Za-z0-9_-]{43}$/);
    expect(went[0]).toContain("#1.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");
    expect(expectScreen(app.screen.value, "prejoin").prejoin.sealed).toBe(true);
  });

  test("an open meeting is a choice of its own", () => {
    const { app, show, went } = setUp();
    show("/");
    expectScreen(app.screen.value, "landing").landing.newOpenMeeting();
    expect(went[0]).toMatch(/^\/open\/([a-z]{6}-){3}[a-z]{6}$/);
    expect(expectScreen(app.screen.value, "prejoin").prejoin.sealed).toBe(false);
  });

  test("an encrypted meeting is joined with its secret, which is no part of its address", async () => {
    const { app, show, joins } = setUp();
    show(`/r/abc#config.x=1&1.${"A".repeat(43)}`);
    await settled();
    expectScreen(app.screen.value, "prejoin").prejoin.join();
    await settled();
    expect(joins[0]).toMatchObject({ room: "r/abc", fragment: `1.${"A".repeat(43)}` });
    expectScreen(app.screen.value, "meeting");
  });

  test("where the link was replaced, the new one is invited with, remembered and joined with", async () => {
    const [old, next] = [`1.${"A".repeat(43)}`, `1.${"B".repeat(43)}`];
    const page = new FakePage();
    page.path = `/r/abc#${old}`;
    const { app, show, joins, rooms } = setUp({ page });
    show(page.path);
    await settled();
    expectScreen(app.screen.value, "prejoin").prejoin.join();
    await settled();
    const { meeting } = expectScreen(app.screen.value, "meeting");
    rooms[0]?.replaceLink(next);
    expect(meeting.invitation.link.value).toBe(`https://meet.example/r/abc#${next}`);
    expect(meeting.notices.toasts.value.at(-1)?.text).toContain("new link");
    rooms[0]?.setState("ended", "transport-failed");
    app.rejoin();
    await settled();
    expect(joins[1]).toMatchObject({ room: "r/abc", fragment: next });
    show("/");
    const { recents } = expectScreen(app.screen.value, "landing").landing;
    expect(recents.list.value.map(({ path }) => path)).toEqual([`/r/abc#${next}`]);
  });

  test("a browser that cannot encrypt is told before joining, and open meetings still work", async () => {
    const { app, show } = setUp({ canEncrypt: async () => false });
    show(`/r/abc#1.${"A".repeat(43)}`);
    await settled();
    const { problem } = expectScreen(app.screen.value, "problem");
    expect(problem.title).toContain("cannot encrypt");
    show("/open/standup");
    await settled();
    expectScreen(app.screen.value, "prejoin");
  });

  test("what leads nowhere says so until something else is typed", () => {
    const { app, show, went } = setUp();
    show("/");
    const { landing } = expectScreen(app.screen.value, "landing");
    landing.setTyped("https://elsewhere.example/x");
    landing.join();
    expect(landing.error.value).toContain("another server");
    landing.setTyped("standup");
    expect(landing.error.value).toBe("");
    landing.join();
    expect(went).toEqual(["/n/standup"]);
  });
});

describe("before the meeting", () => {
  test("settings can be changed, and count for what is asked here, too", async () => {
    const { show, app } = setUp();
    show("/open/standup");
    await settled();
    const { prejoin } = expectScreen(app.screen.value, "prejoin");
    expect(prejoin.addressPrivate.value).toBe(false);
    const settings = createSettings(prejoin.settingsContext);
    settings.setAddressPrivate(true);
    settings.stop();
    prejoin.onSettingsClosed();
    expect(prejoin.addressPrivate.value).toBe(true);
  });

  test("devices start, the name is remembered, and what a call needs is fetched", async () => {
    const { app, show, media, server } = setUp();
    show("/open/standup");
    await settled();
    const { prejoin } = expectScreen(app.screen.value, "prejoin");
    expect(prejoin.name.value).toBe("Maya");
    expect(media.local.camera.status.value).toBe("live");
    expect(server.preloads).toBe(1);
  });

  test("the preview's own tracks go into the call: no device is opened again", async () => {
    const setup = setUp();
    await enter(setup);
    expect(setup.joins[0]).toMatchObject({ room: "open/standup", displayName: "Maya" });
    expect(setup.joins[0]?.camera).toBe(setup.media.local.camera.track.value);
    expect(setup.media.devices.asked).toHaveLength(1);
  });

  test("each device that fails says why and offers to try again; joining works anyway", async () => {
    const setup = setUp();
    setup.media.devices.failures.camera = "denied";
    setup.show("/open/standup");
    await settled();
    const { prejoin } = expectScreen(setup.app.screen.value, "prejoin");
    expect(prejoin.notices.value).toEqual([
      {
        kind: "camera",
        text: "The camera is blocked for this page. Allow it beside the address bar.",
        retry: "Try again",
      },
    ]);
    delete setup.media.devices.failures.camera;
    prejoin.retry("camera");
    await settled();
    expect(prejoin.notices.value).toEqual([]);
  });

  test("without camera and microphone nothing is sent and both are released", async () => {
    const setup = setUp();
    setup.show("/open/standup");
    await settled();
    expectScreen(setup.app.screen.value, "prejoin").prejoin.joinWithoutDevices();
    await settled();
    expectScreen(setup.app.screen.value, "meeting");
    expect(setup.joins[0]).not.toHaveProperty("camera");
    expect(setup.media.devices.opened.microphone[0]?.readyState).toBe("ended");
  });

  test("a permission question that nobody answers does not block joining", async () => {
    const setup = setUp();
    setup.media.devices.gate = new Promise(() => {});
    setup.show("/open/standup");
    const { prejoin } = expectScreen(setup.app.screen.value, "prejoin");
    expect(prejoin.asking.value).toBe(true);
    prejoin.join();
    await settled();
    expectScreen(setup.app.screen.value, "meeting");
  });

  test("two clicks join once", async () => {
    const setup = setUp();
    setup.show("/open/standup");
    const { prejoin } = expectScreen(setup.app.screen.value, "prejoin");
    prejoin.join();
    prejoin.join();
    await settled();
    expect(setup.joins).toHaveLength(1);
  });

  test("who goes back while joining is not pulled into the meeting", async () => {
    const setup = setUp();
    setup.show("/open/standup");
    expectScreen(setup.app.screen.value, "prejoin").prejoin.join();
    setup.show("/");
    await settled();
    expectScreen(setup.app.screen.value, "landing");
    expect(setup.rooms.every((room) => room.state === "ended")).toBe(true);
  });
});

describe("what can go wrong", () => {
  test.each([
    ["room-full", "The meeting is full", "rejoin"],
    ["server-unreachable", "The server does not answer", "rejoin"],
    ["mode-unsupported", "This kind of link is not opened yet", "home"],
    ["unsupported-browser", "This browser cannot join calls", "none"],
    ["protocol", "Something went wrong", "rejoin"],
  ] as const)("%s: %s", async (code, title, action) => {
    const setup = setUp();
    setup.server.answer = async () => {
      throw new ConclaveError(code, "for developers");
    };
    setup.show("/open/standup");
    await settled();
    expectScreen(setup.app.screen.value, "prejoin").prejoin.join();
    await settled();
    const { problem } = expectScreen(setup.app.screen.value, "problem");
    expect(problem).toMatchObject({ title, action });
    expect(setup.media.devices.opened.camera[0]?.readyState).toBe("ended");
  });

  test("of an encrypted meeting that is full: an open one holds more", async () => {
    const { app, server, show, went } = setUp();
    server.answer = async () => {
      throw new ConclaveError("room-full", "for developers");
    };
    show(`/r/abc#1.${"A".repeat(43)}`);
    await settled();
    expectScreen(app.screen.value, "prejoin").prejoin.join();
    await settled();
    const { problem } = expectScreen(app.screen.value, "problem");
    expect(problem).toMatchObject({ title: "The meeting is full", action: "open" });
    expect(problem.text).toContain("whoever runs the server could see and hear");
    app.goToOpenMeeting();
    expect(went.at(-1)).toMatch(/^\/open\/([a-z]{6}-){3}[a-z]{6}$/);
  });

  test("a part of the page that does not load is told as such", async () => {
    const { app, show } = setUp({ loadCall: () => Promise.reject(new TypeError("fetch")) });
    show("/open/standup");
    expectScreen(app.screen.value, "prejoin").prejoin.join();
    await settled();
    expect(expectScreen(app.screen.value, "problem").problem.action).toBe("reload");
  });

  test.each([
    ["/r/abc#1.secret", "This link is incomplete"],
    ["/r/abc", "This link is incomplete"],
    ["/open/", "This is not a meeting’s name"],
    ["/nothing", "There is nothing at this address"],
  ])("%s opens no meeting and no camera", (path, title) => {
    const { app, show, media } = setUp();
    show(path);
    expect(expectScreen(app.screen.value, "problem").problem.title).toBe(title);
    expect(media.devices.asked).toEqual([]);
  });

  test("a browser that cannot call is told before it asks for a camera", () => {
    const { app, show, media } = setUp({ obstacle: "insecure-page" });
    show("/open/standup");
    expect(expectScreen(app.screen.value, "problem").problem.title).toBe("This page needs https");
    expect(media.devices.asked).toEqual([]);
  });
});

describe("after the meeting", () => {
  test("leaving releases the devices and offers one click back in", async () => {
    const setup = setUp();
    const meeting = await enter(setup);
    meeting.leave();
    await settled();
    const { problem } = expectScreen(setup.app.screen.value, "problem");
    expect(problem).toMatchObject({ title: "You left the meeting", action: "rejoin" });
    expect(setup.media.devices.opened.camera[0]?.readyState).toBe("ended");
    setup.app.rejoin();
    await settled();
    expectScreen(setup.app.screen.value, "meeting");
    expect(setup.joins).toHaveLength(2);
    expect(setup.media.local.camera.status.value).toBe("live");
  });

  test("devices that open while the room is joined are sent all the same", async () => {
    const setup = setUp();
    const meeting = await enter(setup);
    meeting.leave();
    await settled();
    let open = () => {};
    let answer = () => {};
    setup.media.devices.gate = new Promise((resolve) => {
      open = resolve;
    });
    setup.server.answer = () =>
      new Promise((resolve) => {
        answer = () => resolve(new FakeRoom());
      });
    setup.app.rejoin();
    await settled();
    open();
    await settled();
    answer();
    await settled();
    expect(setup.joins[1]).not.toHaveProperty("camera");
    const { camera } = setup.media.local;
    expect(setup.rooms[1]?.published.get("camera")).toBe(camera.track.value);
    expect(setup.rooms[1]?.isMuted("microphone")).toBe(false);
  });

  test("joining again from a lost connection leaves the old room behind", async () => {
    const setup = setUp();
    const meeting = await enter(setup);
    meeting.rejoin();
    expect(expectScreen(setup.app.screen.value, "problem").busy.value).toBe(true);
    await settled();
    expect(expectScreen(setup.app.screen.value, "meeting").meeting).not.toBe(meeting);
    expect(setup.rooms.map((room) => room.state)).toEqual(["ended", "connected"]);
  });

  test("going back to the first page leaves the meeting", async () => {
    const setup = setUp();
    await enter(setup);
    setup.show("/");
    await settled();
    expect(setup.rooms[0]?.state).toBe("ended");
    expectScreen(setup.app.screen.value, "landing");
  });
});
