/** What a verb of this room ends with, and how it prints a proof. */
import type { CliIo } from "../../crypto/cli-io.ts";
import { explain, type Language } from "../../crypto/errors/catalogue.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { ProofResult, Reason, Verdict } from "../proof/verdict.ts";

/** Exit codes; 1 is every other failure. */
export const exitCode = { passed: 0, failed: 2, notChecked: 3 } as const;

export function exitCodeOf(verdict: Verdict): number {
  return verdict === "passed" ? exitCode.passed : verdict === "failed" ? exitCode.failed : exitCode.notChecked;
}

/** The language of this process's environment, as `cli/kabina.ts` chooses it. */
export const language: Language = /^ru/i.test(process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG || "")
  ? "ru"
  : "en";

/** The moment of judgement that `--at` names; now without it. Throws `mrtd/option`. */
export function momentOf(text: string | undefined, io: Pick<CliIo, "clock">): Date {
  const at = text === undefined ? io.clock.now() : new Date(text);
  if (Number.isNaN(at.getTime()))
    throw new KabinaError("mrtd/option", {
      option: "--at",
      value: text ?? "",
      allowed: "2026-09-21, 2026-09-21T14:13:20Z",
    });
  return at;
}

/** A reason with its text, for people and for programs. */
export function explained({ code, details }: Reason): {
  code: string;
  details: Reason["details"];
  cause: string;
  next: string;
} {
  const { cause, next } = explain(new KabinaError(code, details), language);
  return { code, details, cause, next };
}

export function printProof(io: CliIo, name: string, proof: ProofResult): void {
  io.print(`${name}: ${proof.verdict}`);
  for (const reason of proof.reasons) io.print(`  ${explained(reason).cause} [${reason.code}]`);
}
