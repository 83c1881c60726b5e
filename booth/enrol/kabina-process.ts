/** A `kabina` process that this one starts, listens to and ends: the booth and the server of a headless run. */
import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { gostEngineArguments } from "../../crypto/suites/gost.ts";

/** The built command line. */
const KABINA = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "../../dist/cli/kabina.js" : "../../cli/kabina.js", import.meta.url),
);
const START_MS = 60_000;
/** From the polite request to end until SIGKILL. */
const END_MS = 10_000;

export class KabinaProcess<Ready> {
  readonly ready: Ready;
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;

  private constructor(child: ChildProcess, exited: Promise<void>, ready: Ready) {
    this.#child = child;
    this.#exited = exited;
    this.ready = ready;
  }

  /**
   * Starts `kabina <verb> … --with-input --json` and waits for its line `{"event":"ready"}`; its log goes to a file.
   * Throws `enrol/process-ended`, with what it said, when it ends before.
   * @param environment variables besides this process's own
   */
  static async start<Ready>(
    verb: string,
    args: readonly string[],
    log: string,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<KabinaProcess<Ready>> {
    // Its input ends with this process, however this one ends; then it ends too.
    const child = spawn(process.execPath, [KABINA, ...gostEngineArguments(), verb, ...args, "--with-input", "--json"], {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, ...environment },
    });
    child.stderr?.pipe(createWriteStream(log, { flags: "a" }));
    const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    const ready = await new Promise<Ready>((resolve, reject) => {
      const late = setTimeout(() => {
        child.kill("SIGKILL");
        reject(new KabinaError("enrol/process-ended", { process: verb, code: "late" }));
      }, START_MS);
      let said: string | undefined;
      // Closed, not only over: what it said last has been read.
      child.once("close", (code) => {
        clearTimeout(late);
        reject(new KabinaError("enrol/process-ended", { process: verb, code: said ?? code }));
      });
      createInterface({ input: child.stdout! }).on("line", (line) => {
        const message = parse(line);
        if (message?.error !== undefined) said = `${message.error.code}: ${message.error.cause}`;
        if (message?.event !== "ready") return;
        clearTimeout(late);
        resolve(message as Ready);
      });
    });
    return new KabinaProcess(child, exited, ready);
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** By which code or signal it has ended; null while it runs. */
  get outcome(): number | string | null {
    return this.#child.exitCode ?? this.#child.signalCode;
  }

  /** Holds it still, or lets it go on: a server that does not answer for a while. */
  pause(still: boolean): void {
    this.#child.kill(still ? "SIGSTOP" : "SIGCONT");
  }

  /** As a power cut ends it. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exited;
  }

  /** Asks it to end, and ends it when it does not. */
  async stop(): Promise<void> {
    this.#child.kill("SIGTERM");
    const late = setTimeout(() => this.#child.kill("SIGKILL"), END_MS);
    await this.#exited;
    clearTimeout(late);
  }
}

interface Said {
  readonly event?: unknown;
  readonly error?: { readonly code: string; readonly cause: string };
}

function parse(line: string): Said | undefined {
  try {
    return JSON.parse(line) as Said;
  } catch {
    return undefined;
  }
}
