/** Starts the real server binary on free ports for one test file. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const root = new URL("../../../", import.meta.url).pathname;

export interface Server {
  /** "http://localhost:PORT", no slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Of the first shard. */
  readonly udpPort: number;
  readonly pid: number;
  /** Everything that it logged so far. */
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}

/** A server has a UDP port for each of its cores; test files may run beside each other. */
const SHARDS_MAX = 64;
const UDP_RANGES = 600;

export interface ServerPlace {
  /** The same origin as a server before it, which has stopped. */
  readonly port?: number;
  /** Where one test file has two servers at once. */
  readonly udpPort?: number;
  /** In place of the release. */
  readonly binary?: string;
  /** In place of the client that was built. */
  readonly webRoot?: string | undefined;
  /** Put before the server's own command line. */
  readonly command?: readonly string[];
  /** Told the ports before the server starts. */
  readonly onPorts?: (port: number, udpPort: number) => Promise<void>;
}

export async function startServer(
  options: readonly string[] = [],
  place: ServerPlace = {},
): Promise<Server> {
  const {
    CONCLAVE_BINARY: release = join(root, "build/release/server/app/conclave"),
    CONCLAVE_SPREAD: spread,
  } = process.env;
  const binary = place.binary ?? release;
  const state = await mkdtemp(join(tmpdir(), "conclave-e2e-"));
  const port = place.port ?? (await freePort());
  const udpPort = place.udpPort ?? 20000 + SHARDS_MAX * (process.pid % UDP_RANGES);
  await place.onPorts?.(port, udpPort);
  const [program = binary, ...before] = [...(place.command ?? []), binary];
  const child: ChildProcess = spawn(
    program,
    [
      ...before,
      ...["--port", String(port), "--udp-port", String(udpPort), "--state-dir", state],
      ...["--web-root", place.webRoot ?? join(root, "web/app/dist")],
      ...options,
      // Every meeting on two shards: for going through all journeys so.
      ...(spread && !options.includes("--shards")
        ? ["--shards", "2", "--spread-percent", "0"]
        : []),
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let log = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      log += chunk.toString();
    });
  }
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const url = `http://localhost:${port}`;
  for (let attempt = 0; ; attempt++) {
    const healthy = await fetch(`${url}/health`).then(
      (response) => response.ok,
      () => false,
    );
    if (healthy) break;
    if (child.exitCode !== null || attempt > 200)
      throw new Error(`the server did not start:\n${log}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    url,
    port,
    udpPort,
    pid: child.pid ?? 0,
    log: () => log,
    stop: async () => {
      child.kill("SIGTERM");
      await exited;
      await rm(state, { recursive: true, force: true });
    },
  };
}
