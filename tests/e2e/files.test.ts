/**
 * Files that people give each other in an encrypted meeting, in Chromium and Firefox: byte for byte, one of
 * them to one person alone; and what is left of it where a host keeps files and chat to hosts.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { assertAccessible } from "./lib/axe.ts";
import { type Client, type Engine, openClient, type Person } from "./lib/browsers.ts";
import { Meeting } from "./lib/meeting.ts";
import { type Server, startServer } from "./lib/server.ts";

/** Browsers share two cores. */
const PATIENCE_MS = 60_000;
/** 25 parts, the last of them short. */
const SIZE = 300_017;

function content(seed: number): Buffer {
  return Buffer.from(Array.from({ length: SIZE }, (_, i) => (i * seed + (i >> 7)) % 256));
}

describe("files in an encrypted meeting", { concurrency: 1 }, () => {
  let server: Server;
  let ana: Meeting;
  let ben: Meeting;
  let cleo: Meeting;
  /** All that Ana's page gave to the server. */
  const given: Buffer[] = [];
  const clients: Client[] = [];

  const open = async (engine: Engine, person: Person): Promise<Meeting> => {
    const client = await openClient(engine, person, { frugal: true });
    clients.push(client);
    return new Meeting(client);
  };
  const enter = async (meeting: Meeting): Promise<void> => {
    const { page, client } = meeting;
    await page.getByTestId("name-input").fill(client.person);
    await page.getByTestId("join-button").click();
    await page
      .locator("[data-testid=lock-button][data-state=sealed]")
      .waitFor({ timeout: PATIENCE_MS });
    await page.getByTestId("chat-button").click();
    await watchSaved(meeting);
  };
  const give = async ({ page }: Meeting, name: string, buffer: Buffer): Promise<void> => {
    await page.getByTestId("chat-attach").waitFor({ timeout: PATIENCE_MS });
    const file = { name, mimeType: "text/html", buffer };
    await page.getByTestId("chat-file").setInputFiles(file);
  };
  const card = ({ page }: Meeting, name: string) =>
    page.getByTestId("file-card").filter({ hasText: name });
  const fetched = async (meeting: Meeting, name: string): Promise<Buffer> => {
    await card(meeting, name).waitFor({ timeout: PATIENCE_MS });
    await card(meeting, name).getByTestId("file-get").click();
    const here = meeting.page.locator("[data-testid=file-card][data-state=here]");
    await here.filter({ hasText: name }).waitFor({ timeout: PATIENCE_MS });
    return Buffer.from(await lastSaved(meeting), "base64");
  };
  /** What the page gave to the browser to be saved: Firefox tells Playwright of no download. */
  const watchSaved = ({ page }: Meeting) =>
    page.evaluate(() => {
      const make = URL.createObjectURL.bind(URL);
      URL.createObjectURL = (content: Blob) => {
        if (content.type === "application/octet-stream") Object.assign(window, { saved: content });
        return make(content);
      };
    });
  const lastSaved = ({ page }: Meeting): Promise<string> =>
    page.evaluate(async () => {
      const { saved } = window as unknown as { saved: Blob };
      const bytes = new Uint8Array(await saved.arrayBuffer());
      return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
    });

  before(async () => {
    server = await startServer();
    ana = await open("chromium", "Ana");
    ana.page.on("websocket", (socket) =>
      socket.on("framesent", ({ payload }) => given.push(Buffer.from(payload))),
    );
    await ana.page.goto(server.url);
    await ana.page.getByTestId("new-meeting").click();
    await ana.page.getByTestId("name-input").waitFor();
    const link = ana.page.url();
    await enter(ana);
    ben = await open("firefox", "Ben");
    cleo = await open("chromium", "Cleo");
    for (const meeting of [ben, cleo]) {
      await meeting.page.goto(link);
      await enter(meeting);
    }
    await ana.tile("Cleo").waitFor({ timeout: PATIENCE_MS });
    await ana.tile("Ben").waitFor({ timeout: PATIENCE_MS });
  });
  after(async () => {
    for (const client of clients) await client.close().catch(() => undefined);
    await server.stop();
  });

  test("arrive byte for byte in both browsers, from both, and the server reads nothing", async () => {
    const fromAna = content(31);
    await give(ana, "plan.html", fromAna);
    for (const meeting of [ben, cleo]) {
      assert.ok((await fetched(meeting, "plan.html")).equals(fromAna), meeting.client.person);
    }
    // Saved once more, this time as the browser does it.
    const coming = cleo.page.waitForEvent("download", { timeout: PATIENCE_MS });
    await card(cleo, "plan.html").getByTestId("file-save").click();
    const download = await coming;
    assert.equal(download.suggestedFilename(), "plan.html");
    assert.ok((await readFile(await download.path())).equals(fromAna));
    const fromBen = content(37);
    await give(ben, "photo.png", fromBen);
    assert.ok((await fetched(ana, "photo.png")).equals(fromBen));
    assert.ok(given.length > SIZE / (12 * 1024));
    const piece = fromAna.subarray(5000, 5032);
    assert.ok(!given.some((sent) => sent.includes(piece) || sent.includes("plan.html")));
    for (const colorScheme of ["light", "dark"] as const) {
      await ana.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await ana.page.waitForFunction(() => document.getAnimations().length === 0);
      await assertAccessible(ana.page, `files, ${colorScheme},`);
    }
  });

  test("for one person reach that one alone", async () => {
    await ana.page.getByTestId("chat-to").selectOption({ label: "Ben" });
    const secret = content(41);
    await give(ana, "secret.pdf", secret);
    assert.ok((await fetched(ben, "secret.pdf")).equals(secret));
    await card(ben, "secret.pdf").getByTestId("file-private").waitFor();
    await ana.page.getByTestId("chat-to").selectOption("");
    // What is given to all afterwards has come: what is private would have come before it.
    await give(ana, "later.txt", content(43));
    await card(cleo, "later.txt").waitFor({ timeout: PATIENCE_MS });
    assert.equal(await card(cleo, "secret.pdf").count(), 0);
  });

  test("that are taken back are gone for the others", async () => {
    await card(ana, "later.txt").getByTestId("file-withdraw").click();
    await cleo.page
      .locator("[data-testid=file-card][data-state=gone]")
      .filter({ hasText: "later.txt" })
      .waitFor({ timeout: PATIENCE_MS });
  });

  test("that are pictures are shown to who has fetched them, by what they are and not by their names", async () => {
    const clip = { x: 0, y: 0, width: 64, height: 36 };
    await give(cleo, "drawing.txt", await cleo.page.screenshot({ clip }));
    for (const meeting of [ana, ben]) {
      const preview = card(meeting, "drawing.txt").getByTestId("file-preview");
      await card(meeting, "drawing.txt").waitFor({ timeout: PATIENCE_MS });
      assert.equal(await preview.count(), 0);
      await fetched(meeting, "drawing.txt");
      await preview.waitFor({ timeout: PATIENCE_MS });
      const width = await preview.evaluate((image: HTMLImageElement) => image.naturalWidth);
      assert.equal(width, 64, meeting.client.person);
      // What was fetched before under a picture's name is none.
      assert.equal(await card(meeting, "photo.png").getByTestId("file-preview").count(), 0);
    }
    await assertAccessible(ana.page, "a picture among the files");
  });

  test("stand behind people's own pictures, too: seen by who was there and by who comes later", async () => {
    const drawn = await ana.page.evaluate(() => {
      const canvas = document.createElement("canvas");
      Object.assign(canvas, { width: 640, height: 480 });
      const context = canvas.getContext("2d");
      if (context) context.fillStyle = "#d02090";
      context?.fillRect(0, 0, 640, 480);
      return canvas.toDataURL("image/png").split(",")[1] ?? "";
    });
    await ana.page.getByTestId("view-button").click();
    await ana.page.getByTestId("settings-button").click();
    const file = { name: "me.png", mimeType: "image/png", buffer: Buffer.from(drawn, "base64") };
    await ana.page.getByTestId("face-file").setInputFiles(file);
    await ana.page.getByTestId("face-remove").waitFor();
    await ana.page.keyboard.press("Escape");
    const dan = await open("chromium", "Dan");
    await dan.page.goto(ana.page.url());
    await enter(dan);
    for (const { page, client } of [ana, ben, dan]) {
      await page.getByTestId("people-button").click();
      const face = page
        .getByTestId("participant-row")
        .filter({ hasText: "Ana" })
        .getByTestId("face");
      await face.waitFor({ timeout: PATIENCE_MS });
      const seen = await face.evaluate((image: HTMLImageElement) => {
        const canvas = document.createElement("canvas");
        Object.assign(canvas, { width: 1, height: 1 });
        const context = canvas.getContext("2d");
        context?.drawImage(image, 0, 0, 1, 1);
        return [image.naturalWidth, ...(context?.getImageData(0, 0, 1, 1).data ?? [])];
      });
      const [width = 0, red = 0, green = 255] = seen;
      assert.ok(width === 160 && red > 180 && green < 80, `${client.person}: ${seen}`);
      await page.getByTestId("chat-button").click();
    }
    await dan.page.getByTestId("leave-button").click();
  });

  test("are for hosts alone where a host says so, and so is the chat", async () => {
    await ana.page.getByTestId("people-button").click();
    await ana.page.getByTestId("host-button").click();
    for (const rule of ["rule-file", "rule-chat"]) await ana.page.getByTestId(rule).click();
    await ana.page.keyboard.press("Escape");
    await ana.page.getByTestId("chat-button").click();
    await cleo.page.getByTestId("chat-attach").waitFor({ state: "detached", timeout: PATIENCE_MS });
    await cleo.page.getByTestId("chat-input").fill("to all");
    assert.ok(await cleo.page.getByTestId("chat-send").isDisabled());
    await cleo.page.getByTestId("chat-to").selectOption({ label: "Ana" });
    await cleo.page.getByTestId("chat-attach").waitFor();
    await cleo.page.getByTestId("chat-send").click();
    await ana.page
      .getByTestId("chat-message")
      .filter({ hasText: "to all" })
      .waitFor({ timeout: PATIENCE_MS });
  });
});
