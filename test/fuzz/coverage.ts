/** Which blocks of our code have run, by V8's own counters: an input that reaches a new one is worth keeping. */
import { Session } from "node:inspector";

interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}
interface Script {
  readonly scriptId: string;
  readonly url: string;
  readonly functions: readonly { readonly ranges: readonly Range[] }[];
}

export class Coverage {
  private readonly session = new Session();
  private readonly known = new Set<string>();
  private readonly part: string;

  /** @param part of the addresses of the scripts that count, such as `/biometrics/` */
  constructor(part: string) {
    this.part = part;
    this.session.connect();
    this.session.post("Profiler.enable");
    this.start();
  }

  start(): void {
    this.session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  }

  /** Counting slows everything: what has been learnt is kept, and the mass of inputs runs without it. */
  stop(): void {
    this.session.post("Profiler.stopPreciseCoverage");
  }

  get blocks(): number {
    return this.known.size;
  }

  /** Blocks that ran since the last look and never before; `keep` remembers them. */
  fresh(keep: boolean): number {
    let scripts: readonly Script[] = [];
    // The session is in this process and answers before `post` returns.
    this.session.post("Profiler.takePreciseCoverage", (error: Error | null, answer: { result: Script[] }) => {
      if (error) throw error;
      scripts = answer.result;
    });
    let count = 0;
    for (const { scriptId, url, functions } of scripts) {
      if (!url.includes(this.part)) continue;
      for (const { ranges } of functions) {
        for (const range of ranges) {
          if (range.count === 0) continue;
          const block = `${scriptId}:${range.startOffset}-${range.endOffset}`;
          if (this.known.has(block)) continue;
          count++;
          if (keep) this.known.add(block);
        }
      }
    }
    return count;
  }

  close(): void {
    this.session.disconnect();
  }
}
