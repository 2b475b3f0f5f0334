/**
 * Recording in the browser, in Chromium and Firefox: everybody is told and asked, only who agreed is in
 * it, and the files have pictures and sound of the right length.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { assertAccessible } from "./lib/axe.ts";
import { type Client, type Engine, openClient, type Person } from "./lib/browsers.ts";
import { eventually } from "./lib/eventually.ts";
import { Meeting } from "./lib/meeting.ts";
import { type Server, startServer } from "./lib/server.ts";

const run = promisify(execFile);
/** Browsers share two cores. */
const PATIENCE_MS = 30_000;
const RECORDED_MS = 8000;

interface Probed {
  readonly format: { readonly duration: string };
  readonly streams: readonly {
    readonly codec_type: string;
    readonly codec_name: string;
    readonly width?: number;
    readonly height?: number;
    readonly nb_read_packets: string;
  }[];
}

async function probe(file: string): Promise<Probed> {
  const { stdout } = await run("ffprobe", [
    ...["-v", "error", "-count_packets", "-show_format", "-show_streams", "-of", "json", file],
  ]);
  return JSON.parse(stdout) as Probed;
}

interface Saved {
  readonly name: string;
  readonly content: Promise<string>;
}

/** Runs in the page: keeps what is saved, as base64. Firefox's driver tells of no downloads. */
function keepSaved(): void {
  const page = window as unknown as { saved: Saved[] };
  page.saved = [];
  const blobs = new Map<string, Blob>();
  const makeUrl = URL.createObjectURL;
  URL.createObjectURL = (object) => {
    const url = makeUrl.call(URL, object);
    if (object instanceof Blob) blobs.set(url, object);
    return url;
  };
  const toBase64 = (blob: Blob) =>
    new Promise<string>((resolve, reject) => {
      const reader = new FileReader();
      reader.onload = () => resolve(String(reader.result).split(",")[1] ?? "");
      reader.onerror = () => reject(reader.error);
      reader.readAsDataURL(blob);
    });
  const click = HTMLAnchorElement.prototype.click;
  HTMLAnchorElement.prototype.click = function () {
    const blob = blobs.get(this.href);
    if (blob !== undefined && this.download !== "") {
      page.saved.push({ name: this.download, content: toBase64(blob) });
    }
    click.call(this);
  };
}

/** The loudest that is in it, in decibels below full scale. */
async function loudness(file: string): Promise<number> {
  const { stderr } = await run("ffmpeg", [
    ...["-v", "info", "-i", file, "-vn", "-af", "volumedetect", "-f", "null", "-"],
  ]);
  return Number(/max_volume: (-?[\d.]+) dB/.exec(stderr)?.[1] ?? Number.NEGATIVE_INFINITY);
}

/** How much of the pictures of a strip of the file differs: its gray values' standard deviation. */
async function variety(file: string, crop: string): Promise<number> {
  const { stdout } = await run(
    "ffmpeg",
    [
      ...["-v", "error", "-sseof", "-2", "-i", file, "-an", "-frames:v", "1"],
      ...["-vf", `crop=${crop},scale=64:64,format=gray`, "-f", "rawvideo", "-"],
    ],
    { encoding: "buffer" },
  );
  const mean = stdout.reduce((sum, value) => sum + value, 0) / stdout.length;
  const squares = stdout.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / stdout.length);
}

