/**
 * A pcscd of one's own with one virtual reader (vsmartcard's vpcd), beside any other on the machine: for the demonstration and for
 * tests. It runs in its own mount namespace, because pcscd's folder is compiled in, and where the system allows it in its own network
 * namespace, where loopback acknowledges at once: vpcd writes each APDU in two pieces, and with delayed acknowledgement every one of
 * them would cost 44 ms. Needs root, or unprivileged user namespaces.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { access, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { pause } from "../wait.ts";

export interface PrivateDaemon {
  /** For clients: the value of PCSCLITE_CSOCK_NAME. */
  readonly socket: string;
  /** Where the virtual reader waits for its card, as seen from inside `enter`. */
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  /**
   * The command line that runs a program where it can reach the virtual reader: program and arguments to put before it. Empty when
   * it can be reached from here.
   */
  readonly enter: readonly string[];
  /** Resolves when the daemon's process is gone, whatever the reason. */
  readonly gone: Promise<void>;
  /** Ends the daemon and removes its folder; may be called twice. */
  close(): Promise<void>;
}

export interface PrivateDaemonOptions {
  /** The reader's name for people. */
  readonly readerName?: string;
  /** Called with the daemon's output, for a log. */
  readonly onLog?: (text: string) => void;
}

/** The driver of the virtual reader, where Debian puts it. */
export const VPCD = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";
const FOLDER = "kabina-pcscd-";
/** A folder without its daemon may be one that is just being started. */
const STARTING_MS = 60_000;
const START_MS = 10_000;
const POLL_MS = 20;
const KILL_AFTER_MS = 1_500;
const FIRST_FAILURE_KEPT = 2_000;

/** Runs as $0 with the folder as $1 inside the namespaces; becomes pcscd, which dies with the booth. */
const MOUNTED = 'mount -t tmpfs tmpfs /run && mkdir /run/pcscd && mount --bind "$1/run" /run/pcscd';
const QUICK =
  "ip link set lo up && ip route replace local 127.0.0.1 dev lo table local quickack 1 proto kernel scope host src 127.0.0.1";
const DAEMON = 'exec setpriv --pdeathsig KILL pcscd --foreground -c "$1/conf"';

/** Ways to separate the daemon, best first. */
const ways = (isRoot: boolean) => {
  const user = isRoot ? [] : ["--map-root-user"];
  const enterUser = isRoot ? [] : ["--user", "--preserve-credentials"];
  return [
    {
      unshare: [...user, "--mount", "--net"],
      script: `${MOUNTED} && ${QUICK} && ${DAEMON}`,
      enter: [...enterUser, "--net"],
    },
    { unshare: [...user, "--mount"], script: `${MOUNTED} && ${DAEMON}`, enter: null },
  ];
};

/** Starts a daemon; rejects with `device/driver-missing` or `device/open-failed`. */
export async function startPrivateDaemon(options: PrivateDaemonOptions = {}): Promise<PrivateDaemon> {
  await access(VPCD).catch((cause: unknown) => {
    throw new KabinaError(
      "device/driver-missing",
      { driver: "pcsc", needs: "the virtual reader vpcd", install: "apt-get install pcscd vsmartcard-vpcd" },
      { cause },
    );
  });
  let failure: unknown;
  for (const way of ways(process.getuid?.() === 0)) {
    try {
      return await startOneWay(way, options);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

type Way = ReturnType<typeof ways>[number];

async function startOneWay(way: Way, options: PrivateDaemonOptions): Promise<PrivateDaemon> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), FOLDER));
  await removeAbandoned((await stat(folder)).mtimeMs);
  await mkdir(join(folder, "run"));
  await mkdir(join(folder, "conf"));
  const name = (options.readerName ?? "Kabina vPCD").replace(/[^\w .-]/g, "");
  const channel = `0x${port.toString(16)}`;
  const config = `FRIENDLYNAME "${name}"\nDEVICENAME /dev/null:${channel}\nLIBPATH ${VPCD}\nCHANNELID ${channel}\n`;
  await writeFile(join(folder, "conf", "vpcd"), config);
  const child = spawn("unshare", [...way.unshare, "sh", "-c", way.script, "kabina-pcscd", folder], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const log = (chunk: Buffer) => {
    if (output.length < FIRST_FAILURE_KEPT) output += chunk.toString("latin1");
    options.onLog?.(chunk.toString("latin1"));
  };
  child.stdout.on("data", log);
  child.stderr.on("data", log);
  let isGone = false;
  let spawnFailure: Error | null = null;
  const gone = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      spawnFailure = error;
      resolve();
    });
    child.once("exit", () => resolve());
  }).then(() => {
    isGone = true;
  });
  const close = async () => {
    await end(child, gone);
    await rm(folder, { recursive: true, force: true });
  };
  const socket = join(folder, "run", "pcscd.comm");
  for (let waited = 0; !(await exists(socket)); waited += POLL_MS) {
    if (isGone || waited > START_MS) {
      await close();
      const reason = (spawnFailure as Error | null)?.message ?? (output.trim().split("\n").at(-1) || "no answer");
      throw new KabinaError("device/open-failed", { device: "pcscd", reason });
    }
    await pause(POLL_MS);
  }
  const pid = child.pid as number;
  const enter = way.enter === null ? [] : ["nsenter", `--target=${pid}`, ...way.enter, "--"];
  return { socket, host: "127.0.0.1", port, pid, enter, gone, close };
}

/** Folders whose daemon died together with a booth that was killed: it could not clear them away. */
async function removeAbandoned(now: number): Promise<void> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(FOLDER));
  for (const name of names) {
    const folder = join(tmpdir(), name);
    // pcscd ends its number with a line and a zero byte.
    const pid = Number.parseInt(await readFile(join(folder, "run", "pcscd.pid"), "latin1").catch(() => "0"), 10);
    // The number alone may be another program's by now.
    const command = await readFile(`/proc/${pid}/cmdline`, "latin1").catch(() => "");
    const made = await stat(folder).catch(() => null);
    const isYoung = made !== null && now - made.mtimeMs < STARTING_MS;
    if (!command.includes(name) && !isYoung) await rm(folder, { recursive: true, force: true }).catch(() => {});
  }
}

async function end(child: ChildProcess, gone: Promise<void>): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), KILL_AFTER_MS);
  await gone;
  clearTimeout(timer);
}

/** A port that nobody uses now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
