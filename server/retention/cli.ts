/** `kabina server retention`, `kabina server erasure`: what is due goes, what went is proved to be gone, and the certificate as a file. */
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import type { CliIo } from "../../crypto/cli-io.ts";
import { writeFileDurably } from "../../crypto/durable-file.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { Register } from "../register/register.ts";
import type { Store } from "../store/store.ts";

interface RetentionOptions {
  readonly data: string;
  readonly passphraseFile?: string;
  readonly pinFd?: number;
  readonly json?: true;
}

export function registerRetention(server: Command, io: CliIo): void {
  server
    .command("retention")
    .description("erase what the retention policy says is due; --verify proves that nothing of it is left")
    .option("--dry-run", "only say what is due")
    .option("--verify", "look through every byte of the data folder for what was erased")
    .option("--also <dir...>", "with --verify: other folders too, such as backups")
    .action(async (_own: unknown, command: Command) => {
      const options = command.optsWithGlobals<RetentionOptions & RetentionFlags>();
      const failed = await withStore(options, io, (tools) => retain(options, tools, io));
      if (failed) throw failed;
    });
  server
    .command("erasure")
    .description(
      "the certificate of what was erased of a case: a proof out of the audit log, and the list of what it was",
    )
    .argument("<case>")
    .requiredOption("--out <file>", "where the proof goes; the list beside it as .json")
    .action(async (caseId: string, _own: unknown, command: Command) => {
      const options = command.optsWithGlobals<RetentionOptions & { out: string }>();
      await withStore(options, io, ({ store, folder }) => certificate(caseId, options, store, folder, io));
    });
}

interface RetentionFlags {
  readonly dryRun?: true;
  readonly verify?: true;
  readonly also?: readonly string[];
}

interface Tools {
  readonly folder: string;
  readonly store: Store;
  readonly register: Register;
}

async function retain(
  options: RetentionOptions & RetentionFlags,
  tools: Tools,
  io: CliIo,
): Promise<KabinaError | undefined> {
  const [{ Eraser }, { due, runRetention }, { readRetention }, { rescan }] = await Promise.all([
    import("./eraser.ts"),
    import("./retention.ts"),
    import("./watch.ts"),
    import("./rescan.ts"),
  ]);
  const { folder, store, register } = tools;
  const { clock } = io;
  const data = resolve(options.data);
  const standing = await readRetention(data, clock);
  if (options.dryRun) {
    const waiting = due(store, standing, clock.now());
    if (options.json) io.json({ ...standing, due: waiting });
    for (const { caseId, scope, reason } of waiting) io.print(`${caseId}  ${scope}  ${reason}`);
    io.print(`${waiting.length} due under ${standing.name}`);
    return undefined;
  }
  const eraser = new Eraser({ store, register, uploads: join(folder, "uploads"), clock });
  const done = await runRetention({ store, eraser, clock }, standing);
  const proof = options.verify ? await rescan(store, [data, ...(options.also ?? []).map((one) => resolve(one))]) : null;
  if (proof) {
    const at = clock.now().toISOString();
    const { erasures, files, bytes } = proof;
    const counts = {
      erasures,
      files,
      bytes,
      found: proof.found.length,
      rows: proof.rows.length,
      unread: proof.unread.length,
    };
    register.note(() =>
      register.addEvent({ at, by: "server", kind: "retention.verified", subject: standing.name, data: counts }),
    );
  }
  if (options.json) io.json({ ...standing, ...done, proof });
  for (const { caseId, scope, reason } of done.erased) io.print(`erased ${scope} of ${caseId}: ${reason}`);
  io.print(`${done.erased.length} erased under ${standing.name}, ${done.resumed} finished from before`);
  if (!proof) return undefined;
  for (const { file, at, places, case: caseId } of proof.found)
    io.print(`FOUND of ${caseId}: ${file}, ${places} places from byte ${at}`);
  for (const caseId of proof.rows) io.print(`ROWS LEFT of ${caseId}`);
  for (const file of proof.unread) io.print(`NOT READ: ${file}`);
  io.print(
    `looked through ${proof.files} files, ${proof.bytes} bytes, for ${proof.traces} samples of ${proof.erasures} erasures`,
  );
  const bad = proof.found.length + proof.rows.length + proof.unread.length > 0;
  return bad
    ? new KabinaError("retention/remains", {
        found: proof.found.length + proof.rows.length,
        unread: proof.unread.length,
      })
    : undefined;
}

async function certificate(
  caseId: string,
  options: RetentionOptions & { readonly out: string },
  store: Store,
  folder: string,
  io: CliIo,
): Promise<void> {
  const [{ proveEntry }, { certificatesFile, readLines }, { decodeEntry }, { ERASED }] = await Promise.all([
    import("../../crypto/audit/export.ts"),
    import("../../crypto/audit/file.ts"),
    import("../../crypto/audit/entry.ts"),
    import("./eraser.ts"),
  ]);
  const log = join(folder, "audit.log");
  const wanted = Buffer.from(ERASED);
  let place: number | undefined;
  let index = 0;
  for await (const { line } of readLines(log)) {
    if (Buffer.from(line).includes(wanted)) {
      const { kind, data } = decodeEntry(line, index);
      if (kind === ERASED && data.subject === caseId) place = index;
    }
    index++;
  }
  if (place === undefined) throw new KabinaError("retention/no-certificate", { case: caseId });
  const out = resolve(options.out);
  await writeFileDurably(out, await proveEntry(log, place));
  await writeFileDurably(certificatesFile(out), await readFile(certificatesFile(log)));
  const erased = store.erasures
    .of(caseId)
    .map(({ scope, inventory }) => ({ scope, inventory: JSON.parse(inventory) as unknown }));
  await writeFileDurably(`${out}.json`, `${JSON.stringify(erased, null, 2)}\n`);
  if (options.json) io.json({ case: caseId, entry: place, certificate: out });
  io.print(`${out}: kabina audit verify ${out} --trust ROOT`);
}

async function withStore<T>(options: RetentionOptions, io: CliIo, task: (tools: Tools) => Promise<T>): Promise<T> {
  const [{ loadIdentity }, { openStore }, { Register: Book }] = await Promise.all([
    import("../keys.ts"),
    import("../store/store.ts"),
    import("../register/register.ts"),
  ]);
  const folder = join(resolve(options.data), "server");
  const { passphraseFile, pinFd } = options;
  const places = { passphraseFile, pinFd, credentialsDirectory: process.env.CREDENTIALS_DIRECTORY };
  const { recipients } = await loadIdentity(folder, places, io.random);
  const store = openStore(join(folder, "kabina.sqlite"), recipients, io.random);
  const register = new Book(join(folder, "register.sqlite"));
  try {
    return await task({ folder, store, register });
  } finally {
    register.close();
    store.close();
  }
}
