/** `kabina enrol`: whole enrolments through real booth and server processes, without a screen. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { passphraseFile, provision } from "../../crypto/authority/provision.ts";
import type { Clock, RandomBytes } from "../../crypto/environment.ts";
import { explain } from "../../crypto/errors/catalogue.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { readPassphrase } from "../../crypto/keys/passphrase.ts";
import { defaultPolicy } from "../../crypto/policy/session-policy.ts";
import { utopia } from "../../mrtd/synthetic/utopia.ts";
import { keepUtopianTerminal } from "../../mrtd/synthetic/utopian-terminal.ts";
import { issueSlips } from "../slip/issue.ts";
import type { Applicant } from "./applicant.ts";
import { orderApplicant } from "./applicant-maker.ts";
import { KabinaProcess } from "./kabina-process.ts";
import { keepEvidence, keepPackage } from "./kept-copies.ts";
import { type CheckSummary, OperatorQueue } from "./operator-queue.ts";
import { Scenario } from "./scenario.ts";
import { type VisitResult, visit } from "./visit.ts";

export interface EnrolOptions {
  readonly scenario?: Scenario;
  readonly seed: number;
  readonly count: number;
  /** Where copies of packages and certificates are left. */
  readonly keep?: string;
  /** A data folder that stays; left out: one that is removed afterwards. */
  readonly data?: string;
  readonly clock: Clock;
  readonly random: RandomBytes;
  say(line: string): void;
}

export interface EnrolledCase {
  readonly seed: number;
  readonly scenario: string;
  /** `queued`, or why the session ended without a package, or a code of what failed. */
  readonly end: string;
  /** Whether it ended as the scenario expects. */
  readonly ok: boolean;
  readonly packageId: string | null;
  readonly caseId: string | null;
  readonly caseState: string | null;
  /** What the server's checks came to; null when no case came. */
  readonly checks: CheckSummary | null;
  readonly totalMs: number;
  readonly steps: VisitResult["steps"];
  readonly problems: readonly string[];
  readonly exceptions: readonly string[];
  /** What was expected and did not come. */
  readonly missing: readonly string[];
}

/** Milliseconds for a package to reach the operator's queue once it is sealed. */
const QUEUE_MS = 90_000;

type ServerReady = { readonly intake: string; readonly signIn: string };
type BoothReady = { readonly url: string };

/** One after the other; fewer than asked for when the server ends on the way. */
export async function enrol(options: EnrolOptions): Promise<EnrolledCase[]> {
  const work = await mkdtemp(join(tmpdir(), "kabina-enrol-"));
  const data = options.data ?? join(work, "data");
  const scenario = options.scenario ?? Scenario.parse({});
  const run = new EnrolRun(options, scenario, work, data);
  try {
    await run.startServer();
    const cases: EnrolledCase[] = [];
    let next = run.makeApplicant(options.seed);
    for (let index = 0; index < options.count; index++) {
      const seed = options.seed + index;
      const applicant = await next;
      if (index + 1 < options.count) {
        next = run.makeApplicant(seed + 1);
        next.catch(() => {}); // seen when its turn comes
      }
      cases.push(await run.enrolOne(seed, applicant));
      if (run.serverEnded) {
        await run.tellServerEnded();
        break;
      }
    }
    if (options.keep !== undefined) await keepEvidence(data, run.boothId, options.keep);
    return cases;
  } finally {
    await run.stop();
    await rm(work, { recursive: true, force: true });
  }
}

/** `<data>/server/trust/csca`: the test authority that signs all synthetic passports. */
async function trustUtopia(serverFolder: string): Promise<void> {
  const folder = join(serverFolder, "trust", "csca");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, "utopia.der"), utopia().csca.certificate);
}

class EnrolRun {
  boothId = "booth-1";
  readonly #options: EnrolOptions;
  readonly #scenario: Scenario;
  readonly #work: string;
  readonly #data: string;
  #server: KabinaProcess<ServerReady> | undefined;
  #booth: KabinaProcess<BoothReady> | undefined;
  #queue: OperatorQueue | undefined;

  constructor(options: EnrolOptions, scenario: Scenario, work: string, data: string) {
    this.#options = options;
    this.#scenario = scenario;
    this.#work = work;
    this.#data = data;
  }

