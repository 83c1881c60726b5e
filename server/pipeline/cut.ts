/** The chain from the sensor to the portrait, followed again: its hashes, and the cut done anew on the still. */
import { followChain, mostRetouching } from "../../biometrics/face/portrait.ts";
import { isCoded } from "../../crypto/errors/kabina-error.ts";
import type { Enrolment } from "../../crypto/package/enrolment.ts";
import type { StoredCheck } from "../store/cases.ts";
import { checksOf, type StageInput } from "./stage.ts";

const { passed, failed, notChecked } = checksOf("quality");
const name = "quality/cut";

export async function checkCut(enrolment: Enrolment | undefined, input: StageInput): Promise<StoredCheck> {
  const portrait = await input.part("portrait");
  if (!portrait) return notChecked(name, "review/portrait-absent");
  const record = enrolment?.portrait.cut;
  const still = await input.part("portrait-still");
  if (record == null || !still) return notChecked(name, "review/portrait-uncut");
  try {
    const { hashes, difference } = await followChain(still, portrait, record);
    const measures = {
      difference: difference === null ? null : Math.round(difference * 100) / 100,
      outside: record.cut.outside,
    };
    const faithful = hashes && difference !== null && difference <= mostRetouching;
    return faithful ? passed(name, measures) : failed(name, "review/portrait-retouched", measures);
  } catch (error) {
    if (isCoded(error)) return notChecked(name, error.code);
    throw error;
  }
}
