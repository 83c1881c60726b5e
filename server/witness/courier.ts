/** The witness at work on a courier's box: the logs that booths have put into it are judged as over the link, and their heads cosigned. */
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { keepCosigned } from "../../crypto/audit/cosigned.ts";
import { proveAddition } from "../../crypto/audit/export.ts";
import { readCertificates, readLines } from "../../crypto/audit/file.ts";
import { readAddition } from "../../crypto/audit/proof-file.ts";
import { Certificate } from "../../crypto/certificate/certificate.ts";
import { WITNESS_LIMITS } from "../../crypto/delivery/answers.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { Witness } from "./witness.ts";

const NAME = /^audit-(.{1,64})\.log$/;

export interface CourierLog {
  readonly booth: string;
  readonly cosigned: number;
  readonly held: number;
  /** Why it was not cosigned; null when it was. */
  readonly refused: string | null;
}

/** Each log of the box by itself: one that is refused keeps no other back. Throws `audit/box-empty`. */
export async function cosignBox(box: string, witness: Witness): Promise<CourierLog[]> {
  const found = (await readdir(box)).filter((name) => NAME.test(name));
  if (found.length === 0) throw new KabinaError("audit/box-empty", { path: box });
  const done: CourierLog[] = [];
  for (const name of found) {
    const booth = NAME.exec(basename(name))![1]!;
    const refused = await cosignLog(booth, join(box, name), witness).then(
      () => null,
      (error: unknown) => {
        if (error instanceof KabinaError) return error.code;
        throw error;
      },
    );
    const { size: cosigned, held } = witness.standing(booth);
    done.push({ booth, cosigned, held, refused });
  }
  return done;
}

async function cosignLog(booth: string, path: string, witness: Witness): Promise<void> {
  await witness.certify(booth, (await readCertificates(path)).map((one) => one.toPem()).join(""));
  const { size } = witness.standing(booth);
  // A log that is shorter than what is cosigned has no such proof; the witness then says whether it is an old copy or another log.
  const body = await proveAddition(path, size).catch(async (error: unknown) => {
    if (error instanceof KabinaError && error.code === "audit/range") return proveAddition(path, 0);
    throw error;
  });
  const answer = await witness.addCheckpoint(booth, body);
  if (answer.kind === "conflict") throw new KabinaError("audit/cut-back", { size: 0, cosigned: answer.size });
  const { note } = readAddition(body);
  await keepCosigned(path, note + answer.line, Certificate.fromPem(witness.standing(booth).certificates));
  let batch: Uint8Array[] = [];
  let from = witness.standing(booth).held;
  let index = 0;
  const send = async () => {
    if (batch.length > 0) from = await witness.addEntries(booth, from, batch);
    batch = [];
  };
  for await (const { line } of readLines(path)) {
    if (index++ < from + batch.length) continue;
    batch.push(Buffer.from(line));
    if (batch.length === WITNESS_LIMITS.entries) await send();
  }
  await send();
}
