import { afterEach, expect, test } from "vitest";
import { compareNames, formatDay, formatShare, formatTime } from "./formats.ts";
import { speak } from "./messages.ts";

afterEach(() => speak("en"));

const at = new Date(2026, 10, 22, 15, 4);
/** Which of the narrow spaces it is depends on the data of the engine. */
const plain = (text: string) => text.replace(/\s/g, " ");

test("times, dates and shares are the language's", async () => {
  await speak("de");
  expect(formatTime(at)).toBe("15:04");
  expect(formatDay(at)).toBe("22.11.2026");
  expect(plain(formatShare(0.125))).toBe("12,5 %");
  await speak("ja");
  expect(formatDay(at)).toBe("2026/11/22");
  expect(formatShare(0.125)).toBe("12.5%");
});

test("names are in order, whatever their capitals, numbers and accents", () => {
  const names = ["zoe", "Person 10", "Émile", "Person 9", "Eva", "ana"];
  expect(names.sort(compareNames)).toEqual(["ana", "Émile", "Eva", "Person 9", "Person 10", "zoe"]);
});
