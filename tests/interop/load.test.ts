/** conclave-load against the real server: everybody joins, hears who speaks, and loses nothing. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { root, type Server, startServer } from "../e2e/lib/server.ts";

interface Report {
  readonly joined: number;
  readonly failed: number;
  readonly lost: number;
  readonly packets: number;
  readonly foreign: number;
  readonly heard_percent: number;
  readonly spurts: number;
  readonly switches: number;
  readonly verified: number;
  readonly wrong_source: number;
  readonly out_of_order: number;
  readonly swallowed: number;
  readonly unreadable: number;
  readonly overflows: number;
  readonly audio_delay_ms: { readonly count: number; readonly p50: number };
  readonly first_audio_ms: { readonly count: number };
  readonly first_video_ms: { readonly count: number };
}

const binary =
  process.env["CONCLAVE_LOAD_BINARY"] ?? join(root, "build/release/tests/load/conclave-load");

async function load(url: string, options: readonly string[]): Promise<Report> {
  const child = spawn(binary, ["-q", "--json", "-", ...options, url], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let json = "";
  let summary = "";
  child.stdout.on("data", (chunk: Buffer) => {
    json += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    summary += chunk.toString();
  });
  const status = await new Promise<number | null>((resolve) => child.once("close", resolve));
  assert.equal(status, 0, summary);
  console.log(summary);
  return JSON.parse(json) as Report;
}

describe("conclave-load", () => {
  let server: Server;
  before(async () => {
    server = await startServer();
  });
  after(() => server.stop());

  test("fifty people in a room lose nothing and hear who speaks", async () => {
    const report = await load(`${server.url}/open/load`, [
      ...["-n", "50", "--cameras", "5", "--talkers", "4", "--verify-every", "5"],
      ...["--tiles", "3", "--duration", "8"],
    ]);
    assert.equal(report.joined, 50);
    assert.equal(report.failed, 0);
    assert.equal(report.lost, 0);
    assert.equal(report.overflows, 0);
    assert.equal(report.foreign, 0);
    assert.ok(report.spurts > 50, `${report.spurts} talkspurts`);
    assert.equal(report.heard_percent, 100);
    // Everybody had sound and pictures, and those who decrypt got what was sent, from whom it says.
    assert.equal(report.first_audio_ms.count, 50);
    assert.equal(report.first_video_ms.count, 50);
    assert.ok(report.verified > 1000, `${report.verified} packets verified`);
    assert.equal(report.wrong_source + report.out_of_order + report.unreadable, 0);
    assert.equal(report.swallowed, 0);
    assert.ok(report.audio_delay_ms.count > 100);
  });

  test("attackers and a bad network do not put anybody out", async () => {
    const report = await load(`${server.url}/open/attacked`, [
      ...["-n", "10", "--cameras", "3", "--talkers", "3", "--verify-every", "2", "--duration", "6"],
      ...["--hostile", "3", "--churn", "60", "--loss-down", "3", "--loss-up", "1"],
    ]);
    assert.equal(report.failed, 0);
    assert.ok(report.lost > 0, "the loss was made");
    assert.equal(report.wrong_source + report.unreadable, 0);
    assert.ok((await fetch(`${server.url}/health`)).ok);
  });
});
