/**
 * Bundled into the bare page of bench/tiles.ts: many members of one encrypted room in one page, each with
 * a connection, a group and workers of its own. They send pictures and look at nothing.
 */
import { type SealedMeeting, sealedMeeting } from "../room/sealed_join.ts";

interface FleetEntry {
  readonly room: string;
  readonly fragment: string;
  readonly signalUrl: string;
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
}

const meetings: SealedMeeting[] = [];

/** One drawing for all; what it shows moves. */
function camera({ width, height, framesPerSecond }: FleetEntry): MediaStreamTrack {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("no canvas");
  let frame = 0;
  setInterval(() => {
    frame++;
    context.fillStyle = `hsl(${frame % 360} 30% 45%)`;
    context.fillRect(0, 0, width, height);
    context.fillStyle = "#fff";
    context.fillRect(((frame * 3) % 100) * (width / 100), height / 4, width / 8, height / 2);
  }, 1000 / framesPerSecond);
  const [track] = canvas.captureStream(framesPerSecond).getVideoTracks();
  if (track === undefined) throw new Error("no track");
  return track;
}

let drawn: MediaStreamTrack | undefined;

const fleetPage = {
  /** One more; resolves with how many there are once the group knows it. */
  add: async (entry: FleetEntry): Promise<number> => {
    drawn ??= camera(entry);
    const { room, fragment, signalUrl } = entry;
    const displayName = `Guest ${meetings.length + 1}`;
    const common = { displayName, signalUrl, keepAddressPrivate: true };
    let entered = (): void => undefined;
    const isIn = new Promise<void>((resolve) => {
      entered = resolve;
    });
    const meeting = sealedMeeting(
      { ...common, room, fragment, camera: drawn.clone() },
      { onRoster: (roster) => roster !== undefined && entered() },
      signalUrl,
    );
    meetings.push(meeting);
    await meeting.room.start();
    await isIn;
    return meetings.length;
  },
};

export type FleetPage = typeof fleetPage;
Object.assign(window, { fleetPage });
