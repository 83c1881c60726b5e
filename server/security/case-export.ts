/**
 * What the server has of a case, for a court or another agency: the sealed package as it came, the receipt, the decision that stands, the
 * history, and what the signed log says of it, each entry with its proof. Nothing is opened for it: who may read the package holds its key.
 */
import { constants, copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { writeFileDurably } from "../../crypto/durable-file.ts";
import type { Clock } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { AuditedSigner } from "../review/decision-signer.ts";
import type { Store } from "../store/store.ts";

export interface CaseExportTools extends Pick<AuditedSigner, "search" | "prove"> {
  /** `<data>/server` */
  readonly folder: string;
  readonly store: Store;
  readonly clock: Clock;
}

/** Entries of the log about one case, at most. */
const ENTRIES = 200;

/** The folder that was written, under `<data>/server/exports`. Throws `review/case-unknown`. */
export async function exportCase(caseId: string, tools: CaseExportTools): Promise<string> {
  const { folder, store, clock, search, prove } = tools;
  const record = store.cases.find(caseId);
  const received = record && store.packages.find(record.packageSha256);
  if (!record || !received) throw new KabinaError("review/case-unknown", { case: caseId });
  const place = join(folder, "exports", `${clock.now().toISOString().replace(/[:.]/g, "-")}-${caseId}`);
  await mkdir(place, { recursive: true, mode: 0o700 });
  const write = (name: string, content: string | Uint8Array) => writeFileDurably(join(place, name), content, 0o600);
  // Gone where its captures or prints were erased: the export then says so by the erasures it lists.
  const sealed = await copyFile(
    join(folder, "uploads", `${received.sha256}.kab`),
    join(place, `${received.packageId}.kab`),
    constants.COPYFILE_EXCL,
  ).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );
  await write("receipt.json", received.receipt);
  const { entries } = await search(caseId, ENTRIES);
  for (const { index } of entries) await write(`entry-${index}.proof`, await prove(index));
  const about = {
    ...{ caseId, state: record.state, packageId: received.packageId, packageSha256: received.sha256 },
    ...{ booth: received.booth, receivedAt: received.receivedAt, package: sealed ? "here" : "erased" },
    decision: store.decisions.find(caseId) ?? null,
    erasures: store.erasures.of(caseId).map(({ traces: _, inventory: __, ...erasure }) => erasure),
    history: store.cases.history(caseId),
    entries: entries.map(({ index, at, kind }) => ({ index, at, kind })),
  };
  await write("case.json", `${JSON.stringify(about, null, 2)}\n`);
  return place;
}
