/**
 * A server that is watched where it sees most, behind SRTP's decryption: what Ana's browser sends in each
 * codec is constants around what the members' keys open, to the last byte; and what the server changes
 * there is neither shown nor heard, but counted.
 */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { examine } from "@conclave/e2ee/testing";
import { bundle, serveBarePage } from "./lib/bare-page.ts";
import { type Client, type Engine, identityOf, openClient } from "./lib/browsers.ts";
import {
  CAMERA,
  ENVELOPES,
  GROUP,
  markedCamera,
  markOf,
  openPage,
  type Place,
  type SealedPage,
  sees,
  signalUrl,
} from "./lib/sealed.ts";
import { root, startServer } from "./lib/server.ts";
import { framesOf, packetsOf, type RtpPacket, streamsOf } from "./lib/tap.ts";

declare const window: Window & { sealedPage: SealedPage };

const LONG = process.env["CONCLAVE_LONG"] === "1";
/** As in sealed.test.ts. */
const SENT: Readonly<Record<Engine, readonly string[]>> = {
  chromium: ["vp8", "vp9", "av1", "h264"],
  firefox: LONG ? ["vp8", "vp9", "av1"] : [],
};
const WATCH_MS = 4000;
const FLIP_MS = 4000;
/** Five pictures a second, fewer on a busy machine; fifty packets of sound. */
const FRAMES_MIN: Readonly<Record<string, number>> = { video: 5, audio: 100 };
/** RFC 4588 §4: in front of what is sent again. */
const ORIGINAL_SEQUENCE_BYTES = 2;

for (const sender of ["chromium", "firefox"] as const) {
  for (const codec of SENT[sender]) {
    describe(`${codec} of ${sender}, as the server has it`, { concurrency: 1 }, () => {
      let place: Place;
      let folder: string;
      let ana: Client;
      let ben: Client;

      before(async () => {
        const script = await bundle("web/sdk/src/testing/sealed_page.ts");
        const bare = await serveBarePage(script, "'self' ws://localhost:*");
        folder = await mkdtemp(join(tmpdir(), "conclave-tap-"));
        const server = await startServer(["--allowed-origin", bare.url], {
          binary: join(root, "build/release/tests/conclave-tap"),
          command: ["env", `CONCLAVE_TAP=${join(folder, "packets")}`],
        });
        place = { server, bare, room: `open/e2e-tap-${codec}` };
        ana = await openClient(sender, "Ana");
        ben = await openClient("chromium", "Ben");
        for (const { page } of [ana, ben]) await openPage(page, place);
        const entry = { room: place.room, signalUrl: signalUrl(place) };
        await ana.page.evaluate((its) => window.sealedPage.join(its), {
          ...{ ...entry, displayName: "Ana", keys: { ...GROUP, ownLeaf: 0 } },
          ...{ camera: markedCamera(codec), voiceHz: 440 },
        });
        await ben.page.evaluate((its) => window.sealedPage.join(its), {
          ...{ ...entry, displayName: "Ben", keys: { ...GROUP, ownLeaf: 1 } },
        });
        await ben.page.waitForFunction(() => window.sealedPage.knows("Ana"));
        await ben.page.evaluate((px) => window.sealedPage.show("Ana", px), CAMERA.height);
        await ben.page.mouse.click(1, 1);
        await ben.page.evaluate(() => window.sealedPage.startAudio());
        await sees(ben.page, (heightPx) => heightPx > 0);
      });
      after(async () => {
        for (const client of [ana, ben]) await client?.close().catch(() => undefined);
        place?.bare.close();
        await place?.server.stop();
        await rm(folder, { recursive: true, force: true });
      });

      test("every byte is an envelope's constant, or ciphertext", async () => {
        await ana.page.waitForTimeout(WATCH_MS);
        const streams = await streamsOf(ana.page);
        const bySsrc = Map.groupBy(packetsOf(join(folder, "packets")), ({ ssrc }) => ssrc);
        const known = new Set<string>();
        const others: RtpPacket[] = [];
        const wire = new Map<string, Buffer[]>();
        for (const [ssrc, packets] of bySsrc) {
          const mimeType = streams[ssrc];
          if (mimeType === undefined) {
            others.push(...packets.filter(({ payload }) => payload.length > 0));
            continue;
          }
          for (const { payload } of packets) known.add(payload.toString("latin1"));
          const frames = framesOf(mimeType, packets);
          wire.set(mimeType, [...(wire.get(mimeType) ?? []), ...frames]);
        }
        assert.deepEqual([...wire.keys()].sort(), ["audio/opus", `video/${codec}`]);
        // All else is what was sent before.
        for (const { payload } of others) {
          const original = payload.subarray(ORIGINAL_SEQUENCE_BYTES).toString("latin1");
          assert.ok(known.has(original), `${payload.length} bytes of an unknown stream`);
        }
        for (const [mimeType, frames] of wire) {
          const seen = frames.map((frame) => ({ data: Uint8Array.from(frame).buffer, mimeType }));
          const report = await examine(seen, { ...GROUP, ownLeaf: 3 });
          console.log(`${mimeType} of ${sender}:`, report, `and ${others.length} repeated`);
          assert.ok(report.frames >= (FRAMES_MIN[mimeType.slice(0, 5)] ?? Infinity), "frames");
          assert.equal(report.opened, report.frames, "all of it is sealed");
          assert.equal(report.clear, 0, "no media in the clear");
          for (const found of report.envelopes) assert.match(found, ENVELOPES[mimeType] ?? /^$/);
          // Six sigma.
          assert.ok(Math.abs(report.chiSquared - 255) < 6 * 23, `${report.chiSquared}`);
          // The proof can fail: with other keys none of it opens.
          const wrong = await examine(seen, { ...GROUP, group: 2, ownLeaf: 3 });
          assert.equal(wrong.opened, 0);
        }
      });

      test("a byte that is changed there is dropped, and counted", async () => {
        const counts = () => ben.page.evaluate(() => window.sealedPage.counts());
        const took = () => ben.page.evaluate(() => window.sealedPage.takePresented());
        const before = await counts();
        await took();
        process.kill(place.server.pid, "SIGUSR2");
        await ben.page.waitForTimeout(FLIP_MS);
        process.kill(place.server.pid, "SIGUSR2");
        await ben.page.waitForTimeout(500);
        const after = await counts();
        console.log(`${codec} of ${sender}, changed on the way:`, { before, after });
        assert.ok((after.dropped["forged"] ?? 0) > (before.dropped["forged"] ?? 0), "counted");
        for (const { luma, leaf } of await took()) {
          assert.equal(markOf(luma)?.identity, identityOf("Ana"), "a picture that is not Ana's");
          assert.equal(leaf, 0);
        }
        await sees(ben.page, (heightPx) => heightPx > 0);
      });
    });
  }
}
