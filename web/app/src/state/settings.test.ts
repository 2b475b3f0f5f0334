import { expect, test } from "vitest";
import { createRecents } from "./recents.ts";
import { createSettings } from "./settings.ts";
import { FakeClock } from "./testing/fakeClock.ts";
import { FakePage, fakeMedia } from "./testing/fakePorts.ts";

function setUp() {
  const { local, preferences } = fakeMedia();
  const page = new FakePage();
  const recents = createRecents(preferences, new FakeClock());
  const settings = createSettings({ local, preferences, page });
  return { preferences, page, recents, settings };
}

test("what is stored is listed as it comes, and all of it is wiped", () => {
  const { preferences, recents, settings } = setUp();
  preferences.clear();
  expect(settings.stored.value).toEqual([]);
  preferences.write({ displayName: "Ana", speakerId: "s1" });
  recents.remember("/open/weekly", "weekly");
  settings.choices.setAppearance("dark");
  settings.setAddressPrivate(true);
  settings.setNotice("heard", "chat", false);
  expect(settings.stored.value).toEqual([
    ...["name", "devices", "look", "notices", "meetings", "privacy"],
  ]);
  settings.wipe();
  expect([preferences.read(), settings.stored.value, recents.list.value]).toEqual([{}, [], []]);
});

test("forgetting the meetings by themselves takes them off the list", () => {
  const { recents, settings } = setUp();
  recents.remember("/open/weekly", "weekly");
  expect(settings.stored.value).toContain("meetings");
  recents.forgetAll();
  expect(settings.stored.value).not.toContain("meetings");
});

test("a sound that is switched on is heard once", () => {
  const { page, settings } = setUp();
  settings.setNotice("heard", "chat", false);
  settings.setNotice("shown", "hands", true);
  settings.setNotice("heard", "chat", true);
  expect(page.chimes).toEqual(["chat"]);
});

test("without a meeting the choices hold for the next one", () => {
  const { preferences, settings } = setUp();
  settings.setLetters(false);
  settings.setAddressPrivate(true);
  settings.choices.setArrangement("speaker");
  expect(preferences.read()).toMatchObject({
    ...{ letterKeys: false, addressPrivate: true, arrangement: "speaker" },
  });
  expect([settings.letters.value, settings.addressPrivate.value]).toEqual([false, true]);
});
