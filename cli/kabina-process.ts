/** A process of Kabina (`kabina server`, `kabina booth`) as its parent sees it: started, ready, ended. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { ExplainedError } from "../crypto/errors/catalogue.ts";
import { KabinaError } from "../crypto/errors/kabina-error.ts";
import { gostEngineArguments } from "../crypto/suites/gost.ts";

const limits = {
  /** Milliseconds from start to the line that says ready. The first start makes keys and loads models. */
  readyMs: 60_000,
  /** Milliseconds between the request to end and the end by force. */
  stopMs: 10_000,
} as const;

/** The process has said itself why it does not start, and was heard; nothing is left to add. */
export class SaidFailure extends Error {
  readonly code: string;
  constructor({ code, cause }: ExplainedError) {
    super(cause);
    this.name = "SaidFailure";
    this.code = code;
  }
}

export class KabinaProcess {
  /** Settles when the process has ended, with its exit code, or null when a signal ended it. */
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.ended = once(child, "close").then(([code]) => code as number | null);
  }

  /**
   * Starts `kabina <verb> <args> --with-input --json` and waits for its line `{"event":"ready",…}`, which it returns as `ready`. What the process
   * writes to its error stream goes to this one's. Throws `SaidFailure` when it says why it cannot start, which is
   * then said here, and `process/not-started` when it ends or stays silent.
   */
  static async start(
    verb: string,
    args: readonly string[],
  ): Promise<{ process: KabinaProcess; ready: Readonly<Record<string, string>> }> {
    const program = process.argv[1] as string;
    // Its input ends with this process, however this one ends; then it ends too.
    const child = spawn(
      process.execPath,
      [program, ...gostEngineArguments(), verb, ...args, "--with-input", "--json"],
      {
        stdio: ["pipe", "pipe", "inherit"],
      },
    );
    const started = new KabinaProcess(child);
    const lines = createInterface({ input: child.stdout! });
    try {
      const ready = await new Promise<Record<string, string>>((resolve, reject) => {
        const give = (reason: string) => reject(new KabinaError("process/not-started", { process: verb, reason }));
        const timer = setTimeout(give, limits.readyMs, `silent for ${limits.readyMs / 1000} s`);
        lines.on("line", (line) => {
          const said = parse(line);
          if (said?.event === "ready") {
            clearTimeout(timer);
            resolve(said.details);
          } else if (said?.event === "error") {
            clearTimeout(timer);
            const { code, cause, next } = said.details as ExplainedError;
            process.stderr.write(`${code}\n  ${cause}\n  ${next}\n`);
            reject(new SaidFailure(said.details as ExplainedError));
          }
        });
        void started.ended.then((code) => {
          clearTimeout(timer);
          give(`it ended with ${code}`);
        });
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

/** What a process says with `--json`: events with what belongs to them, or the failure that ended it. */
type Said =
  | { readonly event: "error"; readonly details: ExplainedError }
  | { readonly event: string; readonly details: Readonly<Record<string, string>> };

function parse(line: string): Said | undefined {
  try {
    const { event, error, ...details } = JSON.parse(line);
    return error === undefined ? { event, details } : { event: "error", details: error };
  } catch {
    return undefined;
  }
}
