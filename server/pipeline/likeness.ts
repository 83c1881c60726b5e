/** The face of the portrait against the one in the chip. It says how alike they are; whether that is enough, the operator decides. */
import type { FaceComparer } from "../../biometrics/face/detector.ts";
import { verdictOf } from "../../biometrics/face/likeness.ts";
import { faceLimits } from "../../biometrics/face/limits.ts";
import { decodeImage } from "../../biometrics/image/codec.ts";
import { isCoded } from "../../crypto/errors/kabina-error.ts";
import { parseDg2 } from "../../mrtd/lds/dg2.ts";
import type { StoredCheck } from "../store/cases.ts";
import { checksOf, type StageInput } from "./stage.ts";

const { passed, failed, notChecked } = checksOf("quality");
const name = "quality/likeness";

export async function checkLikeness(
  face: () => Promise<FaceComparer | undefined>,
  input: StageInput,
): Promise<StoredCheck> {
  const [live, dg2] = [await input.part("portrait"), await input.part("chip-dg2")];
  if (!live) return notChecked(name, "review/portrait-absent");
  if (!dg2) return notChecked(name, "review/chip-unread");
  try {
    const held = parseDg2(dg2)[0];
    if (!held) return notChecked(name, "review/chip-portrait-absent");
    const [portrait, chip] = [await decodeImage(live), await decodeImage(held.data)];
    const comparer = await face();
    if (!comparer) return notChecked(name, "review/face-engine-absent");
    const likeness = await comparer.compare(portrait, chip);
    const { agrees } = faceLimits.likeness;
    const measures = {
      score: likeness.score,
      threshold: agrees,
      fmr: Number(likeness.fmr.toPrecision(2)),
      engine: likeness.engine,
    };
    const verdict = verdictOf(likeness, faceLimits.likeness);
    if (verdict === "agrees") return passed(name, measures);
    return failed(name, verdict === "unsure" ? "review/likeness-unsure" : "review/likeness-below", measures);
  } catch (error) {
    // A picture without a face, or that cannot be read, is a finding of other checks: here nothing was compared.
    if (isCoded(error)) return notChecked(name, error.code, faceOf(error));
    throw error;
  }
}

/** `face/none` says which picture it means. */
function faceOf({ details }: { readonly details: Readonly<Record<string, unknown>> }): StoredCheck["measures"] {
  const { file } = details;
  return file === "1" ? { file: "portrait" } : file === "2" ? { file: "chip" } : {};
}
