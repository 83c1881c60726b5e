/**
 * Pick-up: the finished passport against itself and against whoever came for it. The chip is proved, what is printed is
 * compared with what it says, the live face with its portrait, a finger with its prints where this booth's terminal may read them; and, where
 * there is a link, with what was ordered.
 */
import { verdictOf } from "../../biometrics/face/likeness.ts";
import { faceLimits } from "../../biometrics/face/limits.ts";
import { decodeImage } from "../../biometrics/image/codec.ts";
import { type ErrorDetail, isCoded } from "../../crypto/errors/kabina-error.ts";
import { parseDg2 } from "../../mrtd/lds/dg2.ts";
import type { PickupCheckName, PickupVerdict } from "../api/messages.ts";
import type { Activity, Stage } from "../session/activity.ts";
import type { PickupCheck } from "../session/captures.ts";
import { comparePrints } from "../session/chip-prints.ts";
import { compareFields } from "../session/confirm.ts";
import { chosenFace } from "../session/face.ts";
import { pickupVerdict } from "../session/verdict.ts";
import { type Answer, type AskOrder, sameAsOrdered } from "./pickup-order.ts";
import type { RevivedDetector } from "./revived-detector.ts";

export interface PickupTools {
  readonly detector: Pick<RevivedDetector, "compare">;
  /** What the server holds of the order. */
  readonly order: AskOrder;
  /** Into the booth's signed log: the answer, and nothing of the person. */
  readonly note: (kind: string, data: Record<string, string>) => void;
  /** For the status page. */
  readonly told: (checks: { check: PickupCheckName; verdict: PickupVerdict }[]) => void;
}

const passed: Answer = { verdict: "passed", reasons: [] };
const not = (verdict: PickupVerdict, code: string, details: Record<string, ErrorDetail> = {}): Answer => ({
  verdict,
  reasons: [{ code, details }],
});

export function pickupCheck(tools: PickupTools): Activity {
  return async (stage) => {
    const checks: PickupCheck[] = [];
    const ask = async (check: PickupCheckName, answer: () => Answer | Promise<Answer>) => {
      checks.push({ check, ...(await answered(answer)) });
    };
    if (stage.session.chip === null) await ask("proof", () => not("not-checked", "pickup/chip-unread"));
    else {
      await ask("proof", () => proved(stage, ["passive-authentication"]));
      await ask("genuine", () => proved(stage, ["active-authentication", "chip-authentication"]));
      await ask("data", () => sameData(stage));
      await ask("order", () => sameAsOrdered(stage, tools.order));
      await ask("face", () => sameFace(stage, tools));
      await ask("finger", () => sameFinger(stage));
    }
    if (stage.signal.aborted) return;
    await stage.emit({ type: "pickup.checked", checks });
    const each = checks.map(({ check, verdict, reasons }) =>
      [`${check}:${verdict}`, ...reasons.map(({ code }) => code)].join(" "),
    );
    tools.told(checks.map(({ check, verdict }) => ({ check, verdict })));
    tools.note("pickup.checked", { verdict: pickupVerdict(checks), checks: each.join("; ") });
  };
}

async function answered(answer: () => Answer | Promise<Answer>): Promise<Answer> {
  try {
    return await answer();
  } catch (error) {
    if (!isCoded(error)) throw error;
    return not("not-checked", error.code, error.details);
  }
}

/** One of the proofs must pass and none fail: a chip has active authentication or chip authentication, seldom both. */
function proved({ session }: Stage, names: readonly string[]): Answer {
  const proofs = (session.chip?.proofs ?? []).filter(({ name }) => names.includes(name));
  const failed = proofs.find(({ outcome }) => outcome === "failed");
  if (failed) return { verdict: "failed", reasons: failed.reasons.map((code) => ({ code, details: {} })) };
  if (proofs.some(({ outcome }) => outcome === "passed")) return passed;
  const reasons = proofs.flatMap((proof) => proof.reasons.map((code) => ({ code, details: {} })));
  return reasons.length > 0 ? { verdict: "not-checked", reasons } : not("not-checked", "issue/chip-unproved");
}

function sameData({ session }: Stage): Answer {
  const different = compareFields(session).filter(({ match }) => match === "different");
  if (different.length === 0) return passed;
  return not("failed", "issue/mrz-differs", { fields: different.map(({ name }) => name).join(", ") });
}

async function sameFace(stage: Stage, { detector }: PickupTools): Promise<Answer> {
  const face = chosenFace(stage.session);
  const file = stage.session.chip?.files.find(({ part }) => part === "chip-dg2");
  if (face === null || !file) return not("not-checked", "issue/face-not-taken");
  const [portrait] = parseDg2(stage.blob(file.blob));
  const [live, kept] = await Promise.all([decodeImage(stage.blob(face.blob)), decodeImage(portrait!.data)]);
  const likeness = await detector.compare(live, kept);
  const verdict = verdictOf(likeness, faceLimits.likeness);
  if (verdict === "agrees") return passed;
  const { score } = likeness;
  return verdict === "differs"
    ? not("failed", "issue/face-differs", { score })
    : not("not-checked", "issue/face-unsure", { score });
}

function sameFinger({ session }: Stage): Answer {
  const { verdict, reason } = comparePrints(session);
  return { verdict: verdict === "not-supported" ? "not-checked" : verdict, reasons: reason === null ? [] : [reason] };
}
