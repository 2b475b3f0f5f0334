/**
 * Settings before a meeting, in Chromium and in Firefox: what is changed on pre-join is seen there at
 * once, and is so in the meeting, in the next one too.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Client, type Engine, openClient } from "./lib/browsers.ts";
import { Meeting } from "./lib/meeting.ts";
import { type Server, startServer } from "./lib/server.ts";

const MIRRORED = "-1 1";

for (const engine of ["chromium", "firefox"] as const satisfies readonly Engine[]) {
  describe(`settings before a meeting, ${engine}`, { concurrency: 1 }, () => {
    let server: Server;
    let room: string;
    let client: Client;
    let ana: Meeting;

    const scaleOf = (selector: string): Promise<string> =>
      ana.page
        .locator(selector)
        .first()
        .evaluate((element) => getComputedStyle(element).scale);
    const shownCamera = (selector: string): Promise<string | undefined> =>
      ana.page.locator(selector).evaluate((element) => {
        const { srcObject } = element as HTMLVideoElement;
        return (srcObject as MediaStream | null)?.getVideoTracks()[0]?.id;
      });
    const page = () =>
      ana.page.evaluate(() => ({
        language: document.documentElement.lang,
        scheme: document.documentElement.style.colorScheme,
      }));
    const chosen = (testId: string): Promise<string> =>
      ana.page.getByTestId(testId).evaluate((element) => (element as HTMLSelectElement).value);

    before(async () => {
      server = await startServer();
      room = `${server.url}/open/e2e-before-settings`;
      client = await openClient(engine, "Ana", { frugal: true });
      ana = new Meeting(client);
    });
    after(async () => {
      await client.close().catch(() => undefined);
      await server.stop();
    });

    test("each is seen at once, while one gets ready", async () => {
      await ana.page.goto(room);
      await ana.page.locator('.preview[data-live="true"]').waitFor();
      await ana.page.getByTestId("name-input").fill("Ana Lima");
      await ana.click("settings-button");
      const own = ana.page.getByTestId("settings-picture");
      await own.waitFor();
      await ana.page.waitForFunction(
        () =>
          (document.querySelector("[data-testid=settings-picture]") as HTMLVideoElement)
            .videoWidth > 0,
      );
      assert.equal(
        await shownCamera("[data-testid=settings-picture]"),
        await shownCamera("[data-testid=preview]"),
        "one camera, not two",
      );
      assert.equal(await scaleOf("[data-testid=settings-picture]"), MIRRORED);
      await ana.click("settings-mirrored");
      assert.equal(await scaleOf("[data-testid=settings-picture]"), "none");

      await ana.page.getByTestId("settings-appearance-dark").check({ force: true });
      assert.equal((await page()).scheme, "dark");
      await ana.page.getByTestId("language-select").selectOption("de");
      await ana.page.getByRole("heading", { name: "Einstellungen" }).waitFor();
    });

    test("whatever a device is called, they fit on a phone", async () => {
      const [wide, narrow] = [ana.page.viewportSize(), { width: 390, height: 844 }];
      await ana.page.setViewportSize(narrow);
      const right = await ana.page
        .locator(".settings-select select")
        .evaluateAll((all) => Math.max(...all.map((one) => one.getBoundingClientRect().right)));
      assert.ok(right <= narrow.width, `${right} px`);
      if (wide) await ana.page.setViewportSize(wide);
    });

    test("another microphone is used from then on", async () => {
      const microphones = ana.page.getByTestId("settings-microphone");
      const others = await microphones
        .locator("option")
        .evaluateAll((all) => all.map((one) => (one as HTMLOptionElement).value));
      const other = others.at(-1) ?? "";
      await microphones.selectOption(other);
      await ana.page.keyboard.press("Escape");
      await ana.page.getByTestId("settings").waitFor({ state: "detached" });
      assert.equal(await scaleOf("[data-testid=preview]"), "none", "the preview, too");
      assert.equal(await ana.page.getByTestId("name-input").inputValue(), "Ana Lima");
    });

    test("they are so in the meeting", async () => {
      await ana.click("join-button");
      await ana.page.getByTestId("leave-button").waitFor();
      assert.deepEqual(await page(), { language: "de", scheme: "dark" });
      await ana.page.locator('[data-testid=tile][data-local="true"] video').waitFor();
      assert.equal(await scaleOf('[data-testid=tile][data-local="true"] video'), "none");
      await ana.click("view-button");
      await ana.click("settings-button");
      await ana.page.getByTestId("settings").waitFor();
      assert.equal(await ana.page.getByTestId("settings-mirrored").isChecked(), false);
      assert.equal(await ana.page.getByTestId("settings-appearance-dark").isChecked(), true);
      await ana.click("settings-mirrored");
      await ana.page.keyboard.press("Escape");
      assert.equal(await scaleOf('[data-testid=tile][data-local="true"] video'), MIRRORED);
    });

    test("and on pre-join the next time", async () => {
      const microphone = await chosenMicrophone();
      await ana.page.goto(room);
      await ana.page.locator('.preview[data-live="true"]').waitFor();
      assert.deepEqual(await page(), { language: "de", scheme: "dark" });
      assert.equal(await ana.page.getByTestId("name-input").inputValue(), "Ana Lima");
      assert.equal(await scaleOf("[data-testid=preview]"), MIRRORED);
      await ana.click("settings-button");
      assert.equal(await chosen("settings-microphone"), microphone);
      assert.deepEqual(client.errors, []);
    });

    const chosenMicrophone = async (): Promise<string> => {
      await ana.click("view-button");
      await ana.click("settings-button");
      return chosen("settings-microphone");
    };
  });
}
