/** The portrait as the operator sees it: what was measured on it, how the booth took it, and the photos beside it. */
import { faceLimits } from "../../biometrics/face/limits.ts";
import { presentationSignals } from "../../biometrics/face/presentation/signal-names.ts";
import type { Enrolment } from "../../crypto/package/enrolment.ts";
import { portraitMeasures } from "../../crypto/policy/session-policy.ts";
import type { StoredCheck } from "../store/cases.ts";
import type { CaseDetail, PortraitMeasure } from "./api.ts";

const CHECK = "quality/portrait";

/** By which policy's limits the pipeline judged the portrait; null when it did not, or did so before it said. */
export function policyOf(checks: readonly StoredCheck[]): CaseDetail["portraitPolicy"] {
  const measures = checks.find(({ check }) => check === CHECK)?.measures;
  const { policyVersion: version, policySource: source } = measures ?? {};
  if (typeof version !== "number" || (source !== "named" && source !== "current")) return null;
  return { version, source };
}

/** What the pipeline wrote as `Name value limit; …` (`server/pipeline/quality.ts`); it once wrote no limit, and meant the software's own. */
export function measuresOf(checks: readonly StoredCheck[]): PortraitMeasure[] {
  const values = checks.find(({ check }) => check === CHECK)?.measures.values;
  if (typeof values !== "string") return [];
  return values.split("; ").flatMap((text) => {
    const [given, number, limit] = text.split(" ");
    const name = portraitMeasures.find((known) => known === given);
    if (name === undefined) return [];
    const [value, least] = [Number(number), limit === undefined ? faceLimits.pass[name] : Number(limit)];
    return [{ name, value, least, passes: value >= least }];
  });
}

/** Names of the measures that failed, or the code of why it was no portrait to measure; null when the portrait passed or was not measured. */
export function failedPortrait(checks: readonly StoredCheck[]): string[] | null {
  const check = checks.find((one) => one.check === CHECK);
  if (check?.status !== "failed") return null;
  const { below } = check.measures;
  return typeof below === "string" && below !== "" ? below.split(", ") : [check.reason ?? "?"];
}

export function shotOf(portrait: Enrolment["portrait"] | undefined): CaseDetail["shot"] {
  const at = portrait?.candidates.findIndex(({ part }) => part === "portrait") ?? -1;
  const sent = portrait?.candidates[at];
  if (!portrait || !sent) return null;
  const { machineChoice, personChoice, tries, forced } = portrait;
  return {
    score: sent.score,
    byMachine: machineChoice === at,
    byPerson: personChoice === at,
    tries,
    forced,
    failed: failedAt(sent),
  };
}

/** What the pipeline made of all signs (`quality/presentation`), with what the booth says of each; null when it was not looked at. */
export function presentationOf(
  checks: readonly StoredCheck[],
  portrait: Enrolment["portrait"] | undefined,
): CaseDetail["presentation"] {
  const measures = checks.find(({ check }) => check === "quality/presentation")?.measures ?? {};
  const sent = portrait?.candidates.find(({ part }) => part === "portrait");
  const burst = sent?.burst === undefined ? undefined : portrait?.bursts?.[sent.burst];
  const suspicious = typeof measures.signals === "string" ? measures.signals.split(", ") : [];
  const signals = presentationSignals.flatMap((name) => {
    const value = measures[name];
    if (typeof value !== "number") return [];
    const told = sent?.presentation?.signals.find((signal) => signal.name === name);
    return [{ name, value: told?.raw === null ? null : value, suspicious: suspicious.includes(name) }];
  });
  if (signals.length === 0) return null;
  const score = Math.min(...signals.map(({ value }) => value ?? 100));
  return { score, signals, challenge: burst?.challenge ?? null, colours: burst?.colours ?? null };
}

export function likenessOf(checks: readonly StoredCheck[]): CaseDetail["likeness"] {
  const check = checks.find((one) => one.check === "quality/likeness");
  const { score, threshold } = check?.measures ?? {};
  if (typeof score !== "number" || typeof threshold !== "number") return null;
  return { score, threshold, agrees: check?.status === "passed" };
}

/** @param image the URL of a part, null when it is not here */
export function burstOf(
  portrait: Enrolment["portrait"] | undefined,
  parts: ReadonlySet<string>,
  image: (name: string) => string | null,
): CaseDetail["burst"] {
  const taken = portrait?.candidates ?? [];
  return [...parts]
    .filter((name) => name.startsWith("portrait-burst-"))
    .flatMap((name) => {
      const at = taken.findIndex(({ part }) => part === name);
      const url = image(name);
      if (url === null) return [];
      const candidate = taken[at];
      const failed = candidate ? failedAt(candidate) : [];
      return [{ image: url, score: candidate?.score ?? null, byMachine: portrait?.machineChoice === at, failed }];
    });
}

/** Measures of the portrait alone: signs of a picture held before the camera are another check. */
const failedAt = ({ measures }: Enrolment["portrait"]["candidates"][number]): string[] =>
  measures
    .filter(({ name, passes }) => !passes && (portraitMeasures as readonly string[]).includes(name))
    .map(({ name }) => name);
