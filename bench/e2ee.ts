/**
 * e2ee: what end-to-end encryption costs, from the figures that measure its parts: `frames`, `keys` for
 * rooms of 10 to 200, and `sealedjoin`. Usage: node bench/e2ee.ts [JOINS OF EACH]
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const joins = process.argv[2] ?? "20";

/** Runs one figure, shows all that it prints, and returns the values of its last line. */
async function figure(name: string, program: readonly string[]): Promise<Map<string, string>> {
  const child = spawn(process.execPath, ["--no-warnings", ...program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  let last = "";
  for await (const line of createInterface({ input: child.stdout })) {
    console.log(line);
    if (line.startsWith(`${name}: `)) last = line.slice(name.length + 2);
  }
  if ((await ended) !== 0 || last === "") throw new Error(`${name} failed`);
  return new Map(
    last.split(" ").map((word): [string, string] => {
      const [key = "", value = ""] = word.split("=");
      return [key, value];
    }),
  );
}

const frames = await figure("frames", ["bench/frames.ts"]);
await figure("keys", ["web/e2ee/src/testing/key_bench.ts", "10", "50", "100", "200"]);
const joining = await figure("sealedjoin", ["bench/sealed_join.ts", joins]);

/** What is not a number was not measured. */
function measured(figures: ReadonlyMap<string, string>, key: string): string {
  const value = figures.get(key) ?? "";
  if (value === "" || !Number.isFinite(Number(value))) throw new Error(`no ${key}: "${value}"`);
  return value;
}

/** A picture's frame of 1000 bytes in Chromium. */
const of = (what: string) => measured(frames, `chromium_vp8_${what}`);
console.log(
  `e2ee: encrypt_p50_us=${of("seal_p50_us")} decrypt_p50_us=${of("open_p50_us")} ` +
    `join_added_p50_ms=${measured(joining, "join_added_p50_ms")} overhead_bytes=${of("overhead_bytes")}`,
);
