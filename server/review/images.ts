/** Pictures of a case, decrypted in memory for a signed-in operator. */
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { Store } from "../store/store.ts";

const SHOWN: ReadonlySet<string> = new Set(["image/jpeg", "image/png"]);

/** @throws KabinaError `review/case-unknown`, `review/image-unknown` */
export async function readImage(
  caseId: string,
  name: string,
  store: Store,
): Promise<{ mediaType: string; bytes: Buffer }> {
  const record = store.cases.find(caseId);
  if (!record) throw new KabinaError("review/case-unknown", { case: caseId });
  const part = store.parts.list(caseId).find((stored) => stored.name === name);
  if (!part || !SHOWN.has(part.mediaType)) throw new KabinaError("review/image-unknown");
  return store.parts.read(record, name);
}
