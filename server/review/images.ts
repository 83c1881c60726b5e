/** Pictures of a case, decrypted in memory for a signed-in operator. */
import { encodeJpeg } from "../../biometrics/image/codec.ts";
import { decodeJpeg2000 } from "../../biometrics/image/jpeg2000.ts";
import { isCoded, KabinaError } from "../../crypto/errors/kabina-error.ts";
import { parseDg2 } from "../../mrtd/lds/dg2.ts";
import type { CaseRecord } from "../store/cases.ts";
import type { Store } from "../store/store.ts";

export interface CaseImage {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** The chip's own portrait is not a part: it is cut out of this part. */
export const CHIP_PORTRAIT = "chip-portrait";
const CHIP_PORTRAIT_PART = "chip-dg2";

/** What a browser shows. */
const SHOWN: ReadonlySet<string> = new Set(["image/jpeg", "image/png"]);

/** @throws KabinaError `review/case-unknown`, `review/image-unknown` */
export async function readImage(caseId: string, name: string, store: Store): Promise<CaseImage> {
  const record = store.cases.find(caseId);
  if (!record) throw new KabinaError("review/case-unknown", { case: caseId });
  const image = name === CHIP_PORTRAIT ? await readChipPortrait(record, store) : await readPart(record, name, store);
  if (!image) throw new KabinaError("review/image-unknown");
  return image;
}

async function readPart(record: CaseRecord, name: string, store: Store): Promise<CaseImage | null> {
  const part = store.parts.list(record.caseId).find((stored) => stored.name === name);
  return part && SHOWN.has(part.mediaType) ? store.parts.read(record, name) : null;
}

/** Whether there is a portrait to cut out; that it can be shown is only known when it is asked for. */
export function hasChipPortrait(record: CaseRecord, store: Store): boolean {
  return store.parts.list(record.caseId).some(({ name }) => name === CHIP_PORTRAIT_PART);
}

/** The portrait on the chip, as JPEG; browsers do not show JPEG 2000. Null when there is none, or it cannot be read. */
async function readChipPortrait(record: CaseRecord, store: Store): Promise<CaseImage | null> {
  if (!hasChipPortrait(record, store)) return null;
  const { bytes } = await store.parts.read(record, CHIP_PORTRAIT_PART);
  try {
    const face = parseDg2(bytes)[0];
    if (!face) return null;
    if (face.mediaType === "image/jpeg") return { mediaType: face.mediaType, bytes: face.data };
    return { mediaType: "image/jpeg", bytes: await encodeJpeg(await decodeJpeg2000(face.data)) };
  } catch (error) {
    // Checks `chip/files` and `chip/passive-authentication` say what is wrong with the file.
    if (isCoded(error)) return null;
    throw error;
  }
}
