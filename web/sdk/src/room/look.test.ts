import { expect, it } from "vitest";
import { ErrorCode } from "../protocol/index.ts";
import { FakePlatform } from "../testing/fake_platform.ts";
import { lookBy } from "./look.ts";

const URL = "wss://example.test/signal";

it("asks once what awaits whoever joins, and is gone", async () => {
  const world = new FakePlatform();
  const sight = lookBy(world, URL, "open/x");
  world.socket.open();
  expect(world.socket.all("look")).toMatchObject([{ room: "open/x" }]);
  const value = { participants: 3, lobby: true };
  world.socket.say({ replyTo: 1, body: { $case: "sight", value } });
  const rest = { passcode: false, locked: false, recorded: false };
  expect(await sight).toEqual({ participants: 3, lobby: true, ...rest });
  expect(world.socket.closedByClient).toBe(true);
});

it("does without an answer where there is none", async () => {
  const world = new FakePlatform();
  const slow = lookBy(world, URL, "open/x");
  world.socket.open();
  await world.advance(5_000);
  expect(await slow).toBeUndefined();

  const refused = lookBy(world, URL, "open/x");
  world.socket.open();
  world.socket.say({ body: { $case: "error", value: { code: ErrorCode.OUT_OF_PLACE } } });
  expect(await refused).toBeUndefined();

  const left = new AbortController();
  const unwanted = lookBy(world, URL, "open/x", left.signal);
  left.abort();
  expect(await unwanted).toBeUndefined();
});
