/** Slips on paper through the print system (CUPS): `lp` reads the PDF from a pipe, so that no file of ours is left on disk. */

import { execFile, spawn } from "node:child_process";
import type { Clock } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { absent } from "../absent.ts";
import { DeviceCore } from "../device-core.ts";
import { printerLimits } from "../limits.ts";
import type { DeviceDriver, DeviceInfo, Printer, PrintResult, Slip, WaitOptions } from "../port.ts";
import { waitFor } from "../wait.ts";
import { assertSlip } from "./screen.ts";

type PrinterInfo = DeviceInfo & { readonly kind: "printer" };

export interface CupsOptions {
  readonly clock: Clock;
  /** The programs; found on PATH by default. */
  readonly lp?: string;
  readonly lpstat?: string;
}

const ASK_EVERY_MS = 30_000;
const LIST_TIMEOUT_MS = 4_000;
const TITLE_LENGTH = 80;
const OUTPUT_BYTES = 64 * 1024;

export function cupsPrinters(options: CupsOptions): DeviceDriver<"printer"> {
  let askedAt = Number.NEGATIVE_INFINITY;
  let asked: Promise<string[]> = Promise.resolve([]);
  const list = async (wait?: WaitOptions): Promise<PrinterInfo[]> => {
    const now = options.clock.monotonic();
    // Print queues change rarely, and each look is a process.
    if (now - askedAt >= ASK_EVERY_MS) {
      askedAt = now;
      asked = queueNames(options.lpstat ?? "lpstat", wait?.signal);
    }
    const names = await asked;
    return names.map((name) => ({ id: `cups:${name}`, kind: "printer", driver: "cups", name, simulated: false }));
  };
  return {
    kind: "printer",
    name: "cups",
    list,
    open: async (id, wait) => {
      const info = (await list(wait)).find((one) => one.id === id);
      if (info === undefined) throw absent("printer");
      return openQueue(info, options);
    },
  };
}

function openQueue(info: PrinterInfo, options: CupsOptions): Printer {
  const core = new DeviceCore<PrinterInfo>(info, options.clock);
  return {
    info,
    ended: core.ended,
    health: () => core.health(),
    on: (listener) => core.on(listener),
    close: async () => core.end(null),
    print: async (slip, wait) => {
      assertSlip(core, slip);
      return print(core, options.lp ?? "lp", slip, wait);
    },
  };
}

function print(core: DeviceCore, lp: string, slip: Slip, wait: WaitOptions | undefined): Promise<PrintResult> {
  return waitFor<PrintResult>(core, wait, printerLimits.printTimeoutMs, (settle) => {
    const title = slip.title.replace(/[^\p{L}\p{N} .-]/gu, " ").slice(0, TITLE_LENGTH);
    const child = spawn(lp, ["-d", core.info.name, "-t", title, "-"], { stdio: ["pipe", "pipe", "pipe"] });
    let output = "";
    const collect = (chunk: Buffer) => {
      if (output.length < OUTPUT_BYTES) output += chunk.toString("utf8");
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.stdin.on("error", () => {});
    child.once("error", (error) => settle.reject(missing(error, core.info.name)));
    child.once("close", (code) => {
      // "request id is QUEUE-12 (1 file(s))"
      const job = /request id is (\S+)/.exec(output)?.[1];
      if (code === 0) settle.resolve({ where: "paper", job: job ?? "" });
      else settle.reject(core.error("device/open-failed", { reason: output.trim().split("\n")[0] ?? "" }));
    });
    child.stdin.end(slip.pdf);
    return () => {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    };
  });
}

/** The queues that accept jobs; none when the print system is not installed or not running. */
function queueNames(lpstat: string, signal: AbortSignal | undefined): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const settings = {
      timeout: LIST_TIMEOUT_MS,
      maxBuffer: OUTPUT_BYTES,
      env: { ...process.env, LC_ALL: "C" },
      ...(signal === undefined ? {} : { signal }),
    };
    execFile(lpstat, ["-e"], settings, (error, stdout) => {
      if (error !== null && "code" in error && error.code === "ENOENT") return reject(missing(error, "printer"));
      // lpstat fails when no scheduler runs: then there is no printer.
      resolve(error === null ? stdout.split("\n").filter((name) => /^[\w.-]+$/.test(name)) : []);
    });
  });
}

function missing(error: Error, device: string): KabinaError {
  if ("code" in error && error.code === "ENOENT") {
    return new KabinaError("device/driver-missing", {
      driver: "cups",
      needs: "the print system's client lp",
      install: "apt-get install cups-client",
    });
  }
  return new KabinaError("device/open-failed", { device, reason: error.message });
}
