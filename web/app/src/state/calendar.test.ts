import { expect, test } from "vitest";
import { calendarFile } from "./calendar.ts";

const LINK = "https://meet.example/r/bimofa-kelu#1.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const entry = {
  title: "Besprechung; “Größe”, 会議",
  text: `Come in:\n${LINK}`,
  link: LINK,
  madeAt: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  startsAt: Date.UTC(2026, 0, 2, 4),
  endsAt: Date.UTC(2026, 0, 2, 5),
};

/** As RFC 5545 §3.1 and §3.3.11 say to read it. */
function fields(file: string): Map<string, string> {
  const lines = file.replace(/\r\n /g, "").split("\r\n");
  return new Map(
    lines.map((line) => {
      const at = line.indexOf(":");
      const value = line.slice(at + 1).replace(/\\(.)/g, (_, c) => (c === "n" ? "\n" : c));
      return [line.slice(0, at), value];
    }),
  );
}

test("what is written is read again, whatever is in it", () => {
  const read = fields(calendarFile(entry));
  expect(read.get("SUMMARY")).toBe(entry.title);
  expect(read.get("DESCRIPTION")).toBe(entry.text);
  expect(read.get("URL")).toBe(LINK);
  expect(read.get("DTSTART")).toBe("20260102T040000Z");
  expect(read.get("DTEND")).toBe("20260102T050000Z");
  expect(read.get("DTSTAMP")).toBe("20260102T030405Z");
});

test("no line is longer than calendars read", () => {
  const file = calendarFile({ ...entry, title: "会".repeat(200) });
  expect(file.endsWith("END:VCALENDAR\r\n")).toBe(true);
  for (const line of file.split("\r\n")) {
    expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(75);
  }
  expect(fields(file).get("SUMMARY")).toBe("会".repeat(200));
});
