import type { PictureName } from "../../state/effects.ts";

export const PICTURE_WIDTH = 1280;
export const PICTURE_HEIGHT = 720;

type Context = OffscreenCanvasRenderingContext2D | CanvasRenderingContext2D;
type Stops = readonly (readonly [at: number, color: string])[];

/** Draws one of our pictures over 1280 x 720. They are calm, and darker than most faces. */
export function paintPicture(context: Context, name: PictureName): void {
  PAINTERS[name](context);
}

const PAINTERS: Readonly<Record<PictureName, (context: Context) => void>> = {
  dusk,
  shelves,
  window: windowed,
  forest,
  studio,
  paper,
};

function dusk(c: Context): void {
  down(c, [
    [0, "#2b3a67"],
    [0.45, "#8d5b8c"],
    [0.7, "#e08e79"],
    [1, "#f3c98b"],
  ]);
  glow(c, 900, 470, 220, "rgb(255 236 190 / 0.9)");
  hills(c, 500, 70, 3.1, "#5b4a78");
  hills(c, 570, 50, 4.7, "#3f3a63");
  hills(c, 640, 40, 6.2, "#292b4e");
}

function forest(c: Context): void {
  down(c, [
    [0, "#b9d3cf"],
    [0.6, "#7fa79c"],
    [1, "#3c6157"],
  ]);
  for (const [row, color] of ["#6d978c", "#4c7a6e", "#315a50", "#1d3f38"].entries()) {
    const base = 430 + row * 100;
    for (let x = -60 + (row % 2) * 45; x < PICTURE_WIDTH + 60; x += 90) {
      tree(c, x + sway(row * 31 + x) * 25, base, 170 + row * 45 + sway(x) * 50, color);
    }
    c.fillStyle = color;
    c.fillRect(0, base - 2, PICTURE_WIDTH, PICTURE_HEIGHT - base + 2);
  }
}

function shelves(c: Context): void {
  down(c, [
    [0, "#4a3a30"],
    [1, "#33271f"],
  ]);
  const spines = [
    "#7c4f3f",
    "#52656b",
    "#8c7a55",
    "#5b4a66",
    "#3f5b4c",
    "#94644e",
    "#6b6f79",
    "#4d4038",
  ];
  for (let shelf = 0; shelf < 4; shelf++) {
    const floor = (shelf + 1) * 180 - 14;
    for (let x = 16, book = 0; x < PICTURE_WIDTH - 30; book++) {
      const seed = shelf * 97 + book;
      const width = 22 + Math.abs(sway(seed)) * 26;
      const height = 105 + Math.abs(sway(seed * 3 + 1)) * 45;
      // A gap here and there: shelves that are full look like a pattern.
      if (seed % 11 !== 4) {
        c.fillStyle = spines[(seed * 5) % spines.length] ?? "";
        c.fillRect(x, floor - height, width, height);
        c.fillStyle = "rgba(255, 240, 210, 0.18)";
        c.fillRect(x + 3, floor - height * 0.8, width - 6, 6);
      }
      x += width + 3;
    }
    c.fillStyle = "#6a5140";
    c.fillRect(0, floor, PICTURE_WIDTH, 14);
    c.fillStyle = "rgba(0, 0, 0, 0.25)";
    c.fillRect(0, floor + 14, PICTURE_WIDTH, 10);
  }
  glow(c, 640, 0, 700, "rgb(255 214 150 / 0.25)");
}

function windowed(c: Context): void {
  down(c, [
    [0, "#d9d2c5"],
    [1, "#b9ae9d"],
  ]);
  const [x, y, width, height] = [170, 60, 620, 480];
  const sky = c.createLinearGradient(0, y, 0, y + height);
  for (const [at, color] of [
    [0, "#8fb8dd"],
    [1, "#dfeaf0"],
  ] as const)
    sky.addColorStop(at, color);
  c.fillStyle = sky;
  c.fillRect(x, y, width, height);
  c.save();
  c.beginPath();
  c.rect(x, y, width, height);
  c.clip();
  hills(c, 430, 40, 3.7, "#8aa58c");
  hills(c, 480, 25, 5.3, "#6c8c72");
  c.restore();
  c.strokeStyle = "#f6f2ea";
  c.lineWidth = 20;
  c.strokeRect(x, y, width, height);
  c.lineWidth = 10;
  c.strokeRect(x + width / 2, y, 0, height);
  c.fillStyle = "#efe9dd";
  c.fillRect(x - 40, y + height + 8, width + 80, 26);
  c.fillStyle = "#5f7d63";
  for (let leaf = 0; leaf < 9; leaf++) {
    c.beginPath();
    c.ellipse(
      1040 + sway(leaf) * 60,
      470 - leaf * 28,
      24,
      70,
      sway(leaf * 7) * 1.1,
      0,
      Math.PI * 2,
    );
    c.fill();
  }
  c.fillStyle = "#a56b4c";
  c.fillRect(985, 510, 110, 120);
}

function studio(c: Context): void {
  down(c, [
    [0, "#1d232d"],
    [0.72, "#2b3441"],
    [0.73, "#20262f"],
    [1, "#14181f"],
  ]);
  glow(c, 320, 210, 520, "rgb(84 130 190 / 0.55)");
  glow(c, 1010, 260, 460, "rgb(190 110 120 / 0.4)");
}

function paper(c: Context): void {
  down(c, [
    [0, "#e9ddca"],
    [1, "#c9b79c"],
  ]);
  for (let spot = 0; spot < 7; spot++) {
    const x = 110 + spot * 190;
    glow(
      c,
      x,
      360 + sway(spot * 3) * 260,
      210,
      spot % 2 ? "rgb(183 121 97 / 0.35)" : "rgb(98 128 124 / 0.35)",
    );
  }
}

function down(c: Context, stops: Stops): void {
  const gradient = c.createLinearGradient(0, 0, 0, PICTURE_HEIGHT);
  for (const [at, color] of stops) gradient.addColorStop(at, color);
  c.fillStyle = gradient;
  c.fillRect(0, 0, PICTURE_WIDTH, PICTURE_HEIGHT);
}

function glow(c: Context, x: number, y: number, radius: number, color: string): void {
  const gradient = c.createRadialGradient(x, y, 0, x, y, radius);
  gradient.addColorStop(0, color);
  // The same color, or it would be grey on the way.
  gradient.addColorStop(1, color.replace(/ [\d.]+\)$/, " 0)"));
  c.fillStyle = gradient;
  c.fillRect(x - radius, y - radius, radius * 2, radius * 2);
}

function hills(c: Context, y: number, height: number, waves: number, color: string): void {
  c.fillStyle = color;
  c.beginPath();
  c.moveTo(0, PICTURE_HEIGHT);
  for (let x = 0; x <= PICTURE_WIDTH; x += 16) {
    const at = (x / PICTURE_WIDTH) * Math.PI * waves;
    c.lineTo(x, y - Math.sin(at + waves) * height - Math.sin(at * 2.3) * height * 0.35);
  }
  c.lineTo(PICTURE_WIDTH, PICTURE_HEIGHT);
  c.fill();
}

function tree(c: Context, x: number, base: number, height: number, color: string): void {
  c.fillStyle = color;
  c.beginPath();
  c.moveTo(x, base - height);
  c.lineTo(x + height * 0.22, base);
  c.lineTo(x - height * 0.22, base);
  c.fill();
}

/** -1 .. 1, the same for the same number: a picture looks the same each time. */
function sway(seed: number): number {
  return Math.sin(seed * 12.9898) * Math.cos(seed * 4.1414);
}
