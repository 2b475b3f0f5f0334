import { expect } from "vitest";
import { hex } from "../keys/bytes.ts";
import type { Client, World } from "./world.ts";

/** Those who are connected and have not been removed. */
export function present(world: World): Client[] {
  return world.clients.filter(({ connected, removed }) => connected && !removed);
}

/** Everybody is in one epoch, and all have exactly those who are here in their list. */
export function expectAgreement(world: World): void {
  const here = present(world);
  const views = new Set(here.map(viewOf));
  expect(views).not.toContain("");
  expect(views.size).toBe(1);
  const pids = here.map(({ membership }) => hex(membership.pid)).sort();
  for (const { roster } of here) expect(roster.map(({ pid }) => hex(pid)).sort()).toEqual(pids);
}

/**
 * What holds at any moment, whatever the server does: nobody has somebody in their list who is no
 * person of this room, and two who share an epoch's secret have the same list; nobody who was removed
 * shares a secret with those who are in.
 */
export function expectNoIntruder(world: World): void {
  const real = new Set(world.clients.flatMap(({ pidsEver }) => [...pidsEver]));
  const lists = new Map<string, string>();
  for (const client of world.clients) {
    const pids = client.roster.map(({ pid }) => hex(pid)).sort();
    for (const pid of pids) expect(real, "somebody whom the server invented").toContain(pid);
    const view = viewOf(client);
    if (view === "") continue;
    const list = lists.get(view) ?? pids.join(",");
    expect(pids.join(",")).toBe(list);
    lists.set(view, list);
    expect(pids, "shares a secret, but is not in the list").toContain(hex(client.membership.pid));
  }
}

function viewOf({ membership }: Client): string {
  return hex(membership.group?.epochAuthenticator ?? new Uint8Array());
}
