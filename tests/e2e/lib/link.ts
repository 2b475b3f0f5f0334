/**
 * A link between browsers and the server, spoiled by the project's own relay (tests/impair). Where
 * the machine allows network namespaces the server lives in one of its own, in which there is
 * nothing but loopback: what does not go through a relay does not arrive.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { root, type Server, type ServerPlace, startServer } from "./server.ts";

/** The server has at most one port for each of its cores. */
const SHARDS_MAX = 64;

/** One direction; what is not named stays as it is. Shares of 1; no rate is no limit. */
export interface Quality {
  readonly rate_kbps?: number;
  readonly queue_ms?: number;
  readonly delay_ms?: number;
  readonly jitter_ms?: number;
  /** 1: jitter delays what comes behind, too, instead of reordering. */
  readonly in_order?: number;
  readonly loss?: number;
}

export interface Link {
  /** Of 127.0.0.1: where browsers send what is for the server's UDP port. */
  readonly port: number;
  readonly set: (direction: "up" | "down", quality: Quality) => Promise<void>;
  readonly stop: () => void;
}

export interface IsolatedServer {
  readonly server: Server;
  /** Whether it is in a namespace; without root it is beside the browsers. */
  readonly isolated: boolean;
  /** A new link, without flaws at first. */
  readonly link: (seed: number) => Promise<Link>;
  readonly stop: () => Promise<void>;
}

function makeNamespace(): string | undefined {
  const name = `conclave-e2e-${process.pid}`;
  try {
    execFileSync("ip", ["netns", "add", name], { stdio: "pipe" });
    execFileSync("ip", ["-n", name, "link", "set", "lo", "up"], { stdio: "pipe" });
    return name;
  } catch (error) {
    if (process.env["CONCLAVE_LONG"] === "1") throw error;
    console.log(`no network namespace here (${error}): the server stays beside the browsers`);
    return undefined;
  }
}

async function startLink(options: readonly string[]): Promise<Link> {
  const binary = join(root, "build/release/tests/impair");
  const child: ChildProcess = spawn(binary, options, { stdio: ["pipe", "pipe", "inherit"] });
  if (!child.stdout || !child.stdin) throw new Error("no pipes");
  const { stdin } = child;
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const first: IteratorResult<string, unknown> = await answers.next();
  const port = /^udp=(\d+)$/.exec(String(first.value))?.[1];
  if (port === undefined) throw new Error(`the relay did not start: ${first.value}`);
  return {
    port: Number(port),
    set: async (direction, quality) => {
      const words = Object.entries(quality).map(([name, value]) => `${name}=${value}`);
      stdin.write(`${direction} ${words.join(" ")}\n`);
      const { value } = await answers.next();
      if (value !== "ok") throw new Error(`the relay refused: ${value}`);
    },
    // It ends with its input.
    stop: () => stdin.end(),
  };
}

export async function startIsolatedServer(
  options: readonly string[] = [],
  place: Pick<ServerPlace, "binary" | "command"> = {},
): Promise<IsolatedServer> {
  const namespace = makeNamespace();
  const links: Link[] = [];
  const open = async (udpPort: number, seed: number, more: readonly string[]): Promise<Link> => {
    const inside = namespace === undefined ? [] : ["--server-namespace", namespace];
    const link = await startLink([
      ...inside,
      ...["--server-udp-port", String(udpPort), "--seed", String(seed)],
      ...more,
    ]);
    links.push(link);
    return link;
  };
  const cleanUp = (): void => {
    for (const link of links) link.stop();
    if (namespace !== undefined) execFileSync("ip", ["netns", "del", namespace]);
  };
  const server = await startServer(["--shards", "1", ...options], {
    ...place,
    command: [
      ...(namespace === undefined ? [] : ["ip", "netns", "exec", namespace]),
      ...(place.command ?? []),
    ],
    // Pages and signaling travel through one relay for all.
    onPorts: async (port, udpPort) => {
      if (namespace !== undefined) await open(udpPort, 0, ["--tcp-port", String(port)]);
    },
  }).catch((error: unknown) => {
    cleanUp();
    throw error;
  });
  return {
    server,
    isolated: namespace !== undefined,
    link: (seed) => open(server.udpPort, seed, []),
    stop: async () => {
      await server.stop();
      cleanUp();
    },
  };
}

/** Drops what is sent to a server's UDP ports from this machine, as networks that block UDP do. */
export function blockUdpTo(port: number): () => void {
  const table = `conclave_e2e_udp_${process.pid}`;
  // A server with several shards has a port for each.
  const rules = `table inet ${table} { chain output { type filter hook output priority 0;
    udp dport ${port}-${port + SHARDS_MAX - 1} drop
}
}
`;
  execFileSync("nft", ["-f", "-"], { input: rules });
  return () => execFileSync("nft", ["delete", "table", "inet", table]);
}
