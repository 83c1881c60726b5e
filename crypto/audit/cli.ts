/** `kabina audit …`: check, export, prove and search logs; everything here works on files alone. */
import { open, readFile } from "node:fs/promises";
import { type Command, InvalidArgumentError } from "commander";
import { readAnchors } from "../authority/trust.ts";
import type { CliIo } from "../cli-io.ts";
import { writeFileDurably } from "../durable-file.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import { readCheckpoint } from "./checkpoint.ts";
import { exportLog, proveAddition, proveEntry } from "./export.ts";
import { certificatesFile, checkpointsFile, readCertificates, readLines, readNotes } from "./file.ts";
import { HashTree } from "./hash-tree.ts";
import { leafHash } from "./merkle.ts";
import { readNote } from "./note.ts";
import { isAddition, isInclusionProof, readAddition } from "./proof-file.ts";
import { searchLog } from "./search.ts";
import {
  type AuditTrust,
  keysFromPem,
  trustedSigners,
  verifiedHead,
  verifyAdditionProof,
  verifyAuditLog,
  verifyEntryProof,
} from "./verify.ts";

interface TrustOptions {
  readonly trust?: string;
  readonly logKey?: string;
  readonly json?: boolean;
}

const jsonText = "one JSON document, for programs";
/** Entries that a search gives at most. */
const MOST_FOUND = 1000;

/** The `audit` command, which other rooms add verbs to. */
export function auditCommand(program: Command): Command {
  const known = program.commands.find((command) => command.name() === "audit");
  return known ?? program.command("audit").description("audit logs: check, export, prove, search, cosign");
}

