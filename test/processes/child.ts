/** A process that a test starts, listens to, and kills. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { createInterface } from "node:readline";

/** Of the kernel's clock for processes (USER_HZ). */
const TICKS_PER_SECOND = 100;

export class Child {
  readonly #process: ChildProcess;
  readonly #waiting: ((line: string) => void)[] = [];
  /** The last line that it said. */
  line = "";
  readonly ended: Promise<void>;
  errors = "";

  private constructor(process: ChildProcess) {
    this.#process = process;
    this.ended = new Promise((end) => process.on("close", () => end()));
    createInterface({ input: process.stdout! }).on("line", (line) => {
      this.line = line;
      for (const tell of this.#waiting.splice(0)) tell(line);
    });
    process.stderr!.on("data", (chunk: Buffer) => {
      this.errors = (this.errors + chunk.toString()).slice(-4000);
    });
  }

  /** Starts a built program of `test/processes` (`npm test` builds first) and waits for its first line. */
  static async start(name: string, args: readonly string[]): Promise<Child> {
    const program = resolve("dist/test/processes", `${name}.js`);
    if (!existsSync(program)) throw new Error(`${program} is not built: run scripts/build.sh`);
    const { NODE_OPTIONS: _, ...env } = process.env;
    const child = new Child(spawn(process.execPath, [program, ...args], { env, stdio: ["ignore", "pipe", "pipe"] }));
    await Promise.race([
      child.nextLine(),
      child.ended.then(() => {
        throw new Error(`${name} ended at its start: ${child.errors}`);
      }),
    ]);
    return child;
  }

  nextLine(): Promise<string> {
    return new Promise((tell) => this.#waiting.push(tell));
  }

  /** Processor time it has used so far, seconds (proc(5), /proc/PID/stat fields 14 and 15). */
  async cpuSeconds(): Promise<number> {
    const stat = await readFile(`/proc/${this.#process.pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  }

  /** SIGKILL: no handler runs, nothing is flushed. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.ended;
  }
}
