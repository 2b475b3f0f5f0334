/** A meeting in a calendar. Times in milliseconds since 1970. */
export interface CalendarEntry {
  readonly title: string;
  readonly text: string;
  readonly link: string;
  readonly madeAt: number;
  readonly startsAt: number;
  readonly endsAt: number;
}

/** The longest line without its end (RFC 5545 §3.1), in bytes. */
const LINE_BYTES_MAX = 75;

/** As an iCalendar file (RFC 5545). */
export function calendarFile(entry: CalendarEntry): string {
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Conclave//Meetings//EN",
    "BEGIN:VEVENT",
    `UID:${entry.madeAt}-${entry.startsAt}@conclave.invalid`,
    `DTSTAMP:${utc(entry.madeAt)}`,
    `DTSTART:${utc(entry.startsAt)}`,
    `DTEND:${utc(entry.endsAt)}`,
    `SUMMARY:${escaped(entry.title)}`,
    `DESCRIPTION:${escaped(entry.text)}`,
    `LOCATION:${escaped(entry.link)}`,
    `URL:${entry.link}`,
    "END:VEVENT",
    "END:VCALENDAR",
  ];
  return lines.map((line) => `${folded(line)}\r\n`).join("");
}

function utc(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(/[-:]|\.\d+/g, "");
}

/** RFC 5545 §3.3.11. */
function escaped(text: string): string {
  return text.replace(/[\\;,]/g, "\\$&").replace(/\r?\n/g, "\\n");
}

/** Long lines go on in the next one, which begins with a space; no character is cut in two. */
function folded(line: string): string {
  const encoder = new TextEncoder();
  const parts: string[] = [];
  let part = "";
  let bytes = 0;
  for (const character of line) {
    const size = encoder.encode(character).length;
    if (bytes + size > LINE_BYTES_MAX) {
      parts.push(part);
      part = "";
      // The space.
      bytes = 1;
    }
    part += character;
    bytes += size;
  }
  return [...parts, part].join("\r\n ");
}
