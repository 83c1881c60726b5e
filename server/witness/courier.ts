/** The witness at work on a courier's box: the logs that booths have put into it are judged as over the link, and their heads cosigned. */
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { keepCosigned } from "../../crypto/audit/cosigned.ts";
import { proveAddition } from "../../crypto/audit/export.ts";
import { certificatesFile, readCertificates, readLines } from "../../crypto/audit/file.ts";
import { readAddition } from "../../crypto/audit/proof-file.ts";
import { Certificate } from "../../crypto/certificate/certificate.ts";
import { WITNESS_LIMITS } from "../../crypto/delivery/answers.ts";
import { writeFileDurably } from "../../crypto/durable-file.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { Witness } from "./witness.ts";

const NAME = /^audit-(.{1,64})\.log$/;

/** Of the server's own log, in the box: what a booth has seen, the head with its proof for it, and the head cosigned by it. docs/formats/audit.md */
const inBox = (box: string, booth: string, what: "since" | "addition" | "cosigned"): string =>
  join(box, `server-log-${booth}.${what}`);
/** Bytes of a note that a box may hold. */
const LARGEST_NOTE = 64 << 10;

export interface CourierLog {
  readonly booth: string;
  /** How the booth's word on this server's own log was taken: `kept`; `none` where the box holds none; or why it was not. */
  readonly witnessed: string;
  readonly cosigned: number;
  readonly held: number;
  /** Why it was not cosigned; null when it was. */
  readonly refused: string | null;
}

/**
 * Each log of the box by itself: one that is refused keeps no other back. `own`: the certificates of the keys that signed this server's log, for the booths to witness
 * it; undefined where it keeps none. Throws `audit/box-empty`.
 */
export async function cosignBox(box: string, witness: Witness, own?: readonly Certificate[]): Promise<CourierLog[]> {
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
    const witnessed = own && refused === null ? await exchangeOwn(box, booth, witness, own) : "none";
    const { size: cosigned, held } = witness.standing(booth);
    done.push({ booth, cosigned, held, refused, witnessed });
  }
  return done;
}

/** Takes the booth's cosignature under this server's own head out of the box, and puts the newest head in, with the proof from what the booth has seen. */
async function exchangeOwn(box: string, booth: string, witness: Witness, own: readonly Certificate[]): Promise<string> {
  const note = await readShort(inBox(box, booth, "cosigned"));
  const taken =
    note === undefined
      ? "none"
      : await witness.takeCosignature(booth, note).then(
          () => "kept",
          (error: unknown) => {
            if (error instanceof KabinaError) return error.code;
            throw error;
          },
        );
  const since = Number((await readShort(inBox(box, booth, "since")))?.trim() ?? "0");
  const seen = Number.isSafeInteger(since) && since >= 0 ? since : 0;
  const addition = inBox(box, booth, "addition");
  await writeFileDurably(addition, witness.ownAddition(seen));
  await writeFileDurably(certificatesFile(addition), own.map((one) => one.toPem()).join(""));
  return taken;
}

async function readShort(path: string): Promise<string | undefined> {
  const bytes = await readFile(path).catch(() => undefined);
  return bytes && bytes.length <= LARGEST_NOTE ? bytes.toString("utf8") : undefined;
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
