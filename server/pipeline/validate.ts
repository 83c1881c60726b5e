/** Holds the record of the session against its own form, the parts, and itself. */
import type { Enrolment } from "../../crypto/package/enrolment.ts";
import type { StoredCheck } from "../store/cases.ts";
import { impliedExceptions } from "./implied-exceptions.ts";
import { checksOf, type PipelineStage, type StageInput } from "./stage.ts";

const { passed, failed, notChecked } = checksOf("validate");

export const validateStage: PipelineStage = {
  name: "validate",
  async run(input) {
    const enrolment = await input.enrolment();
    if (!enrolment) {
      const rest = (["record/parts", "record/images", "record/consent", "record/exceptions"] as const).map((name) =>
        notChecked(name, "review/record-unreadable"),
      );
      return { checks: [failed("record/form", "review/record-malformed"), ...rest] };
    }
    return {
      checks: [
        passed("record/form", { version: enrolment.version }),
        checkParts(enrolment, input),
        await checkImages(input),
        checkConsent(enrolment),
        checkExceptions(enrolment),
      ],
    };
  },
};

/** Every part that the record names is in the package, and the package has no part that the record does not name. */
function checkParts(enrolment: Enrolment, { store, record }: StageInput): StoredCheck {
  const named = new Set<string>(["enrolment"]);
  for (const { part } of enrolment.portrait.candidates) if (part !== null) named.add(part);
  if (enrolment.portrait.candidates.length > 0) named.add("portrait");
  if (enrolment.portrait.cut != null) named.add("portrait-still");
  for (const { part } of enrolment.fingers) if (part !== null) named.add(part);
  if (enrolment.signature.part !== null) named.add(enrolment.signature.part);
  for (const { part } of enrolment.document.chip?.files ?? []) named.add(part);
  const present = new Set(store.parts.list(record.caseId).map(({ name }) => name));
  const missing = [...named].filter((name) => !present.has(name));
  const unnamed = [...present].filter((name) => !named.has(name));
  if (missing.length > 0) return failed("record/parts", "review/parts-missing", { parts: missing.join(", ") });
  if (unnamed.length > 0) return failed("record/parts", "review/parts-unnamed", { parts: unnamed.join(", ") });
  return passed("record/parts", { parts: present.size });
}

const SIGNATURES: Readonly<Record<string, readonly number[]>> = {
  "image/jpeg": [0xff, 0xd8, 0xff],
  "image/png": [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
};

/** What is called a picture begins like one; it is decoded, with limits, by the stage that measures it. */
async function checkImages(input: StageInput): Promise<StoredCheck> {
  const wrong: string[] = [];
  let images = 0;
  for (const { name, mediaType } of input.store.parts.list(input.record.caseId)) {
    const signature = SIGNATURES[mediaType];
    if (!signature) continue;
    images++;
    const bytes = await input.part(name);
    if (!bytes || !signature.every((byte, at) => bytes[at] === byte)) wrong.push(name);
  }
  if (wrong.length > 0) return failed("record/images", "review/image-malformed", { parts: wrong.join(", ") });
  return images === 0 ? failed("record/images", "review/image-missing") : passed("record/images", { images });
}

function checkConsent({ consent, startedAt, finishedAt }: Enrolment): StoredCheck {
  const during = startedAt <= consent.givenAt && consent.givenAt <= finishedAt;
  const measures = { textVersion: consent.textVersion, language: consent.language };
  return during ? passed("record/consent", measures) : failed("record/consent", "review/consent-time", measures);
}

/** The exceptions that the booth lists, and those that it should have listed by what else it says. */
function checkExceptions(enrolment: Enrolment): StoredCheck {
  const { exceptions, resumed } = enrolment;
  const listed = exceptions.map(({ code }) => code);
  const hidden = impliedExceptions(enrolment).filter((code) => !listed.includes(code));
  const codes = listed.join(", ");
  if (hidden.length > 0) {
    const measures = { exceptions: [...listed, ...hidden].join(", "), hidden: hidden.join(", "), resumed };
    return failed("record/exceptions", "review/exceptions-hidden", measures);
  }
  return exceptions.length === 0
    ? passed("record/exceptions", { resumed })
    : failed("record/exceptions", "review/exceptions-noted", { exceptions: codes, resumed });
}
