import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { root } from "./screens-folder.ts";

/** Milliseconds from `kabina start` to the addresses; the first start makes keys and a synthetic person. */
const READY_MS = 240_000;

const program = join(root, "dist", "cli", "kabina.js");
export const isBuilt = existsSync(program);

/** `kabina start` in a folder of its own: a real booth, a real server, simulated devices. */
export class Demonstration {
  readonly kiosk: string;
  readonly status: string;
  readonly signIn: string;
  /** The person's scripted approach to the camera, to be shown by a browser's own camera. */
  readonly cameraFile: string;
  readonly #process: ChildProcess;
  readonly #folder: string;

  private constructor(child: ChildProcess, folder: string, said: string) {
    const address = (pattern: RegExp) => {
      const found = pattern.exec(said)?.[1];
      if (!found) throw new Error(`kabina start did not print its addresses:\n${said}`);
      return found;
    };
    this.#process = child;
    this.#folder = folder;
    this.kiosk = address(/Kiosk screen[^:]*:\s+(\S+)/);
    this.signIn = address(/Operator console[^:]*:\s+(\S+)/);
    this.status = address(/status:\s+(\S+)/);
    this.cameraFile = join(folder, "simulation", "person-1", "face", "live.mjpeg");
  }

  static async start(): Promise<Demonstration> {
    const folder = await mkdtemp(join(tmpdir(), "kabina-screens-"));
    const child = spawn(process.execPath, [program, "start", "--data", folder, "--seed", "1"], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, NODE_OPTIONS: "" },
    });
    let said = "";
    await new Promise<void>((ready, failed) => {
      const timer = setTimeout(
        () => failed(new Error(`kabina start was silent for ${READY_MS / 1000} s:\n${said}`)),
        READY_MS,
      );
      createInterface({ input: child.stdout! }).on("line", (line) => {
        said += `${line}\n`;
        if (!line.includes("End it with")) return;
        clearTimeout(timer);
        ready();
      });
      child.once("close", (code) => failed(new Error(`kabina start ended with ${code}:\n${said}`)));
    });
    return new Demonstration(child, folder, said);
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode === null) {
      const ended = once(this.#process, "close");
      this.#process.kill("SIGTERM");
      await ended;
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}
