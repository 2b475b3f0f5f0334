/**
 * The main journey: three people in Chromium and one in Firefox meet through the real server. Each
 * sees every other's own picture, hears the right voice, shares, mutes, chats, leaves. They are on
 * two shards by turns, so that all of it crosses from one to the other.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Client, identityOf, openClient, type Person, people } from "./lib/browsers.ts";
import { Meeting } from "./lib/meeting.ts";
import { type Server, startServer } from "./lib/server.ts";

describe("four people in a room", { concurrency: 1 }, () => {
  let server: Server;
  const meetings = new Map<Person, Meeting>();
  const clients: Client[] = [];
  const room = "open/e2e-quiet-harbour-4821";

  const of = (person: Person): Meeting => {
    const meeting = meetings.get(person);
    assert.ok(meeting, `${person} is in the meeting`);
    return meeting;
  };
  const enter = async (person: Person, engine: "chromium" | "firefox"): Promise<Meeting> => {
    const client = await openClient(engine, person, { frugal: true });
    clients.push(client);
    const meeting = new Meeting(client);
    await meeting.join(`${server.url}/${room}`);
    meetings.set(person, meeting);
    return meeting;
  };
  const others = (person: Person) => [...meetings.keys()].filter((other) => other !== person);

  before(async () => {
    server = await startServer(["--shards", "2", "--spread-percent", "0"]);
  });
  after(async () => {
    for (const client of clients) await client.close().catch(() => undefined);
    await server.stop();
  });

  test("three in Chromium and one in Firefox join by link", async () => {
    await enter("Ana", "chromium");
    await enter("Ben", "chromium");
    await enter("Dan", "firefox");
    for (const person of meetings.keys()) {
      for (const other of others(person)) await of(person).tile(other).waitFor();
    }
  });

  test("they are on both shards", async () => {
    const health = (await (await fetch(`${server.url}/health`)).json()) as {
      shard_participants: number[];
    };
    assert.deepEqual(health.shard_participants.toSorted(), [1, 2]);
  });

  test("each sees every other's own picture, moving", async () => {
    for (const person of meetings.keys()) {
      for (const other of others(person)) await of(person).seesMoving(other, identityOf(other));
    }
  });

  test("who joins late sees everybody too", async () => {
    const cleo = await enter("Cleo", "chromium");
    const joinedAt = Date.now();
    for (const other of others("Cleo")) {
      while ((await cleo.mark(other))?.identity !== identityOf(other)) {
        assert.ok(Date.now() - joinedAt < 20000, `Cleo never saw ${other}`);
        await cleo.page.waitForTimeout(20);
      }
    }
  });

  test("whoever speaks alone is heard by all, as themselves", async () => {
    // By turns: four browsers on two cores stretch and drop sound too much to tell voices by their
    // rhythm, as voices.test.ts does with two.
    for (const person of meetings.keys()) await of(person).mute();
    for (const speaker of meetings.keys()) {
      await of(speaker).unmute();
      await Promise.all(others(speaker).map((listener) => of(listener).hearsOnly(speaker)));
      await of(speaker).mute();
    }
    for (const person of meetings.keys()) await of(person).unmute();
  });

  test("a mute is seen by all", async () => {
    await of("Ben").mute();
    await of("Ana").tile("Ben").and(of("Ana").page.locator("[data-muted=true]")).waitFor();
    await of("Dan").tile("Ben").and(of("Dan").page.locator("[data-muted=true]")).waitFor();
    await of("Ben").unmute();
    await of("Ana").tile("Ben").and(of("Ana").page.locator("[data-muted=false]")).waitFor();
  });

  test("a camera switched off leaves no picture, and comes back", async () => {
    await of("Ana").click("camera-button");
    for (const person of others("Ana")) {
      await of(person).tile("Ana").locator("video:visible").waitFor({ state: "detached" });
    }
    await of("Ana").click("camera-button");
    for (const person of others("Ana")) await of(person).seesMoving("Ana", identityOf("Ana"));
  });

  test("a shared screen appears on everybody's stage and goes away", async () => {
    await of("Ben").click("share-button");
    for (const person of others("Ben")) {
      const tile = of(person).tile("Ben", "screen-video");
      await tile.waitFor();
      await of(person).page.waitForFunction(
        (element) => {
          const video = (element as Element | null)?.querySelector("video");
          return (video?.videoWidth ?? 0) > 320 && (video?.currentTime ?? 0) > 0;
        },
        await tile.elementHandle(),
        { timeout: 10000 },
      );
    }
    await of("Ben").click("share-button");
    for (const person of others("Ben")) {
      await of(person).tile("Ben", "screen-video").waitFor({ state: "detached" });
    }
  });

  test("chat reaches everybody once, as text", async () => {
    const text = "<b>hello</b> 👋 & welcome";
    for (const person of meetings.keys()) await of(person).click("chat-button");
    await of("Dan").page.getByTestId("chat-input").fill(text);
    await of("Dan").page.keyboard.press("Enter");
    for (const person of meetings.keys()) {
      const messages = of(person).page.getByTestId("chat-message").filter({ hasText: text });
      await messages.first().waitFor();
      assert.equal(await messages.count(), 1);
    }
    for (const person of meetings.keys()) await of(person).click("chat-button");
  });

  // That it costs no picture and no packet is measured in reconnect.test.ts.
  test("a cut WebSocket comes back, and media goes on", async () => {
    const ana = of("Ana");
    const socketsBefore = await ana.page.evaluate(
      () => (window as unknown as { sockets: WebSocket[] }).sockets.length,
    );
    const before = await ana.inbound("packetsReceived");
    const concealedBefore = await ana.inbound("framesDecoded");
    await ana.page.evaluate(() => {
      const { sockets } = window as unknown as { sockets: WebSocket[] };
      sockets.at(-1)?.close();
    });
    await of("Cleo").click("chat-button");
    await of("Cleo").page.getByTestId("chat-input").fill("are you there?");
    await of("Cleo").page.keyboard.press("Enter");
    await ana.page.waitForFunction(
      (count) => {
        const { sockets } = window as unknown as { sockets: WebSocket[] };
        return sockets.length > count && sockets.at(-1)?.readyState === WebSocket.OPEN;
      },
      socketsBefore,
      { timeout: 5000 },
    );
    await ana.click("chat-button");
    await ana.page.getByTestId("chat-message").filter({ hasText: "are you there?" }).waitFor();
    assert.equal(
      await ana.page.getByTestId("chat-message").filter({ hasText: "are you there?" }).count(),
      1,
    );
    assert.ok((await ana.inbound("packetsReceived")) > before, "media went on");
    assert.ok((await ana.inbound("framesDecoded")) > concealedBefore, "frames went on");
    for (const person of others("Ana")) await of(person).tile("Ana").waitFor();
    await ana.click("chat-button");
    await of("Cleo").click("chat-button");
  });

  test("who leaves is gone for everybody; the others go on", async () => {
    await of("Ben").click("leave-button");
    await of("Ben").page.getByTestId("end-screen").waitFor();
    meetings.delete("Ben");
    for (const person of meetings.keys()) {
      await of(person).tile("Ben").waitFor({ state: "detached" });
      for (const other of others(person)) await of(person).seesMoving(other, identityOf(other));
    }
  });

  test("nothing on any console at error level, and no request left the origin", () => {
    for (const { person, errors, requests } of clients) {
      assert.deepEqual(errors, [], `${person}'s console`);
      const foreign = requests.filter(
        (url) =>
          !/^(blob:|data:|about:)/.test(url) &&
          !url.startsWith(server.url) &&
          !url.startsWith(server.url.replace("http", "ws")),
      );
      assert.deepEqual(foreign, [], `${person}'s requests`);
    }
    assert.equal(clients.length, people.length);
  });

  test("the server's log names nobody", () => {
    // The links that it prints at its start, to its own addresses.
    const isOwnLink = (line: string) => /^ +https?:\/\/[^/ ]+\/$/.test(line);
    for (const secret of [...people, "e2e-quiet-harbour", "127.0.0.1:"]) {
      const lines = server
        .log()
        .split("\n")
        .filter((line) => line.includes(secret) && !isOwnLink(line));
      assert.deepEqual(lines, [], `"${secret}" in the log`);
    }
  });
});