  async startServer(port = 0): Promise<void> {
    await provision(this.#data, this.#options, { sensors: true });
    // Only an installation of this run's own comes to trust the authority of synthetic passports, and may read their prints.
    if (this.#options.data === undefined) {
      const booth = join(this.#data, "booth");
      const passphrase = await readPassphrase(passphraseFile(booth));
      await trustUtopia(join(this.#data, "server"));
      await keepUtopianTerminal(join(booth, "terminal"), { ...this.#options, passphrase });
    }
    this.#server = await KabinaProcess.start<ServerReady>(
      "server",
      ["--data", this.#data, "--port", String(port), "--console-port", "0", "--pki-port", "0"],
      join(this.#work, "server.log"),
    );
    const { intake, signIn } = this.#server.ready;
    const { installation } = await provision(this.#data, this.#options, { serverUrl: intake });
    this.boothId = installation.boothId;
    this.#queue = await OperatorQueue.signIn(signIn);
  }

  /** Makes the person of a seed, in a thread. */
  makeApplicant(seed: number): Promise<Applicant> {
    return orderApplicant({ seed, scenario: this.#scenario, folder: this.#personFolder(seed) });
  }

  async enrolOne(seed: number, applicant: Applicant): Promise<EnrolledCase> {
    const { clock, say } = this.#options;
    const scenario = this.#scenario;
    say(`person ${seed}, scenario "${scenario.name}"`);
    const person = this.#personFolder(seed);
    const slip = scenario.slip ? (await issueSlips(this.#data, this.#options, { count: 1, hours: 24 }))[0]! : null;
    const args = await this.#boothArgs(person);
    const began = clock.monotonic();
    let result: VisitResult;
    try {
      await this.#startBooth(args);
      result = await visit({ ...applicant, slip: slip?.number ?? null }, scenario, {
        boothUrl: () => this.#booth?.ready.url ?? "",
        kill: (which, backAfterMs) => this.#kill(which, backAfterMs, args),
        sealing: () => {
          // Held still, the server cannot have the package purged before it is copied.
          if (this.#options.keep !== undefined) this.#server?.pause(true);
        },
        sealed: async (packageId) => {
          if (this.#options.keep === undefined) return;
          await keepPackage(this.#data, packageId, this.#options.keep).finally(() => this.#server?.pause(false));
        },
        say,
      });
    } catch (error) {
      this.#server?.pause(false);
      await this.#stopBooth();
      const { code, cause } = explain(error);
      say(`  ${code}: ${cause}`);
      for (const line of await lastLines(join(this.#work, "booth.log"))) say(`  booth: ${line}`);
      return { ...nothing, seed, scenario: scenario.name, end: code, totalMs: Math.round(clock.monotonic() - began) };
    }
    const queued =
      result.packageId === null ? null : await this.#queue!.wait(result.packageId, QUEUE_MS, () => this.serverEnded);
    const checks = queued === null ? null : await this.#queue!.checks(queued.caseId);
    await this.#stopBooth();
    const reached = queued !== null && queued.state !== "processing" && queued.state !== "failed";
    const end = result.end === "finished" ? (reached ? "queued" : "not-queued") : result.end;
    const { expect } = scenario;
    const missing = [
      ...expect.problems.filter((code) => !result.problems.includes(code)),
      ...expect.exceptions.filter((code) => !result.exceptions.includes(code)),
      ...expect.failed.filter((check) => !(checks?.failed ?? []).includes(check)),
    ];
    const totalMs = Math.round(clock.monotonic() - began);
    const ok = end === expect.end && missing.length === 0;
    say(
      `  ${end}${queued === null ? "" : ` as ${queued.caseId} (${queued.state})`} after ${(totalMs / 1000).toFixed(1)} s`,
    );
    if (checks !== null) {
      const named = (what: string, names: readonly string[]) =>
        names.length > 0 ? `; ${what}: ${names.join(", ")}` : "";
      say(
        `  ${checks.passed} checks passed${named("failed", checks.failed)}${named("not checked", checks.notChecked)}${named("not of this document", checks.notSupported)}`,
      );
    }
    if (!ok) say(`  expected ${expect.end}${missing.length > 0 ? `, and did not see ${missing.join(", ")}` : ""}`);
    return {
      seed,
      scenario: scenario.name,
      end,
      ok,
      packageId: result.packageId,
      caseId: queued?.caseId ?? null,
      caseState: queued?.state ?? null,
      checks,
      totalMs,
      steps: result.steps,
      problems: result.problems,
      exceptions: result.exceptions,
      missing,
    };
  }

  /** Whether the server is gone without being asked: nobody after this can reach the queue. */
  get serverEnded(): boolean {
    return (this.#server?.outcome ?? null) !== null;
  }

  async tellServerEnded(): Promise<void> {
    const ended = { process: "server", code: this.#server?.outcome ?? "?" };
    const { code, cause } = explain(new KabinaError("enrol/process-ended", ended));
    this.#options.say(`${code}: ${cause}`);
    for (const line of await lastLines(join(this.#work, "server.log"))) this.#options.say(`  server: ${line}`);
  }

  async stop(): Promise<void> {
    await this.#stopBooth();
    await this.#server?.stop();
  }

  #personFolder = (seed: number): string => join(this.#work, `person-${seed}`);

  async #boothArgs(person: string): Promise<string[]> {
    const faults = join(this.#work, "faults.json");
    const policy = join(this.#work, "policy.json");
    await writeFile(faults, JSON.stringify(this.#scenario.faults));
    await writeFile(policy, JSON.stringify({ ...defaultPolicy, ...this.#scenario.policy }));
    await mkdir(this.#work, { recursive: true });
    return ["--data", this.#data, "--port", "0", "--person", person, "--faults", faults, "--policy", policy];
  }

  async #startBooth(args: readonly string[]): Promise<void> {
    this.#booth = await KabinaProcess.start<BoothReady>("booth", args, join(this.#work, "booth.log"));
  }

  async #stopBooth(): Promise<void> {
    await this.#booth?.stop();
    this.#booth = undefined;
  }

  async #kill(which: "booth" | "server", backAfterMs: number, boothArgs: readonly string[]): Promise<void> {
    await (which === "booth" ? this.#booth : this.#server)?.kill();
    await new Promise((resolve) => setTimeout(resolve, backAfterMs));
    if (which === "booth") return this.#startBooth(boothArgs);
    return this.startServer(Number(new URL(this.#server!.ready.intake).port));
  }
}

/** The end of a log, for whoever has to find out. */
async function lastLines(file: string): Promise<string[]> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text.trimEnd().split("\n").slice(-LOG_LINES);
}

const LOG_LINES = 12;

const nothing = {
  ok: false,
  packageId: null,
  caseId: null,
  caseState: null,
  checks: null,
  steps: [],
  problems: [],
  exceptions: [],
  missing: [],
} as const;
