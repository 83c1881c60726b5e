/** A process of Kabina (`kabina server`, `kabina booth`) as its parent sees it: started, ready, ended. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { KabinaError } from "../crypto/errors/kabina-error.ts";

const limits = {
  /** Milliseconds from start to the line that says ready. The first start makes keys and loads models. */
  readyMs: 60_000,
  /** Milliseconds between the request to end and the end by force. */
  stopMs: 10_000,
} as const;

export class KabinaProcess {
  /** Settles when the process has ended, with its exit code, or null when a signal ended it. */
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.ended = once(child, "close").then(([code]) => code as number | null);
  }

  /**
   * Starts `kabina <verb> <args> --json` and waits for its line `{"event":"ready",…}`, which it returns as `ready`. What the process
   * writes to its error stream goes to this one's. Throws `process/not-started` when it ends or stays silent.
   */
  static async start(
    verb: string,
    args: readonly string[],
  ): Promise<{ process: KabinaProcess; ready: Readonly<Record<string, string>> }> {
    const program = process.argv[1] as string;
    const child = spawn(process.execPath, [program, verb, ...args, "--json"], { stdio: ["ignore", "pipe", "inherit"] });
    const started = new KabinaProcess(child);
    const lines = createInterface({ input: child.stdout! });
    try {
      const ready = await new Promise<Record<string, string>>((resolve, reject) => {
        const give = (reason: string) => reject(new KabinaError("process/not-started", { process: verb, reason }));
        const timer = setTimeout(give, limits.readyMs, `silent for ${limits.readyMs / 1000} s`);
        lines.on("line", (line) => {
          const said = parse(line);
          if (said?.event === "ready") resolve(said);
          else if (said?.error !== undefined) process.stderr.write(`${line}\n`);
        });
        void started.ended.then((code) => give(`ended with ${code}`)).finally(() => clearTimeout(timer));
        lines.once("line", () => clearTimeout(timer));
      });
      return { process: started, ready };
    } catch (error) {
      await started.stop();
      throw error;
    }
  }

  /** Asks the process to end, and ends it by force when it does not. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill("SIGTERM");
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), limits.stopMs);
    await this.ended;
    clearTimeout(timer);
  }
}

function parse(line: string): Record<string, string> | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
