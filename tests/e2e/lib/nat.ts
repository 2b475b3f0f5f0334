/**
 * An internet of network namespaces: the server on a public address, and homes behind routers that
 * masquerade, whose addresses nobody outside can reach. Needs root, and a kernel with nftables' NAT.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root, type Server, startServer } from "./server.ts";

/** RFC 5737: documentation's own network stands for the internet. */
const SERVER_ADDRESS = "198.51.100.1";
const publicAddress = (home: number): string => `198.51.100.${10 + home}`;

const prefix = `conclave-nat-${process.pid}`;
const INTERNET = `${prefix}-net`;

export interface Home {
  /** Of its router, as the server and other homes see it. */
  readonly address: string;
  /** Runs Chromium inside. */
  readonly chromium: string;
  /** From now on the router lets media through to the server only, or everywhere again. */
  readonly block: (blocked: boolean) => void;
}

export interface Internet {
  readonly server: Server;
  readonly homes: readonly Home[];
  readonly stop: () => Promise<void>;
}

/** Undefined, or why there can be no such internet on this machine: nobody may make a namespace here. */
export function obstacle(): string | undefined {
  const name = `${prefix}-try`;
  try {
    ip("netns", "add", name);
    ip("netns", "del", name);
    return undefined;
  } catch (error) {
    return `no network namespaces: ${error}`;
  }
}

export async function startInternet(homes: number): Promise<Internet> {
  const names = [INTERNET];
  const pipes: ChildProcess[] = [];
  const folder = await mkdtemp(join(tmpdir(), "conclave-homes-"));
  const cleanUp = async (): Promise<void> => {
    for (const pipe of pipes) pipe.stdin?.end();
    for (const name of names) ip("netns", "del", name);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    addNamespace(INTERNET);
    ip("-n", INTERNET, "link", "add", "wire", "type", "bridge");
    ip("-n", INTERNET, "addr", "add", `${SERVER_ADDRESS}/24`, "dev", "wire");
    ip("-n", INTERNET, "link", "set", "wire", "up");
    for (let home = 1; home <= homes; ++home) {
      names.push(routerOf(home), homeOf(home));
      addHome(home);
    }
    // Pages need a secure context, so each home has the server's TCP port at localhost; media goes over the NAT.
    const server = await startServer(["--shards", "1", "--public-address", SERVER_ADDRESS], {
      command: ["ip", "netns", "exec", INTERNET],
      onPorts: async (port, udpPort) => {
        const places = Array.from({ length: homes }, (_, i) => homeOf(i + 1));
        for (const place of [undefined, ...places]) {
          pipes.push(await startPipe(place, port, udpPort));
        }
      },
    });
    const made = Array.from({ length: homes }, (_, i) => makeHome(i + 1, folder));
    return {
      server,
      homes: await Promise.all(made),
      stop: async () => {
        await server.stop();
        await cleanUp();
      },
    };
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

function ip(...words: readonly string[]): void {
  execFileSync("ip", words, { stdio: "pipe" });
}

function nft(namespace: string, rules: string): void {
  execFileSync("ip", ["netns", "exec", namespace, "nft", "-f", "-"], { input: rules });
}

const routerOf = (home: number): string => `${prefix}-r${home}`;
const homeOf = (home: number): string => `${prefix}-h${home}`;

function addNamespace(name: string): void {
  ip("netns", "add", name);
  ip("-n", name, "link", "set", "lo", "up");
}

/**
 * As home routers do: what nobody asked for is dropped unseen. Answered, it would be a flow of the router's
 * own, and the same port would not be given to who asks for it from inside.
 */
function masquerade(router: string, outside: string): void {
  nft(
    router,
    `table ip nat {
  chain out {
    type nat hook postrouting priority 100;
    oifname "${outside}" masquerade
  }
}
table ip closed {
  chain to_itself {
    type filter hook input priority 0;
    iifname "${outside}" meta l4proto udp drop
  }
}
`,
  );
}

/** Its router's outside is on the internet's wire; its inside is a network of its own. */
function addHome(home: number): void {
  const [router, inside] = [routerOf(home), homeOf(home)];
  addNamespace(router);
  addNamespace(inside);
  const plug = `plug${home}`;
  ip("-n", INTERNET, "link", "add", plug, "type", "veth", "peer", "name", "out", "netns", router);
  ip("-n", INTERNET, "link", "set", plug, "master", "wire", "up");
  ip("-n", router, "addr", "add", `${publicAddress(home)}/24`, "dev", "out");
  ip("-n", router, "link", "set", "out", "up");
  ip("-n", router, "link", "add", "in", "type", "veth", "peer", "name", "lan", "netns", inside);
  ip("-n", router, "addr", "add", `10.0.${home}.1/24`, "dev", "in");
  ip("-n", router, "link", "set", "in", "up");
  ip("-n", inside, "addr", "add", `10.0.${home}.2/24`, "dev", "lan");
  ip("-n", inside, "link", "set", "lan", "up");
  ip("-n", inside, "route", "add", "default", "via", `10.0.${home}.1`);
  execFileSync("ip", [
    "netns",
    "exec",
    router,
    "sh",
    "-c",
    "echo 1 >/proc/sys/net/ipv4/ip_forward",
  ]);
  masquerade(router, "out");
}

async function makeHome(home: number, folder: string): Promise<Home> {
  const script = join(folder, `chromium-${home}`);
  const text = `#!/bin/sh\nexec ip netns exec ${homeOf(home)} /usr/bin/chromium "$@"\n`;
  await writeFile(script, text, { mode: 0o755 });
  const router = routerOf(home);
  return {
    address: publicAddress(home),
    chromium: script,
    block: (blocked) =>
      blocked
        ? nft(router, blockade())
        : execFileSync("ip", ["netns", "exec", router, "nft", "delete", "table", "ip", "block"]),
  };
}

/** Also of connections that it knows: a router that has lost its state. */
function blockade(): string {
  return `table ip block {
  chain through {
    type filter hook forward priority 0;
    meta l4proto udp ip saddr != ${SERVER_ADDRESS} ip daddr != ${SERVER_ADDRESS} drop
  }
}
`;
}

/** Passes TCP to localhost on to the server; outside of all homes where `place` is undefined. */
async function startPipe(
  place: string | undefined,
  port: number,
  udpPort: number,
): Promise<ChildProcess> {
  const binary = join(root, "build/release/tests/impair");
  const options = ["--server-namespace", INTERNET, "--server-udp-port", String(udpPort)];
  const inside = place === undefined ? [] : ["ip", "netns", "exec", place];
  const [program = binary, ...words] = [...inside, binary];
  const child = spawn(program, [...words, ...options, "--tcp-port", String(port)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout?.once("data", () => resolve());
    child.once("exit", () => reject(new Error("a pipe into the internet did not start")));
  });
  return child;
}
