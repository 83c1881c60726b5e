/** When each kind of key is to be replaced: `<data>/server/rotation.json` where it says, two thirds of its certificate's life where it does not. docs/operations.md. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { backdatingMinutes } from "../../crypto/authority/profiles.ts";
import type { Certificate } from "../../crypto/certificate/certificate.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { type KeyPurpose, keyPurposes } from "../../crypto/keys/key.ts";

export const RotationSchedule = z.strictObject({
  format: z.literal("kabina-rotation/1"),
  /** Days from a key's certificate, or from its making where it has none. */
  days: z.partialRecord(z.enum(keyPurposes), z.int().min(1).max(7300)),
});
export type RotationSchedule = z.infer<typeof RotationSchedule>;

/** Keys without a certificate have no life of their own, days. */
const withoutCertificate = 365;
/** The part of a certificate's life after which its key is replaced, at the latest. */
const dueAfter = 2 / 3;
const day = 24 * 60 * 60_000; // ms

export const usualSchedule: RotationSchedule = { format: "kabina-rotation/1", days: {} };

/** @param folder `<data>/server`. Throws `rotation/schedule-malformed`. */
export async function readSchedule(folder: string): Promise<RotationSchedule> {
  const path = join(folder, "rotation.json");
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return usualSchedule;
  try {
    return RotationSchedule.parse(JSON.parse(text));
  } catch (cause) {
    throw new KabinaError("rotation/schedule-malformed", { path }, { cause });
  }
}

/** When a key is to be replaced; null of one that nobody knows the age of. `madeAt`: for a key without a certificate. */
export function dueAt(
  purpose: KeyPurpose,
  key: { readonly chain: readonly Certificate[]; readonly madeAt: Date | null },
  { days }: RotationSchedule,
): Date | null {
  const [leaf] = key.chain;
  const wanted = days[purpose];
  if (!leaf) return key.madeAt && new Date(key.madeAt.getTime() + (wanted ?? withoutCertificate) * day);
  const latest = leaf.notBefore.getTime() + (leaf.notAfter.getTime() - leaf.notBefore.getTime()) * dueAfter;
  const issued = leaf.notBefore.getTime() + backdatingMinutes * 60_000;
  return new Date(Math.min(latest, wanted === undefined ? latest : issued + wanted * day));
}
