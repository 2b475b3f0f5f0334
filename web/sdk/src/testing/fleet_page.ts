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
  /** Until `pace` says otherwise. */
  readonly framesPerSecond: number;
}

const meetings: SealedMeeting[] = [];
const troubles: string[] = [];

/** One drawing for all; what it shows moves. */
class DrawnCamera {
  readonly track: MediaStreamTrack;
  readonly #context: CanvasRenderingContext2D;
  #frame = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor({ width, height, framesPerSecond }: FleetEntry) {
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width, height });
    const context = canvas.getContext("2d");
    if (context === null) throw new Error("no canvas");
    this.#context = context;
    const [track] = canvas.captureStream().getVideoTracks();
    if (track === undefined) throw new Error("no track");
    this.track = track;
    this.pace(framesPerSecond);
  }

  pace(framesPerSecond: number): void {
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#draw(), 1000 / framesPerSecond);
  }

  #draw(): void {
    const context = this.#context;
    const { width, height } = context.canvas;
    const frame = this.#frame++;
    context.fillStyle = `hsl(${frame % 360} 30% 45%)`;
    context.fillRect(0, 0, width, height);
    context.fillStyle = "#fff";
    context.fillRect(((frame * 3) % 100) * (width / 100), height / 4, width / 8, height / 2);
  }
}

let drawn: DrawnCamera | undefined;

async function addOne(entry: FleetEntry, number: number): Promise<void> {
  drawn ??= new DrawnCamera(entry);
  const { room, fragment, signalUrl } = entry;
  let entered = (): void => undefined;
  const isIn = new Promise<void>((resolve) => {
    entered = resolve;
  });
  const meeting = sealedMeeting(
    {
      ...{ room, fragment, signalUrl, displayName: `Guest ${number}` },
      ...{ keepAddressPrivate: true, videoCodec: "vp8", camera: drawn.track.clone() },
    },
    {
      onRoster: (roster) => roster !== undefined && entered(),
      onRefused: (why) => troubles.push(why),
    },
    signalUrl,
  );
  meetings.push(meeting);
  // Before the first layout the server chooses what a person is sent.
  meeting.room.setLayout([]);
  await meeting.room.start();
  await isIn;
}

const fleetPage = {
  /** So many more at once; resolves with how many there are once the group knows them. */
  add: async (entry: FleetEntry, count: number): Promise<number> => {
    const first = meetings.length + 1;
    await Promise.all(Array.from({ length: count }, (_, i) => addOne(entry, first + i)));
    return meetings.length;
  },
  count: (): number => meetings.length,
  /** Pictures a second that all send from now on. */
  pace: (framesPerSecond: number): void => drawn?.pace(framesPerSecond),
  troubles: (): readonly string[] => troubles,
};

export type FleetPage = typeof fleetPage;
Object.assign(window, { fleetPage });
