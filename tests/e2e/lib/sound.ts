/**
 * A sound server with a silent device, for Firefox: without any device its AudioContext never runs,
 * so that nothing could be said or heard. One for each test process.
 */
import { spawn } from "node:child_process";
import { access, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

let started: Promise<string> | undefined;

/** What PULSE_SERVER is to be. */
export function soundServer(): Promise<string> {
  started ??= start();
  return started;
}

async function start(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "conclave-sound-"));
  const socket = join(directory, "native");
  const server = spawn(
    "pulseaudio",
    [
      ...["-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1"],
      ...["--load=module-null-sink sink_name=silence"],
      ...[`--load=module-native-protocol-unix auth-anonymous=1 socket=${socket}`],
    ],
    { stdio: "ignore", env: { ...process.env, XDG_RUNTIME_DIR: directory } },
  );
  // It neither keeps this process alive nor outlives it.
  server.unref();
  process.once("exit", () => server.kill());
  let failure: Error | undefined;
  server.once("error", (error) => {
    failure = error;
  });
  for (let attempt = 0; attempt < 100; attempt++) {
    if (failure !== undefined) throw failure;
    const stands = await access(socket).then(
      () => true,
      () => false,
    );
    if (stands) return `unix:${socket}`;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("pulseaudio did not start");
}
