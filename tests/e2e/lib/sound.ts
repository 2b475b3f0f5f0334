/**
 * A sound server for Firefox, which has no fake microphone that plays a file: a loudspeaker that
 * nobody hears, and a microphone into which somebody's recording is played in a loop. One for each
 * test process.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { access, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

let started: Promise<string> | undefined;

/** The environment of a browser whose microphone plays `recording`. */
export async function soundServer(recording: string): Promise<Record<string, string>> {
  started ??= start();
  const server = await started;
  speak(recording, server);
  return { PULSE_SERVER: server, PULSE_SINK: "silence", PULSE_SOURCE: "microphone" };
}

/** One recording at a time: the last one is spoken. */
let speaker: ChildProcess | undefined;
process.once("exit", () => speaker?.kill("SIGKILL"));

function speak(recording: string, server: string): void {
  speaker?.kill("SIGKILL");
  const input = ["-v", "error", "-re", "-stream_loop", "-1", "-i", recording];
  speaker = spawn("ffmpeg", [...input, "-f", "pulse", "-device", "voice", "speech"], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, PULSE_SERVER: server },
  });
  // It neither keeps this process alive nor outlives it.
  speaker.unref();
}

async function start(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "conclave-sound-"));
  const socket = join(directory, "native");
  const server = spawn(
    "pulseaudio",
    [
      ...["-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1"],
      ...["--load=module-null-sink sink_name=silence", "--load=module-null-sink sink_name=voice"],
      // Browsers do not take a monitor for a microphone.
      "--load=module-remap-source master=voice.monitor source_name=microphone",
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
