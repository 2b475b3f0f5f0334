import { afterEach, expect, test, vi } from "vitest";
import * as catalogues from "../messages/catalogues.ts";
import { language, speak, t } from "../messages/messages.ts";
import { createLanguageChoice, languageAtStart } from "./languageChoice.ts";
import { FakePreferences } from "./testing/fakePorts.ts";

afterEach(async () => {
  vi.restoreAllMocks();
  await speak("en");
});

const address = (query: string) => new URL(`https://meet.example/open/standup${query}`);

test("the address goes before the choice, and the choice before the browser", () => {
  const chosen = new FakePreferences({ language: "de" });
  expect(languageAtStart(address("?lang=en"), chosen, ["de"])).toBe("en");
  expect(languageAtStart(address("?lang=tlh"), chosen, ["en"])).toBe("de");
  expect(languageAtStart(address(""), chosen, ["en"])).toBe("de");
  expect(languageAtStart(address(""), new FakePreferences(), ["nb", "de-AT", "en"])).toBe("de");
});

test("a choice is remembered, and spoken once it is there", async () => {
  const preferences = new FakePreferences();
  const choice = createLanguageChoice(preferences);
  expect(choice.chosen.value).toBe("en");
  const done = choice.choose("de");
  expect(choice.chosen.value).toBe("de");
  expect(language.peek()).toBe("en");
  await done;
  expect(language.peek()).toBe("de");
  expect(preferences.held.language).toBe("de");
  expect(t("landing.join")).toBe("Beitreten");
});

test("what does not load changes nothing, and says so", async () => {
  vi.spyOn(catalogues, "loadCatalogue").mockRejectedValue(new Error("offline"));
  const preferences = new FakePreferences();
  const choice = createLanguageChoice(preferences);
  await choice.choose("de");
  expect(choice.chosen.value).toBe("en");
  expect(choice.failed.value).toBe(true);
  expect(preferences.held.language).toBeUndefined();
  vi.restoreAllMocks();
  await choice.choose("de");
  expect(choice.failed.value).toBe(false);
});

test("a text that another language lacks is English", async () => {
  vi.spyOn(catalogues, "loadCatalogue").mockResolvedValue({ "landing.join": "Rein" });
  await speak("de");
  expect(t("landing.join")).toBe("Rein");
  expect(t("app.titleUnread", { count: 1 })).toBe("(1) {what} · Conclave");
});
