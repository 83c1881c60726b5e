/** What this machine has and lacks for each kind of device: for `kabina doctor`, and for a person who installs a booth. */
import { execFile } from "node:child_process";
import { access } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Clock } from "../crypto/environment.ts";
import { isCoded, KabinaError } from "../crypto/errors/kabina-error.ts";
import { listVideoDevices } from "./camera/v4l2.ts";
import { libfprintSensors } from "./fingerprint/libfprint.ts";
import { pcscReaders } from "./smartcard/pcsc.ts";
import { VPCD } from "./smartcard/private-daemon.ts";

export interface Finding {
  /** What was looked for: a program, a library, a package, a service, or the devices of a kind. */
  readonly subject: string;
  readonly kind: "camera" | "fingerprint" | "smartcard" | "printer";
  /** False when something is missing that a person may want to install. No device connected is no fault. */
  readonly ok: boolean;
  /** A version, or the names of what was found. */
  readonly found: string;
  /** Catalogue code and details; `explain()` says what to do. Null when all is well. */
  readonly problem: { readonly code: string; readonly details: KabinaError["details"] } | null;
}

const PROGRAM_TIMEOUT_MS = 5_000;
const NOTHING = "none connected";

/** Looks at everything that the drivers need; takes a second or two, changes nothing, never rejects. */
export async function diagnose(clock: Clock): Promise<readonly Finding[]> {
  return Promise.all([
    finding("ffmpeg", "camera", () => version("ffmpeg", ["-version"], "apt-get install ffmpeg")),
    finding("video devices", "camera", async () => (await listVideoDevices()).map(({ name }) => name).join(", ")),
    finding("koffi", "fingerprint", async () => packageVersion("koffi", "npm install koffi")),
    finding("libfprint", "fingerprint", () => listed(libfprintSensors({ clock }))),
    finding("pcsclite", "smartcard", async () =>
      packageVersion("pcsclite", "apt-get install libpcsclite-dev build-essential && npm install pcsclite"),
    ),
    finding("pcscd", "smartcard", () => version("pcscd", ["--version"], "apt-get install pcscd")),
    finding("pcscd service", "smartcard", () => listed(pcscReaders({ clock }))),
    finding("vpcd", "smartcard", () => file(VPCD, "apt-get install vsmartcard-vpcd")),
    finding("lp", "printer", () => version("lpstat", ["-r"], "apt-get install cups-client")),
  ]);
}

async function finding(subject: string, kind: Finding["kind"], look: () => Promise<string>): Promise<Finding> {
  try {
    return { subject, kind, ok: true, found: (await look()) || NOTHING, problem: null };
  } catch (error) {
    const coded = isCoded(error)
      ? error
      : new KabinaError("device/open-failed", { device: subject, reason: String(error) });
    return { subject, kind, ok: false, found: "", problem: { code: coded.code, details: coded.details } };
  }
}

/** The first line of what a program says of itself. */
function version(program: string, args: readonly string[], install: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { timeout: PROGRAM_TIMEOUT_MS }, (error, stdout) => {
      if (error !== null && "code" in error && error.code === "ENOENT") reject(missing(program, install));
      else resolve(stdout.split("\n")[0]?.trim() ?? "");
    });
  });
}

function packageVersion(name: string, install: string): string {
  try {
    const { version: known } = createRequire(import.meta.url)(name) as { readonly version?: string };
    return known ?? "present";
  } catch {
    throw missing(name, install);
  }
}

async function file(path: string, install: string): Promise<string> {
  await access(path).catch(() => {
    throw missing(path, install);
  });
  return path;
}

type ListingDriver = ReturnType<typeof pcscReaders> | ReturnType<typeof libfprintSensors>;

async function listed(driver: ListingDriver): Promise<string> {
  try {
    return (await driver.list()).map(({ name }) => name).join(", ");
  } finally {
    await driver.close();
  }
}

const missing = (needs: string, install: string) =>
  new KabinaError("device/driver-missing", { driver: needs, needs, install });
