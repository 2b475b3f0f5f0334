/**
 * Takes docs/images/call.png: a real call of four through the real server, with drawn people in front
 * of the cameras. After `./run.sh build`:  node docs/images/call.ts
 */
import { openClient, people } from "../../tests/e2e/lib/browsers.ts";
import { Meeting } from "../../tests/e2e/lib/meeting.ts";
import { startServer } from "../../tests/e2e/lib/server.ts";

interface Look {
  readonly hue: number;
  readonly hair: string;
  readonly skin: string;
  readonly shirt: string;
}

const looks: readonly Look[] = [
  { hue: 165, hair: "#3b2a20", skin: "#e8b999", shirt: "#0f766e" },
  { hue: 30, hair: "#1c1917", skin: "#b97a56", shirt: "#c2410c" },
  { hue: 255, hair: "#7c5a2e", skin: "#f0c9a8", shirt: "#4338ca" },
  { hue: 350, hair: "#0c0a09", skin: "#8d5a3b", shirt: "#9f1239" },
];

/** Runs in the page: the camera shows somebody in front of a wall with a window. */
function drawnCamera(look: Look): void {
  if (navigator.mediaDevices === undefined) return;
  const original = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (constraints = {}) => {
    const stream = constraints.audio ? await original({ audio: true }) : new MediaStream();
    if (!constraints.video) return stream;
    const canvas = document.createElement("canvas");
    canvas.width = 1280;
    canvas.height = 720;
    const context = canvas.getContext("2d");
    if (context === null) throw new Error("no canvas");
    const fill = (style: string | CanvasGradient, path: () => void): void => {
      context.fillStyle = style;
      context.beginPath();
      path();
      context.fill();
    };
    let frame = 0;
    const draw = (): void => {
      const sway = Math.sin(frame++ / 9) * 8;
      const wall = context.createLinearGradient(0, 0, 1280, 720);
      wall.addColorStop(0, `hsl(${look.hue} 24% 78%)`);
      wall.addColorStop(1, `hsl(${look.hue} 22% 52%)`);
      fill(wall, () => context.rect(0, 0, 1280, 720));
      fill("#ffffff55", () => context.roundRect(120, 90, 250, 330, 12));
      fill(`hsl(${look.hue} 40% 88%)`, () => context.roundRect(140, 110, 210, 290, 6));
      fill(look.shirt, () => context.ellipse(640, 800, 330, 300, 0, 0, 7));
      fill(look.skin, () => context.roundRect(580 + sway / 2, 440, 120, 130, 50));
      fill(look.hair, () => context.ellipse(640 + sway, 300, 172, 190, 0, 0, 7));
      fill(look.skin, () => context.ellipse(640 + sway, 340, 138, 168, 0, 0, 7));
      fill(look.hair, () => context.ellipse(640 + sway, 205, 150, 78, 0, 0, 7));
      for (const side of [-1, 1]) {
        fill("#1c1917", () => context.ellipse(640 + sway + side * 52, 330, 11, 14, 0, 0, 7));
      }
      context.strokeStyle = "#7f1d1d";
      context.lineWidth = 8;
      context.lineCap = "round";
      context.beginPath();
      context.arc(640 + sway, 395, 46, 0.35, Math.PI - 0.35);
      context.stroke();
    };
    draw();
    setInterval(draw, 100);
    for (const track of canvas.captureStream(10).getVideoTracks()) stream.addTrack(track);
    return stream;
  };
}

const server = await startServer();
const meetings: Meeting[] = [];
for (const [index, person] of people.entries()) {
  const isLast = index === people.length - 1;
  const viewport = isLast ? { width: 1440, height: 900 } : { width: 640, height: 480 };
  const client = await openClient("chromium", person, { viewport });
  await client.page.addInitScript(drawnCamera, looks[index]);
  const meeting = new Meeting(client);
  meetings.push(meeting);
  await meeting.join(`${server.url}/open/quiet-harbour-4821`);
}
// One speaks; the picture is taken when every layer has come up.
for (const meeting of meetings.slice(1)) await meeting.mute();
const last = meetings.at(-1);
for (const meeting of meetings.slice(0, -1)) {
  const video = last?.tile(meeting.client.person).locator("video");
  await video?.waitFor();
}
await last?.page.mouse.move(5, 450);
await last?.page.waitForTimeout(6000);
await last?.page.screenshot({ path: new URL("call.png", import.meta.url).pathname });
for (const meeting of meetings) await meeting.client.close();
await server.stop();
