/** What an officer takes away from the console: certificates, the list of what needed two officers, and exports that two officers have agreed to, as one archive. */
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { encodeTarHeader, tarEnd, tarPadding } from "../../crypto/package/tar.ts";
import { csvOf } from "../csv.ts";
import type { CertificateRecord, ProposalRecord } from "../register/records.ts";
import { Proposal, proposalTold } from "./proposal.ts";

export function certificatesCsv(records: readonly CertificateRecord[]): string {
  const head = ["serial", "issuer", "name", "office", "key_id", "sha256", "not_before", "not_after"];
  return csvOf(
    [...head, "revoked_at", "reason", "not_believed_since"],
    records.map((one) => [
      ...[one.serial, one.issuer, one.name, one.office, one.keyId, one.sha256, one.notBefore, one.notAfter],
      ...[one.revokedAt, one.reason, one.invalidSince],
    ]),
  );
}

export function proposalsCsv(records: readonly ProposalRecord[]): string {
  const head = ["id", "kind", "content", "proposed_by", "proposed_at", "state", "decided_by", "decided_at", "outcome"];
  return csvOf(
    head,
    records.map((one) => [
      ...[
        one.id,
        one.kind,
        JSON.stringify(proposalTold(Proposal.parse(JSON.parse(one.content)))),
        one.proposedBy,
        one.proposedAt,
      ],
      ...[one.state, one.decidedBy, one.decidedAt, one.outcome],
    ]),
  );
}

/** The folder of an export that was carried out, and what to call its archive. Throws `proposal/unknown`, `proposal/no-file`. */
export function exportFolder(record: ProposalRecord | undefined, id: string, exports: string) {
  if (!record) throw new KabinaError("proposal/unknown", { id });
  const isExport = record.kind === "audit.export" || record.kind === "case.export";
  const folder = record.outcome ?? "";
  // What is named in the register was written by this server, there and nowhere else.
  if (!isExport || record.state !== "done" || !folder.startsWith(exports + sep) || folder.includes(".."))
    throw new KabinaError("proposal/no-file", { id });
  return { folder, name: `kabina-${record.kind.replace(".", "-")}-${id}` };
}

/** The files of a folder as a tar (POSIX ustar), each read as it is sent. Throws `proposal/no-file` when they are not there any more. */
export async function* archive(folder: string, name: string, id: string): AsyncGenerator<Uint8Array> {
  const files = (await readdir(folder).catch(() => [])).sort();
  if (files.length === 0) throw new KabinaError("proposal/no-file", { id });
  for (const file of files) {
    const { size } = await stat(join(folder, file));
    yield encodeTarHeader({ name: `${name}/${file}`, size });
    let sent = 0;
    for await (const chunk of createReadStream(join(folder, file), {
      end: Math.max(0, size - 1),
    }) as AsyncIterable<Buffer>) {
      sent += chunk.length;
      yield chunk;
    }
    if (sent !== size) throw new KabinaError("proposal/no-file", { id });
    yield tarPadding(size);
  }
  yield tarEnd;
}
