/** Moving pictures of people and of a screen, drawn on canvases: for looking at the interface. */

export function personTrack(seed: number, upright = false): MediaStreamTrack {
  const [width, height] = upright ? [360, 640] : [640, 360];
  return animated(width, height, (context, seconds) => drawPerson(context, seed, seconds));
}

export function screenTrack(): MediaStreamTrack {
  return animated(1280, 720, drawScreen);
}

function animated(
  width: number,
  height: number,
  draw: (context: CanvasRenderingContext2D, seconds: number) => void,
): MediaStreamTrack {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("no canvas");
  const frame = () => draw(context, performance.now() / 1000);
  frame();
  setInterval(frame, 100);
  const track = canvas.captureStream(10).getVideoTracks()[0];
  if (track === undefined) throw new Error("no track");
  return track;
}

function drawPerson(context: CanvasRenderingContext2D, seed: number, seconds: number): void {
  const { width, height } = context.canvas;
  const hue = (seed * 77 + 20) % 360;
  const unit = Math.min(width, height * 1.2) / 640;
  const wall = context.createLinearGradient(0, 0, width, height);
  wall.addColorStop(0, `oklch(0.8 0.04 ${hue})`);
  wall.addColorStop(1, `oklch(0.5 0.06 ${hue + 30})`);
  context.fillStyle = wall;
  context.fillRect(0, 0, width, height);
  context.fillStyle = `oklch(0.9 0.03 ${hue + 60} / 55%)`;
  context.fillRect(width * 0.08, height * 0.1, width * 0.24, height * 0.42);
  const x = width / 2 + Math.sin(seconds * 0.7 + seed) * 10;
  const y = height * 0.52 + Math.sin(seconds * 1.1 + seed) * 4;
  context.fillStyle = `oklch(0.42 0.09 ${(hue + 180) % 360})`;
  ellipse(context, x, y + 250 * unit, 190 * unit, 170 * unit);
  context.fillStyle = `oklch(${0.55 + (seed % 4) * 0.09} 0.07 ${45 + (seed % 3) * 8})`;
  context.fillRect(x - 26 * unit, y + 40 * unit, 52 * unit, 70 * unit);
  ellipse(context, x, y - 20 * unit, 74 * unit, 92 * unit);
  context.fillStyle = `oklch(${0.25 + (seed % 3) * 0.12} 0.04 ${40 + seed * 13})`;
  context.beginPath();
  context.ellipse(x, y - 62 * unit, 82 * unit, 70 * unit, 0, Math.PI, 0);
  context.fill();
}

function ellipse(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  radiusX: number,
  radiusY: number,
): void {
  context.beginPath();
  context.ellipse(x, y, radiusX, radiusY, 0, 0, Math.PI * 2);
  context.fill();
}

function drawScreen(context: CanvasRenderingContext2D, seconds: number): void {
  const { width, height } = context.canvas;
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, width, height);
  context.fillStyle = "#183b32";
  context.font = "600 54px sans-serif";
  context.fillText("Quarterly review", 80, 130);
  context.font = "28px sans-serif";
  context.fillStyle = "#5a6b66";
  context.fillText("Where the packets go, and what each of them costs", 80, 180);
  for (let bar = 0; bar < 9; bar++) {
    const tall = 90 + 220 * Math.abs(Math.sin(bar * 1.3 + seconds * 0.1));
    context.fillStyle = bar === 6 ? "#12805f" : "#b9d6cc";
    context.fillRect(90 + bar * 122, 620 - tall, 84, tall);
  }
}
