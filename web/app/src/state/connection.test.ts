import { FakeRoom } from "@conclave/sdk/testing";
import { expect, test } from "vitest";
import { createConnection } from "./connection.ts";
import { FakeClock } from "./testing/fakeClock.ts";

function setUp() {
  const room = new FakeRoom();
  const clock = new FakeClock();
  return { room, clock, connection: createConnection(room, clock) };
}

test("a loss is told after two seconds, and takes the screen after fifteen", () => {
  const { room, clock, connection } = setUp();
  room.setState("reconnecting");
  clock.advance(1999);
  expect(connection.stage.value).toBe("fine");
  clock.advance(1);
  expect(connection.stage.value).toBe("shaky");
  clock.advance(12999);
  expect(connection.stage.value).toBe("shaky");
  clock.advance(1);
  expect(connection.stage.value).toBe("lost");
});

test("a loss that heals within two seconds is never told", () => {
  const { room, clock, connection } = setUp();
  const seen: string[] = [];
  connection.stage.subscribe((stage) => seen.push(stage));
  room.setState("reconnecting");
  clock.advance(1500);
  room.setState("connected");
  clock.advance(60000);
  expect(seen).toEqual(["fine"]);
});

test("saying again that it reconnects does not start the clock anew", () => {
  const { room, clock, connection } = setUp();
  room.setState("reconnecting");
  clock.advance(1500);
  room.setState("reconnecting");
  clock.advance(500);
  expect(connection.stage.value).toBe("shaky");
});

test("back after a long loss everything is fine", () => {
  const { room, clock, connection } = setUp();
  room.setState("reconnecting");
  clock.advance(20000);
  room.setState("connected");
  expect(connection.stage.value).toBe("fine");
  expect(clock.pending).toBe(0);
});
