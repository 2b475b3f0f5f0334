// @vitest-environment happy-dom
/** What this person chooses to see: menus of the tiles and of the stage. */
import "@preact/signals";
import { FakeRoom } from "@conclave/sdk/testing";
import { render } from "preact";
import { act } from "preact/test-utils";
import { beforeEach, expect, test, vi } from "vitest";
import { speak } from "../../messages/messages.ts";
import { createMeeting, type Meeting } from "../../state/meeting.ts";
import { FakeClock } from "../../state/testing/fakeClock.ts";
import { type FakeMedia, FakePage, fakeMedia } from "../../state/testing/fakePorts.ts";
import { StageView } from "./StageView.tsx";
import { ViewMenu } from "./ViewMenu.tsx";
import { ViewMenuPanel } from "./ViewMenuPanel.tsx";

let room: FakeRoom;
let page: FakePage;
let preferences: FakeMedia["preferences"];
let meeting: Meeting;
let root: HTMLElement;

beforeEach(() => {
  room = new FakeRoom({ displayName: "Me" });
  page = new FakePage();
  const media = fakeMedia();
  const { local, devices } = media;
  preferences = media.preferences;
  meeting = createMeeting({
    room,
    roomName: "standup",
    local,
    joinedWith: { microphone: undefined, camera: undefined },
    devices,
    clock: new FakeClock(),
    page,
    preferences,
    randomBytes: (into) => into.fill(7),
    onEnded: () => {},
    onRejoin: () => {},
  });
  document.body.replaceChildren();
  root = document.body.appendChild(document.createElement("div"));
  const both = (
    <>
      <ViewMenu meeting={meeting} />
      <ViewMenuPanel meeting={meeting} />
      <StageView meeting={meeting} />
    </>
  );
  act(() => render(both, root));
  act(() => meeting.stage.resize({ width: 1400, height: 760 }, 1));
});

const find = (selector: string) => [...root.querySelectorAll<HTMLElement>(selector)];
const one = (testId: string) => find(`[data-testid=${testId}]`)[0];
const tile = (name: string) =>
  find("[data-testid=tile]").find((each) => each.textContent?.includes(name));

function addPeople(...names: string[]): void {
  act(() => {
    for (const name of names) room.addParticipant(name, ["camera"]);
  });
}

/** The DOM here has no popovers: the menu is told that it is open. */
function openMenuOf(name: string): HTMLElement {
  const menu = tile(name)?.querySelector<HTMLElement>(".tile-menu");
  if (!menu) throw new Error(`${name} has no menu`);
  menu.hidePopover = () => {};
  act(() => void menu.dispatchEvent(Object.assign(new Event("toggle"), { newState: "open" })));
  return menu;
}

test("of two people nobody can be pinned; of three anybody", () => {
  addPeople("Ana");
  expect(find("[data-testid=tile-menu-button]")).toHaveLength(1);
  expect(openMenuOf("Ana").querySelector("[data-testid=tile-pin]")).toBeNull();
  addPeople("Ben");
  expect(find("[data-testid=tile-menu-button]")).toHaveLength(3);
});

test("who is pinned from the menu is large, and says so; the same again takes it off", () => {
  addPeople("Ana", "Ben");
  for (const role of ["focus", "person"]) {
    const menu = openMenuOf("Ben");
    act(() => menu.querySelector<HTMLElement>("[data-testid=tile-pin]")?.click());
    expect(tile("Ben")?.dataset["role"]).toBe(role);
    expect(tile("Ben")?.dataset["pinned"]).toBe(String(role === "focus"));
  }
});

test("a double click pins, but not one on a button", () => {
  addPeople("Ana", "Ben");
  const twice = () => new MouseEvent("dblclick", { bubbles: true });
  act(() => void tile("Ana")?.querySelector("button")?.dispatchEvent(twice()));
  expect(tile("Ana")?.dataset["role"]).toBe("person");
  act(() => void tile("Ana")?.dispatchEvent(twice()));
  expect(tile("Ana")?.dataset["role"]).toBe("focus");
});

test("one's own picture is hidden from its menu, and shown again from the view's", () => {
  addPeople("Ana", "Ben");
  const menu = openMenuOf("You");
  act(() => menu.querySelector<HTMLElement>("[data-testid=tile-hide]")?.click());
  expect(tile("You")).toBeUndefined();
  act(() => one("self-view-switch")?.click());
  expect(tile("You")).toBeDefined();
  expect(preferences.read().selfView).toBe("shown");
});

test("the layout and the colors are chosen, and remembered", () => {
  addPeople("Ana", "Ben");
  act(() => one("arrangement-speaker")?.click());
  expect(tile("Ana")?.dataset["role"]).toBe("focus");
  act(() => one("appearance-dark")?.click());
  expect(page.appearance).toBe("dark");
  expect(preferences.read()).toMatchObject({ arrangement: "speaker", appearance: "dark" });
});

test("each of the others is as loud as this person wants", () => {
  addPeople("Ana");
  const ana = [...room.participants.values()].find((each) => !each.isLocal);
  const slider = openMenuOf("Ana").querySelector<HTMLInputElement>("[data-testid=tile-volume]");
  if (!slider || !ana) throw new Error("there is a slider");
  expect(slider.valueAsNumber).toBe(1);
  slider.value = "0.25";
  act(() => void slider.dispatchEvent(new Event("input", { bubbles: true })));
  expect(room.volumes.get(ana.id)).toBe(0.25);
  expect(meeting.volumes.of.value.get(ana.id)).toBe(0.25);
});

test("another language changes the words and the direction, and nothing else", async () => {
  addPeople("Ana", "Ben");
  const video = tile("Ana")?.querySelector("video");
  const before = tile("Ana")?.style.translate;
  const select = one("language-select") as HTMLSelectElement;
  const choose = async (next: string) => {
    select.value = next;
    await act(async () => {
      select.dispatchEvent(new Event("change", { bubbles: true }));
      await vi.waitFor(() => expect(preferences.read().language).toBe(next));
    });
  };
  try {
    await choose("ar");
    expect(one("view-button")?.getAttribute("aria-label")).toBe("العرض");
    expect(tile("أنت")).toBeDefined();
    // From the right, as far as it was from the left.
    const [x] = (before ?? "").split("px");
    expect(tile("Ana")?.style.translate).toBe(before?.replace(/^[\d.]+/, String(-Number(x))));
    expect(tile("Ana")?.querySelector("video")).toBe(video);
    await choose("de");
    expect(tile("Ana")?.style.translate).toBe(before);
    expect(one("view-button")?.getAttribute("aria-label")).toBe("Ansicht");
  } finally {
    await act(() => speak("en").then(() => {}));
  }
});
