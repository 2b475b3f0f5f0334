import type { BoardThing } from "@conclave/sdk/messages";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Area extends Point {
  readonly width: number;
  readonly height: number;
}

/** What an element covers, whichever way its line goes. */
export function areaOf({ x, y, width, height }: BoardThing): Area {
  return {
    x: Math.min(x, x + width),
    y: Math.min(y, y + height),
    width: Math.abs(width),
    height: Math.abs(height),
  };
}

/** Whether a finger there means this element. `reach` is how far off it may be. */
export function isHit(thing: BoardThing, at: Point, reach: number): boolean {
  const area = areaOf(thing);
  const isNear =
    at.x >= area.x - reach &&
    at.x <= area.x + area.width + reach &&
    at.y >= area.y - reach &&
    at.y <= area.y + area.height + reach;
  if (!isNear) return false;
  if (thing.kind === "line" || thing.kind === "arrow") {
    const end = { x: thing.x + thing.width, y: thing.y + thing.height };
    return distance(at, thing, end) <= reach;
  }
  if (thing.kind !== "pen") return true;
  const points = absolute(thing);
  const [first] = points;
  if (points.length === 1 && first) return distance(at, first, first) <= reach;
  return points.some((point, i) => i > 0 && distance(at, points[i - 1] ?? point, point) <= reach);
}

/** A stroke's points on the board. */
export function absolute({ x, y, points }: BoardThing): Point[] {
  const all: Point[] = [];
  for (let i = 0; i + 1 < points.length; i += 2) {
    all.push({ x: x + (points[i] ?? 0), y: y + (points[i + 1] ?? 0) });
  }
  return all;
}

/** Place, size and points of a stroke through these points. */
export function strokeOf(
  path: readonly Point[],
): Pick<BoardThing, "x" | "y" | "width" | "height" | "points"> {
  const whole = path.map(({ x, y }) => ({ x: Math.round(x), y: Math.round(y) }));
  const x = Math.min(...whole.map((point) => point.x));
  const y = Math.min(...whole.map((point) => point.y));
  return {
    ...{ x, y },
    width: Math.max(1, ...whole.map((point) => point.x - x)),
    height: Math.max(1, ...whole.map((point) => point.y - y)),
    points: whole.flatMap((point) => [point.x - x, point.y - y]),
  };
}

/**
 * The same line with fewer points, none of the others further than `slack` from it (the way of Ramer,
 * Douglas and Peucker).
 */
export function simplified(path: readonly Point[], slack: number): Point[] {
  const keep = new Uint8Array(path.length);
  const open: [number, number][] = [[0, path.length - 1]];
  keep[0] = 1;
  if (path.length > 0) keep[path.length - 1] = 1;
  for (let range = open.pop(); range !== undefined; range = open.pop()) {
    const [from, to] = range;
    const [a, b] = [path[from], path[to]];
    if (a === undefined || b === undefined) continue;
    let [worst, at] = [slack, -1];
    for (let i = from + 1; i < to; i++) {
      const far = distance(path[i] ?? a, a, b);
      if (far > worst) [worst, at] = [far, i];
    }
    if (at < 0) continue;
    keep[at] = 1;
    open.push([from, at], [at, to]);
  }
  return path.filter((_, i) => keep[i] === 1);
}

/** From a point to the line between two others. */
function distance(at: Point, from: Point, to: Point): number {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : ((at.x - from.x) * dx + (at.y - from.y) * dy) / length;
  const share = Math.min(1, Math.max(0, along));
  return Math.hypot(at.x - from.x - share * dx, at.y - from.y - share * dy);
}
