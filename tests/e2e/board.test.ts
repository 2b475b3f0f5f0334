/**
 * The shared board in an encrypted meeting, in Chromium and Firefox: drawn by mouse and by keyboard at
 * the same time, with a picture; told to who comes later; saved.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { assertAccessible } from "./lib/axe.ts";
import { type Client, type Engine, openClient, type Person } from "./lib/browsers.ts";
import { eventually } from "./lib/eventually.ts";
import { Meeting } from "./lib/meeting.ts";
import { type Server, startServer } from "./lib/server.ts";

/** Browsers share two cores. */
const PATIENCE_MS = 30_000;
/** A picture of 2 x 1 pixels, red and blue (Netpbm, which browsers do not read, has no such short file). */
const RED_BLUE_BMP =
  "Qk0+AAAAAAAAADYAAAAoAAAAAgAAAAEAAAABABgAAAAAAAgAAAATCwAAEwsAAAAAAAAAAAAAAAD//wAAAAA=";

const isRed = ([red = 0, green = 255]: readonly number[]): boolean => red > 150 && green < 100;

describe("the board in an encrypted meeting", { concurrency: 1 }, () => {
  let server: Server;
  let link: string;
  let ana: Meeting;
  let ben: Meeting;
  let cleo: Meeting;
  const clients: Client[] = [];

  const enter = async (engine: Engine, person: Person): Promise<Meeting> => {
    const client = await openClient(engine, person, { frugal: true });
    clients.push(client);
    const { page } = client;
    await page.goto(link);
    await page.getByTestId("name-input").fill(person);
    await page.getByTestId("join-button").click();
    await page
      .locator("[data-testid=lock-button][data-state=sealed]")
      .waitFor({ timeout: PATIENCE_MS });
    return new Meeting(client);
  };
  const open = async ({ page }: Meeting): Promise<void> => {
    await page.getByTestId("more-button").click();
    await page.getByTestId("board-button").click();
    await page.getByTestId("board-canvas").waitFor({ timeout: PATIENCE_MS });
  };
  /** Somebody's board has so many elements. */
  const has = async ({ page }: Meeting, count: number) =>
    page
      .locator(`[data-testid=board-canvas][data-elements="${count}"]`)
      .waitFor({ timeout: PATIENCE_MS });
  const rows = async ({ page }: Meeting): Promise<string[]> => {
    const list = page.getByTestId("board-list");
    if ((await list.count()) === 0) await page.getByTestId("board-list-button").click();
    await list.waitFor();
    return page.getByTestId("board-row").allTextContents();
  };
  const lists = (meeting: Meeting, wanted: readonly string[]) =>
    eventually(
      `a list of ${wanted.join(", ")}`,
      () => rows(meeting),
      (seen) => isDeepStrictEqual(seen.toSorted(), wanted.toSorted()),
    );
  /** What is drawn there, of the page's width and height: red, green and blue. */
  const colorAt = async ({ page }: Meeting, x: number, y: number): Promise<readonly number[]> =>
    page.getByTestId("board-canvas").evaluate(
      (element, [shareX, shareY]) => {
        const canvas = element as HTMLCanvasElement;
        const context = canvas.getContext("2d");
        const [at, down] = [canvas.width * shareX, canvas.height * shareY].map(Math.round);
        return Array.from(context?.getImageData(at ?? 0, down ?? 0, 1, 1).data ?? []).slice(0, 3);
      },
      [x, y] as const,
    );
  /** By mouse, between two points of the page's width and height. */
  const drag = async (
    { page }: Meeting,
    from: readonly [number, number],
    to: readonly [number, number],
  ): Promise<void> => {
    const box = await page.getByTestId("board-canvas").boundingBox();
    assert.ok(box);
    const at = ([x, y]: readonly [number, number]) =>
      [box.x + box.width * x, box.y + box.height * y] as const;
    await page.mouse.move(...at(from));
    await page.mouse.down();
    await page.mouse.move(...at(to), { steps: 8 });
    await page.mouse.up();
  };
  const looksGood = async (state: string): Promise<void> => {
    for (const colorScheme of ["light", "dark"] as const) {
      await ana.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await ana.page.waitForFunction(() => document.getAnimations().length === 0);
      await assertAccessible(ana.page, `${state}, ${colorScheme},`);
    }
    await ana.page.emulateMedia({ colorScheme: "light" });
  };

  before(async () => {
    server = await startServer();
    link = `${server.url}/r/e2e-board#1.${"A".repeat(43)}`;
    ana = await enter("chromium", "Ana");
    ben = await enter("firefox", "Ben");
    await ana.tile("Ben").waitFor({ timeout: PATIENCE_MS });
  });
  after(async () => {
    for (const client of clients) await client.close().catch(() => undefined);
    await server.stop();
  });

  test("opened by one, it is offered to the others", async () => {
    await open(ana);
    await looksGood("an empty board");
    await ben.page.getByText("Ana opened the whiteboard").first().waitFor({ timeout: PATIENCE_MS });
    await ben.page.getByTestId("board-show").click();
    await ben.page.getByTestId("board-canvas").waitFor({ timeout: PATIENCE_MS });
    assert.equal(await ben.page.getByTestId("board-banner").count(), 0);
  });

  test("what is drawn by mouse is seen by the others, in its color", async () => {
    await ana.page.getByTestId("board-color-1").click();
    await ana.page.getByTestId("board-weight-2").click();
    await ana.page.getByTestId("board-pen").click();
    await drag(ana, [0.1, 0.2], [0.4, 0.2]);
    await has(ben, 1);
    // A stroke comes while it is drawn, piece by piece.
    await eventually("a red stroke", () => colorAt(ben, 0.25, 0.2), isRed);
  });

  test("by keyboard alone: a note is placed, written, moved", async () => {
    const { page } = ben;
    await page.getByTestId("board-note").press("Enter");
    await page.getByTestId("board-canvas").press("Enter");
    await page.getByTestId("board-writing").pressSequentially("Ship it m");
    await page.keyboard.press("Escape");
    await has(ana, 2);
    await lists(ana, ["Pen: Red", "Sticky note: Ship it m"]);
    await page.getByTestId("board-canvas").focus();
    const before = await colorAt(ana, 0.45, 0.55);
    for (let i = 0; i < 8; i++) await page.keyboard.press("Shift+ArrowRight");
    await eventually(
      "moved",
      () => colorAt(ana, 0.45, 0.55),
      (color) => !isDeepStrictEqual(color, before),
    );
    // "m" is a letter in a note, and no key of the meeting.
    assert.equal(await page.locator('[data-device=microphone][data-on="true"]').count(), 1);
  });

  test("both draw at once, and see the same", async () => {
    await ana.page.getByTestId("board-rectangle").click();
    await ben.page.getByTestId("board-ellipse").click();
    await Promise.all([drag(ana, [0.1, 0.6], [0.3, 0.8]), drag(ben, [0.2, 0.5], [0.4, 0.7])]);
    for (const meeting of [ana, ben]) await has(meeting, 4);
    await eventually(
      "four in the list",
      () => rows(ben),
      (all) => all.length === 4,
    );
    await lists(ana, await rows(ben));
  });

  test("a picture, drawn anew before it is sent", async () => {
    await ana.page.getByTestId("board-file").setInputFiles({
      ...{ name: "red-blue.bmp", mimeType: "image/bmp" },
      buffer: Buffer.from(RED_BLUE_BMP, "base64"),
    });
    await has(ben, 5);
    await eventually(
      "a picture",
      () => rows(ben),
      (all) => all.includes("Picture"),
    );
    await looksGood("a board with its list");
  });

  test("undo takes back one's own, and not what others did", async () => {
    await ana.page.getByTestId("board-undo").click();
    await has(ben, 4);
    await ana.page.getByTestId("board-undo").click();
    await has(ben, 3);
    await eventually(
      "the other's ellipse",
      () => rows(ben),
      (all) => all.some((row) => row.startsWith("Ellipse")),
    );
    await ana.page.getByTestId("board-redo").click();
    await ana.page.getByTestId("board-redo").click();
    await has(ben, 5);
  });

  test("who comes later has all of it", async () => {
    cleo = await enter("chromium", "Cleo");
    await cleo.page
      .locator("[data-testid=more-button][aria-label*=new]")
      .waitFor({ timeout: PATIENCE_MS });
    await open(cleo);
    await has(cleo, 5);
    await lists(cleo, await rows(ana));
    await eventually("a red stroke", () => colorAt(cleo, 0.25, 0.2), isRed);
  });

  test("saved as a picture", async () => {
    const [download] = await Promise.all([
      cleo.page.waitForEvent("download"),
      cleo.page.getByTestId("board-export").click(),
    ]);
    assert.equal(download.suggestedFilename(), "e2e-board Whiteboard.png");
    const png = await readFile(await download.path());
    assert.equal(png.toString("latin1", 1, 4), "PNG");
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [3200, 1800]);
    assert.ok(png.length > 10_000);
  });

  test("nothing was wrong on the way", () => {
    for (const client of clients) assert.deepEqual(client.errors, [], client.person);
  });
});