describe("recording an encrypted meeting", { concurrency: 1 }, () => {
  let server: Server;
  let link: string;
  let ana: Meeting;
  let ben: Meeting;
  let folder: string;
  let files = 0;
  const clients: Client[] = [];

  const enter = async (engine: Engine, person: Person): Promise<Meeting> => {
    const client = await openClient(engine, person, { frugal: true });
    clients.push(client);
    const { page } = client;
    // Nobody is there to choose a file: the page's own, as in Firefox.
    await page.addInitScript(() => Reflect.deleteProperty(window, "showSaveFilePicker"));
    await page.addInitScript(keepSaved);
    await page.goto(link);
    await page.getByTestId("name-input").fill(person);
    await page.getByTestId("join-button").click();
    await page
      .locator("[data-testid=lock-button][data-state=sealed]")
      .waitFor({ timeout: PATIENCE_MS });
    return new Meeting(client);
  };
  const startRecording = async ({ page }: Meeting, scope: "meeting" | "self"): Promise<void> => {
    await page.getByTestId("more-button").click();
    await page.getByTestId("record-button").click();
    await page.getByTestId(`record-${scope}`).click();
    await page.getByTestId("recording-own").waitFor({ timeout: PATIENCE_MS });
  };
  const stopRecording = async ({ page }: Meeting): Promise<{ name: string; file: string }> => {
    await page.getByTestId("recording-stop").click();
    await page.waitForFunction(
      () => (window as unknown as { saved: Saved[] }).saved.length > 0,
      undefined,
      { timeout: PATIENCE_MS },
    );
    const { name, content } = await page.evaluate(async () => {
      const saved = (window as unknown as { saved: Saved[] }).saved.shift();
      return { name: saved?.name ?? "", content: (await saved?.content) ?? "" };
    });
    const file = join(folder, `${files++} ${name}`);
    await writeFile(file, Buffer.from(content, "base64"));
    return { name, file };
  };
  const asked = ({ page }: Meeting, state: string) =>
    page
      .locator(`[data-testid=recording-banner][data-state=${state}]`)
      .waitFor({ timeout: PATIENCE_MS });
  /** At least so long was recorded, by this clock. */
  const isWhole = async (file: string, recordedMs: number): Promise<void> => {
    const { format, streams } = await probe(file);
    const seconds = Number(format.duration);
    const recorded = recordedMs / 1000;
    // It begins before the page says so, and ends after the click: on a slow machine by seconds.
    const isRight = seconds > recorded - 1 && seconds < recorded + 20;
    assert.ok(isRight, `${seconds} s of ${recorded} s`);
    const video = streams.find(({ codec_type }) => codec_type === "video");
    const audio = streams.find(({ codec_type }) => codec_type === "audio");
    assert.deepEqual([video?.width, video?.height], [1280, 720]);
    assert.equal(audio?.codec_name, "opus");
    assert.ok(Number(video?.nb_read_packets) > seconds, `${video?.nb_read_packets} pictures`);
    assert.ok(Number(audio?.nb_read_packets) > seconds * 5, `${audio?.nb_read_packets} of sound`);
    assert.ok((await loudness(file)) > -40, "somebody is heard");
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "conclave-recording-"));
    server = await startServer();
    link = `${server.url}/r/e2e-record#1.${"A".repeat(43)}`;
    ana = await enter("chromium", "Ana");
    ben = await enter("firefox", "Ben");
    await ana.tile("Ben").waitFor({ timeout: PATIENCE_MS });
    await ana.page
      .locator("[data-testid=tile][data-local=false][data-picture=true]")
      .waitFor({ timeout: PATIENCE_MS });
  });
  after(async () => {
    for (const client of clients) await client.close().catch(() => undefined);
    await server.stop();
    await rm(folder, { recursive: true });
  });

  test("who has not agreed is told, asked and left out; who agrees is in it", async () => {
    await ana.page.getByTestId("more-button").click();
    await ana.page.getByTestId("record-button").click();
    await ana.page.getByTestId("recording-sheet").waitFor({ timeout: PATIENCE_MS });
    await assertAccessible(ana.page, "what is to be recorded");
    await ana.page.getByTestId("record-meeting").click();
    await ana.page.getByTestId("recording-own").waitFor({ timeout: PATIENCE_MS });
    await asked(ben, "asked");
    await assertAccessible(ana.page, "a recording");
    await ana.page.waitForTimeout(4000);
    const without = await stopRecording(ana);
    // Ben fills the stage, and in the file nobody does.
    const middle = "500:400:390:60";
    const nobody = await variety(without.file, middle);

    await startRecording(ana, "meeting");
    const startedAt = Date.now();
    await asked(ben, "asked");
    await ben.page.getByTestId("recording-agree").click();
    await asked(ben, "in");
    await ana.page.getByText("1 of 1").waitFor({ timeout: PATIENCE_MS });
    await ana.page.waitForTimeout(RECORDED_MS);
    const recordedMs = Date.now() - startedAt;
    const { name, file } = await stopRecording(ana);
    assert.match(name, /^e2e-record \d{4}-\d\d-\d\d\.webm$/);
    await isWhole(file, recordedMs);
    const somebody = await variety(file, middle);
    assert.ok(somebody > nobody * 2, `with ${somebody}, without ${nobody}`);
    await ben.page.getByTestId("recording-banner").waitFor({ state: "detached" });
  });

  test("Firefox records as well, and newcomers are told", async () => {
    await startRecording(ben, "meeting");
    const startedAt = Date.now();
    await asked(ana, "asked");
    await ana.page.getByTestId("recording-agree").click();
    await asked(ana, "in");
    const cleo = await enter("chromium", "Cleo");
    await asked(cleo, "asked");
    await cleo.page.getByTestId("recording-refuse").click();
    await asked(cleo, "out");
    await ben.page.getByText("1 of 2").waitFor({ timeout: PATIENCE_MS });
    const recordedMs = Date.now() - startedAt;
    const { file } = await stopRecording(ben);
    await isWhole(file, recordedMs);
    await cleo.click("leave-button");
  });

  test("oneself only: others know, and are not asked", async () => {
    await startRecording(ana, "self");
    const startedAt = Date.now();
    await ben.page
      .getByText("Ana records only their own camera and microphone.")
      .first()
      .waitFor({ timeout: PATIENCE_MS });
    assert.equal(await ben.page.getByTestId("recording-agree").count(), 0);
    await ana.page.waitForTimeout(3000);
    const recordedMs = Date.now() - startedAt;
    const { file } = await stopRecording(ana);
    await isWhole(file, recordedMs);
  });

  test("whoever moderates saves who was here", async () => {
    await ana.page.getByTestId("more-button").click();
    const [download] = await Promise.all([
      ana.page.waitForEvent("download"),
      ana.page.getByTestId("attendance-button").click(),
    ]);
    assert.match(download.suggestedFilename(), /^e2e-record .* Attendance\.csv$/);
    const lines = (await readFile(await download.path(), "utf8")).trimEnd().split("\r\n");
    assert.equal(lines[0], "Name,Came (UTC),Left (UTC),Minutes");
    assert.deepEqual(
      lines.slice(1).map((line) => line.split(",")[0]),
      ["Ana", "Ben", "Cleo"],
    );
    await ben.page.getByTestId("more-button").click();
    await ben.page.getByTestId("record-button").waitFor();
    assert.equal(await ben.page.getByTestId("attendance-button").count(), 0);
  });

  test("the pages keep nothing of it", async () => {
    for (const { page } of [ana, ben]) {
      await eventually(
        "without files",
        () =>
          page.evaluate(async () => {
            const names: string[] = [];
            const root = await navigator.storage.getDirectory();
            for await (const name of root.keys()) names.push(name);
            return names;
          }),
        (names) => names.length === 0,
      );
    }
  });

  test("nothing was wrong on the way", () => {
    for (const client of clients) assert.deepEqual(client.errors, [], client.person);
  });
});