export function registerAudit(program: Command, io: CliIo): void {
  const audit = auditCommand(program);
  const trusting = (command: Command) =>
    command
      .option("--trust <path>", "a trust folder (its root.pem), or a PEM file of root certificates")
      .option("--log-key <file>", "instead: the log's own certificate or public key, PEM")
      .option("--json", jsonText);

  trusting(
    audit
      .command("verify <file>")
      .description("check a log or an export (with its .checkpoints and .crt.pem), or a proof file; offline"),
  )
    .option(
      "--against <file>",
      "for a proof of growth: the earlier checkpoint that somebody kept, or a .checkpoints file with it",
    )
    .action(async (file: string, options: TrustOptions & { against?: string }) => {
      const trust = await trustOf(options);
      const start = await beginning(file);
      if (isInclusionProof(start)) {
        const proven = verifyEntryProof(await readFile(file, "utf8"), await trustedSigners(file, trust));
        if (options.json) return io.json({ verified: true, ...proven });
        io.print(`verified: entry ${proven.entry.index} of ${proven.origin}, under its head of ${proven.size} entries`);
        io.print(`${proven.entry.at}  ${proven.entry.kind}  ${JSON.stringify(proven.entry.data)}`);
        return;
      }
      if (isAddition(start)) {
        if (options.against === undefined) throw new KabinaError("audit/against-missing", {});
        const proof = await readFile(file, "utf8");
        const kept = await keptCheckpoint(options.against, readAddition(proof).oldSize);
        const grown = verifyAdditionProof(proof, kept, await trustedSigners(file, trust));
        if (options.json) return io.json({ verified: true, ...grown });
        io.print(`verified: ${grown.origin} has only grown, from ${grown.oldSize} to ${grown.size} entries`);
        return;
      }
      const log = await verifyAuditLog(file, trust);
      if (options.json) return io.json({ verified: true, ...log });
      io.print(`verified: ${log.origin}, ${log.entries} entries, ${log.checkpoints} checkpoints, root ${log.root}`);
      for (const { witness, entries, at } of log.witnesses)
        io.print(`cosigned by ${witness}: ${entries} entries, ${at}`);
      if (log.unsigned > 0) io.print(`${log.unsigned} entries after the last checkpoint are not signed for yet`);
    });

  trusting(
    audit
      .command("witness <export>")
      .description(
        "an auditor's visit: an export must continue what was seen last; then it is remembered, and cosigned",
      ),
  )
    .requiredOption("--kept <file>", "what was seen last (made at the first visit); also a booth's server-log.note")
    .option("--key <dir>", "the auditor's own key folder (kabina people key): cosigns the export's head")
    .action(async (file: string, options: TrustOptions & { kept: string; key?: string }) => {
      const { witnessExport } = await import("./witness-export.ts");
      const seen = await witnessExport(file, options, await trustOf(options), io);
      if (options.json) return io.json(seen);
      const before = seen.before === null ? "seen for the first time" : `continues the ${seen.before} seen last`;
      io.print(`${seen.origin}: ${seen.entries} entries, ${before}`);
      if (seen.witness) io.print(`cosigned as ${seen.witness} in ${file}.cosigned`);
    });

  audit
    .command("export <log>")
    .description(
      "copy a log as it stands at its last checkpoint, beside its running writer; verifies by itself afterwards",
    )
    .requiredOption("--out <file>", "where the entries go; .checkpoints, .cosigned and .crt.pem beside them")
    .option("--json", jsonText)
    .action(async (log: string, options: { out: string; json?: boolean }) => {
      const made = await exportLog(log, options.out);
      if (options.json) return io.json(made);
      io.print(`exported ${made.entries} entries of ${made.origin}: ${made.files.join(", ")}`);
    });

  audit
    .command("prove <log>")
    .description("write a proof that verifies without the log: of one entry, or that it has only grown")
    .option("--entry <n>", "that this entry is in the log", whole)
    .option("--since <n>", "that the log of so many entries is the beginning of today's", whole)
    .requiredOption("--out <file>", "where the proof goes; its certificates beside it as .crt.pem")
    .option("--json", jsonText)
    .action(async (log: string, options: { entry?: number; since?: number; out: string; json?: boolean }) => {
      if ((options.entry === undefined) === (options.since === undefined))
        throw new InvalidArgumentError("one of --entry and --since");
      const text =
        options.entry === undefined ? await proveAddition(log, options.since!) : await proveEntry(log, options.entry);
      await writeFileDurably(options.out, text);
      const certificates = await readCertificates(log);
      await writeFileDurably(certificatesFile(options.out), certificates.map((one) => one.toPem()).join(""));
      if (options.json) return io.json({ proof: options.out });
      io.print(`${options.out}: kabina audit verify ${options.out} --trust ROOT`);
    });

  trusting(
    audit
      .command("search <log> <text>")
      .description("find entries, each led by a proof to the last signed head")
      .option("--limit <n>", "entries at most, the latest first", whole, 200),
  ).action(async (log: string, text: string, options: TrustOptions & { limit: number }) => {
    const signers = await trustedSigners(log, await trustOf(options));
    const note = (await readNotes(checkpointsFile(log))).notes.at(-1);
    if (note === undefined) throw new KabinaError("audit/checkpoint-missing", { path: log });
    const { origin, size, root } = verifiedHead(note, signers);
    const tree = new HashTree();
    for await (const { line } of readLines(log)) {
      if (tree.size === size) break;
      tree.append(leafHash(line));
    }
    if (tree.size < size || Buffer.compare(tree.root(), root) !== 0) throw new KabinaError("audit/rewritten", { size });
    const searched = { leaves: tree.leaves, size, root };
    const entries = await searchLog(log, searched, text, Math.min(options.limit, MOST_FOUND));
    if (options.json) return io.json({ origin, size, root: Buffer.from(root).toString("base64"), entries });
    for (const { index, at, kind, data } of entries) io.print(`${index}  ${at}  ${kind}  ${JSON.stringify(data)}`);
    io.print(`${entries.length} found, each proven under the head of ${size} entries`);
  });
}

async function trustOf({ trust, logKey }: TrustOptions): Promise<AuditTrust> {
  if (logKey !== undefined) return { keys: keysFromPem(await readFile(logKey, "utf8")) };
  if (trust !== undefined) return { anchors: await readAnchors(trust) };
  throw new KabinaError("audit/trust-missing", {});
}

/** The checkpoint in a file: the only one, or the one of that size in a `.checkpoints` file. */
async function keptCheckpoint(file: string, size: number): Promise<string> {
  const { notes } = await readNotes(file);
  const found = notes.find((note) => readCheckpoint(readNote(note).text).size === size);
  return found ?? `${(await readFile(file, "utf8")).trimEnd()}\n`;
}

/** As much of a file as tells a proof from a log. */
async function beginning(file: string): Promise<string> {
  const handle = await open(file, "r");
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, 0);
    return buffer.toString("latin1", 0, bytesRead);
  } finally {
    await handle.close();
  }
}

function whole(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0) throw new InvalidArgumentError("a whole number");
  return number;
}
