/** The holder at pick-up against the finished document: a fresh picture of the face and a fresh print. What the scores are worth, an operator decides. */
import { openFaceDetector } from "../../biometrics/face/detector.ts";
import { verdictOf } from "../../biometrics/face/likeness.ts";
import { faceLimits } from "../../biometrics/face/limits.ts";
import { extractTemplate } from "../../biometrics/finger/extract.ts";
import { matchTemplates } from "../../biometrics/finger/match.ts";
import { decodeGrey, decodeImage } from "../../biometrics/image/codec.ts";
import { greyOf } from "../../biometrics/records/recorded-picture.ts";
import { isCoded } from "../../crypto/errors/kabina-error.ts";
import type { IssueCheck } from "../../mrtd/issue/issue-check.ts";
import { parseDg2 } from "../../mrtd/lds/dg2.ts";
import type { PassportFiles } from "../../mrtd/lds/file.ts";
import { parseDg3 } from "../../mrtd/lds/prints.ts";
import { reason, reasonOf } from "../../mrtd/proof/reason.ts";
import { PIPELINE_LIMITS } from "../pipeline/limits.ts";

/** Pixels per inch of a print whose file does not say. */
const printPpi = 500;

/** @param picture a fresh picture of the holder; undefined when none was taken */
export async function checkFace(dg2: Uint8Array, picture: Uint8Array | undefined): Promise<IssueCheck> {
  const check = "face" as const;
  if (picture === undefined) return { check, verdict: "not-checked", reasons: [reason("issue/face-not-taken")] };
  const detector = await openFaceDetector();
  try {
    const likeness = await detector.compare(await decodeImage(picture), await decodeImage(parseDg2(dg2)[0]!.data));
    const { score, engine } = likeness;
    const measures = { score, threshold: faceLimits.likeness.agrees, engine };
    const verdict = verdictOf(likeness, faceLimits.likeness);
    if (verdict === "agrees") return { check, verdict: "passed", reasons: [], measures };
    return {
      check,
      verdict: verdict === "differs" ? "failed" : "not-checked",
      reasons: [reason(verdict === "differs" ? "issue/face-differs" : "issue/face-unsure", { score })],
      measures,
    };
  } catch (error) {
    if (!isCoded(error)) throw error;
    return { check, verdict: "not-checked", reasons: [reasonOf(error)] };
  } finally {
    await detector.close();
  }
}

/**
 * A fresh print against those of the document: the chip's DG3 where it was read, else the order's, which EF.SOD has been compared with.
 * @param position 1…10 of ISO/IEC 19794-4, or undefined to try every print of the document
 */
export async function checkFinger(
  files: PassportFiles,
  ordered: PassportFiles,
  picture: Uint8Array | undefined,
  position?: number,
): Promise<IssueCheck> {
  const check = "finger" as const;
  const prints = parseDg3(files.DG3 ?? ordered.DG3!).filter(
    (print) => position === undefined || print.position === position,
  );
  if (prints.length === 0) return { check, verdict: "not-checked", reasons: [reason("issue/finger-none")] };
  if (picture === undefined) return { check, verdict: "not-checked", reasons: [reason("issue/finger-not-taken")] };
  try {
    const fresh = extractTemplate(await decodeGrey(picture, { ppi: printPpi }));
    const scores = await Promise.all(
      prints.map(async (print) => matchTemplates(fresh, extractTemplate(await greyOf(print))).score),
    );
    const score = Math.round(10 * Math.max(...scores)) / 10;
    const measures = { score, threshold: PIPELINE_LIMITS.sameFinger, prints: prints.length };
    if (score >= PIPELINE_LIMITS.sameFinger) return { check, verdict: "passed", reasons: [], measures };
    return { check, verdict: "failed", reasons: [reason("issue/finger-differs", { score })], measures };
  } catch (error) {
    if (!isCoded(error)) throw error;
    return { check, verdict: "not-checked", reasons: [reasonOf(error)] };
  }
}
