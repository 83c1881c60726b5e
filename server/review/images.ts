/** Pictures of a case, decrypted in memory for a signed-in operator. */
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { parseDg2 } from "../../mrtd/lds/dg2.ts";
import type { Store } from "../store/store.ts";
import { CHIP_PORTRAIT } from "./case-detail.ts";

interface Picture {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** What a browser shows. A JPEG 2000 portrait of a chip is not among them: the console says that it cannot be shown. */
const SHOWN: ReadonlySet<string> = new Set(["image/jpeg", "image/png"]);

/** @throws KabinaError `review/case-unknown`, `review/image-unknown` */
export async function readImage(caseId: string, name: string, store: Store): Promise<Picture> {
  const record = store.cases.find(caseId);
  if (!record) throw new KabinaError("review/case-unknown", { case: caseId });
  const part = (wanted: string) => store.parts.list(caseId).find((stored) => stored.name === wanted);
  let picture: Picture | undefined;
  if (name === CHIP_PORTRAIT) {
    if (part("chip-dg2")) picture = chipPortrait(await store.parts.read(record, "chip-dg2"));
  } else if (part(name)) picture = await store.parts.read(record, name);
  if (!picture || !SHOWN.has(picture.mediaType)) throw new KabinaError("review/image-unknown");
  return picture;
}

/** The first face image of DG2 (9303-10 §4.7.2). */
function chipPortrait({ bytes }: Picture): Picture | undefined {
  const [face] = parseDg2(bytes);
  return face && { mediaType: face.mediaType, bytes: face.data };
}
